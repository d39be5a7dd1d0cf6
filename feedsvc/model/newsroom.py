"""What the editors configure: categories, sources, lists and digests, as they stand in a newsroom file."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any


class SourceKind(StrEnum):
    """How a source is read."""

    PAGE = "page"
    FEED = "feed"
    SITEMAP = "sitemap"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Category:
    """A named stream of articles. `keywords`: an article whose title or text holds one of them belongs here too."""

    slug: str
    title: str
    language: str = "en"
    description: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where articles come from. A `push` source is never polled: its `url` may be empty.

    It is polled every `interval` while it brings news, ever more seldom while it brings none, up to `max_interval`.
    `preset`: auto, vsb, webplus, jsonld (the list that the page declares as schema.org data) or generic. `list_rules`
    and `article_rules` are CSS selectors by name (see docs/guide.md); `category_map` maps an upstream term or a part of
    the URL to a category slug. `timezone` is given to dates that carry none.
    """

    slug: str
    kind: SourceKind
    url: str = ""
    title: str = ""
    preset: str = "auto"
    categories: tuple[str, ...] = ()
    timezone: str = "UTC"
    language: str = "en"
    interval: timedelta = timedelta(minutes=30)
    max_interval: timedelta = timedelta(hours=6)
    first_run_window: timedelta = timedelta(days=7)
    allow_private: bool = False
    approval: bool = False
    list_rules: dict[str, Any] = field(default_factory=dict)
    article_rules: dict[str, Any] = field(default_factory=dict)
    category_map: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReaderList:
    """A subscription list: who gets the digests attached to it. Anyone may join a public one."""

    slug: str
    title: str
    public: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """A standing newsletter. `schedule` is standard cron in `timezone`; empty `categories` offers all."""

    slug: str
    title: str
    schedule: str
    categories: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    frequency: str = "weekly"
    timezone: str = "UTC"
    language: str = "en"
    template: str = "default"
    min_items: int = 1
    max_items: int = 30
    lateness: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A whole newsroom, in the order of its file."""

    categories: tuple[Category, ...] = ()
    sources: tuple[Source, ...] = ()
    lists: tuple[ReaderList, ...] = ()
    digests: tuple[Digest, ...] = ()
