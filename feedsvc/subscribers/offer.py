"""What there is to choose from, and whether a choice keeps to it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from feedsvc.model.newsroom import Category, Digest, ReaderList
from feedsvc.model.subscriber import FREQUENCIES, Choice
from feedsvc.storage import categories, digests, lists
from feedsvc.storage.types import Conn

NAME_LENGTH = 100
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Refusal(StrEnum):
    """What is wrong with what somebody sent; a page or a command says it in its own words."""

    EMAIL_MISSING = "email_missing"
    EMAIL_INVALID = "email_invalid"
    NAME_TOO_LONG = "name_too_long"
    LISTS_MISSING = "lists_missing"
    UNKNOWN_CHOICE = "unknown_choice"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Offer:
    """Every list, category and digest, in order."""

    lists: tuple[ReaderList, ...]
    categories: tuple[Category, ...]
    digests: tuple[Digest, ...]

    def open_lists(self) -> tuple[ReaderList, ...]:
        """The lists that anyone may join."""
        return tuple(item for item in self.lists if item.public)

    def lists_of(self, slugs: Iterable[str]) -> tuple[ReaderList, ...]:
        """Those of the slugs that are lists, in order."""
        wanted = set(slugs)
        return tuple(item for item in self.lists if item.slug in wanted)

    def digests_of(self, list_slug: str) -> tuple[Digest, ...]:
        """The digests that come to a list's readers."""
        return tuple(digest for digest in self.digests if list_slug in digest.lists)


async def read_offer(conn: Conn) -> Offer:
    """What there is at present."""
    return Offer(tuple(await lists.every(conn)), tuple(await categories.every(conn)), tuple(await digests.every(conn)))


def one_line(text: str) -> str:
    """Free text without controls, invisible marks and line ends, its words apart by one space."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    letters = (" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    return " ".join("".join(letters).split())


def tidy(choice: Choice) -> Choice:
    """The same choice with each thing named once, and the name as one line without controls."""
    return Choice(
        lists=tuple(dict.fromkeys(choice.lists)),
        categories=tuple(dict.fromkeys(choice.categories)),
        frequency=choice.frequency,
        name=one_line(choice.name),
        language=choice.language,
    )


def faults(choice: Choice, offer: Offer, also: Iterable[str] = ()) -> tuple[Refusal, ...]:
    """What is wrong with a tidy choice. `also`: private lists that this reader is on and may keep."""
    found = []
    if len(choice.name) > NAME_LENGTH:
        found.append(Refusal.NAME_TOO_LONG)
    may_have = {item.slug for item in offer.open_lists()} | set(also)
    known = (
        set(choice.lists) <= may_have,
        set(choice.categories) <= {item.slug for item in offer.categories},
        choice.frequency in ("", *FREQUENCIES),
        not choice.language or bool(_LANGUAGE.fullmatch(choice.language)),
    )
    if not all(known):
        found.append(Refusal.UNKNOWN_CHOICE)
    return tuple(found)
