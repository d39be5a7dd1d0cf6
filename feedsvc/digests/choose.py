"""Which articles a reader gets: pure rules over entry numbers.

An article's entry into a category has a number that grows in order of commit (`article_categories.entry`). A reader's wish
for a category counts from an entry number on. For most readers everything up to their last received issue is dealt with, so
they share one answer with all readers of the same wishes and the same last issue. Irregular readers (changed choices, a
second digest, a mail that never arrived) are worked out from what they received.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feedsvc.model.newsroom import Digest
from feedsvc.model.subscriber import EVERYTHING, Subscription


@dataclass(frozen=True, slots=True)
class Entry:
    """An article's entry into a category. One that is not `here` any more counts as what a reader may have had already."""

    article_id: str
    category: str
    number: int
    here: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What decides a reader's articles; readers with equal values share an edition.

    `since`: sorted pairs of category and the entry number after which it counts. `floor`: entries up to this number are
    dealt with. `received`: ids that an irregular reader already has.
    """

    since: tuple[tuple[str, int], ...]
    floor: int = 0
    received: frozenset[str] = frozenset()


def wishes(digest: Digest, offered: Iterable[str], subscriptions: Iterable[Subscription]) -> dict[str, int]:
    """The union of a reader's wishes over all their lists that bring this digest: category -> counts after this entry.

    `offered` are the categories of the digest that exist. Empty: the reader does not get this digest.
    """
    slugs = tuple(offered)
    merged: dict[str, int] = {}
    for subscription in subscriptions:
        if subscription.list_slug not in digest.lists or subscription.frequency not in ("", digest.frequency):
            continue
        for slug, since in subscription.wishes.items():
            for wished in slugs if slug == EVERYTHING else (slug,):
                if wished in slugs:
                    merged[wished] = min(since, merged.get(wished, since))
    return merged


def marks(entries: Iterable[Entry], floor: int) -> tuple[int, ...]:
    """The entry numbers up to `floor` that can still tell readers apart: those of articles that entered again after it."""
    kept = list(entries)
    again = {entry.article_id for entry in kept if entry.number > floor}
    return tuple(sorted(entry.number for entry in kept if entry.number <= floor and entry.article_id in again))


def regular(since: Mapping[str, int], floor: int, telling: Sequence[int]) -> Wanted:
    """A reader whose last issue of this digest ended at `floor`; `telling` are the `marks` of that floor.

    A wish that began before the floor is moved back to the mark before it, which changes no answer and makes the groups
    of equal readers large.
    """

    def moved(number: int) -> int:
        """Where a wish begins: the mark before it, unless it began after the floor."""
        if number > floor:
            return number
        at = bisect_right(telling, number)
        return telling[at - 1] if at else 0

    return Wanted(tuple(sorted((slug, moved(number)) for slug, number in since.items())), floor)


def irregular(since: Mapping[str, int], received: Iterable[str]) -> Wanted:
    """A reader who is worked out from what they received."""
    return Wanted(tuple(sorted(since.items())), 0, frozenset(received))


def choose(entries: Iterable[Entry], reader: Wanted) -> frozenset[str]:
    """The ids of the articles that this reader has not had and asked for."""
    since = dict(reader.since)
    first: dict[str, int] = {}
    here: set[str] = set()
    for entry in entries:
        if entry.category in since and entry.number > since[entry.category]:
            first[entry.article_id] = min(entry.number, first.get(entry.article_id, entry.number))
            if entry.here:
                here.add(entry.article_id)
    return frozenset(key for key in here if first[key] > reader.floor and key not in reader.received)
