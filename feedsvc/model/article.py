"""Stories as they are read, articles as they are kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ArticleState(StrEnum):
    """Where an article stands."""

    HELD = "held"
    EMBARGOED = "embargoed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a story. Sizes in pixels and `length` in bytes where they are truly known, else None."""

    url: str
    alt: str = ""
    caption: str = ""
    width: int | None = None
    height: int | None = None
    media_type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a story. `length` in bytes where it is truly known, else None."""

    url: str
    title: str
    media_type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What was read from a page, an upstream feed or a push: not yet an article.

    `published` and `updated` are aware, in UTC. `published_is_date` says that the page gave a day and no time: then
    `published` is that day's midnight in the source's zone. `terms` are the upstream's own words for categories
    (breadcrumb, URL part, feed category). `content_html` is sanitised and its links are absolute. `fingerprint` is a hash
    of the entry as the source shows it and of how it is read: the same fingerprint again is the same story. "" where
    there is none. `apart` tells it from other stories at the same address (of one feed); "" where the address is its own.
    """

    url: str
    title: str
    upstream_id: str | None = None
    summary: str = ""
    content_html: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_is_date: bool = False
    updated: datetime | None = None
    language: str | None = None
    image: Image | None = None
    attachments: tuple[Attachment, ...] = ()
    terms: tuple[str, ...] = ()
    fingerprint: str = ""
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One story, as kept. Instants are aware, in UTC.

    `published_at` is the story's own date (None where the page gives none), `first_seen_at` is ours; `sort_at` orders:
    the story's date, or `first_seen_at` where that is missing or lies in the future. `updated_at` is the instant of the
    last change a reader can see. `categories` are slugs, in the order of the categories.
    """

    id: str
    guid: str
    url: str
    title: str
    summary: str
    content_html: str
    authors: tuple[str, ...]
    language: str
    image: Image | None
    attachments: tuple[Attachment, ...]
    published_at: datetime | None
    published_is_date: bool
    first_seen_at: datetime
    updated_at: datetime
    sort_at: datetime
    revision: int
    state: ArticleState
    source: str
    source_title: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an article's text: which fields changed and when (UTC)."""

    revision: int
    changed_at: datetime
    title: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An article that was withdrawn (RFC 6721): its guid and when."""

    guid: str
    withdrawn_at: datetime
