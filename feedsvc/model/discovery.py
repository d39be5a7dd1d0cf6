"""What a page offers to whoever looks for news on it, and what discovery makes of that."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from feedsvc.model.newsroom import SourceKind
from feedsvc.model.reading import ListItem


class Answered(StrEnum):
    """What an address answered with."""

    PAGE = "page"
    FEED = "feed"
    SITEMAP = "sitemap"
    OTHER = "other"


class Method(StrEnum):
    """How stories can be found, in the order in which the ways are tried."""

    FEED = "feed"
    SITEMAP = "sitemap"
    JSONLD = "jsonld"
    PRESET = "preset"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page names in its head (`declared`) or links to."""

    url: str
    title: str = ""
    declared: bool = True


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list on a page, with the preset and the rules (as in `[source.list]`) that read exactly these items again."""

    method: Method
    preset: str
    items: tuple[ListItem, ...]
    rules: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What an address offers. Only a page has more than `url` and `answered`.

    `language` is a primary tag (en, zh) or "". `sections` are the pages that may hold the list: those that a story's
    breadcrumb names, the nearest first, or the news pages that a home page links. `story`: the page is one story;
    `login`: it asks for a password; `scripted`: it says nothing without its scripts. `links` are the canonical addresses it links.
    """

    url: str
    answered: Answered
    title: str = ""
    language: str = ""
    feeds: tuple[FeedLink, ...] = ()
    lists: tuple[FoundList, ...] = ()
    sections: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    story: bool = False
    login: bool = False
    scripted: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read a site's news. `number` counts from 1.

    `stories` and `dated` count what it shows now, `newest` is the latest date among them (aware, UTC). `holds`: it may be
    proposed; `why` says in a sentence what speaks for or against it.
    """

    number: int
    method: Method
    kind: SourceKind
    url: str
    why: str
    holds: bool = False
    title: str = ""
    preset: str = "auto"
    rules: dict[str, str | int] = field(default_factory=dict)
    stories: int = 0
    dated: int = 0
    newest: datetime | None = None

    def values(self) -> dict[str, Any]:
        """The keys of a `[[source]]` table that make a source of it."""
        told: dict[str, Any] = {"kind": self.kind.value, "url": self.url, "preset": self.preset}
        return told | ({"list": self.rules} if self.rules else {})


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at an address. `url` is where it answered; `chosen` the number of the proposed candidate, 0 for none.

    `advice` is a sentence for whoever finds nothing proposed, `notes` are sentences about the way there.
    """

    asked: str
    url: str
    title: str = ""
    language: str = ""
    candidates: tuple[Candidate, ...] = ()
    chosen: int = 0
    advice: str = ""
    notes: tuple[str, ...] = ()

    def candidate(self, number: int) -> Candidate | None:
        """The candidate of a number, None where there is none."""
        return next((one for one in self.candidates if one.number == number), None)
