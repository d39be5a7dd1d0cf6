"""A feed before it has a format."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedsvc.model.article import Article, Tombstone
from feedsvc.model.newsroom import Category


class FeedFormat(StrEnum):
    """A format, named as its addresses end."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    OPML = "opml"

    @property
    def media_type(self) -> str:
        """The bare media type, as links to the feed state it."""
        return _MEDIA_TYPES[self]

    @property
    def content_type(self) -> str:
        """The media type with the charset, as the answer's Content-Type states it."""
        return self.media_type if self is FeedFormat.JSON else f"{self.media_type}; charset=utf-8"


_MEDIA_TYPES = {
    FeedFormat.RSS: "application/rss+xml",
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.JSON: "application/feed+json",
    FeedFormat.OPML: "text/x-opml",
}

SUBSCRIBABLE = (FeedFormat.RSS, FeedFormat.ATOM, FeedFormat.JSON)
"""The formats of a feed; OPML lists feeds."""


@dataclass(frozen=True, slots=True)
class ArchiveLinks:
    """Where a document stands in the archive of its feed (RFC 5005, section 4). Addresses have no ending.

    `current` is the subscription document; `previous` the next older page and `following` the next newer one, None where
    there is none. `is_page` tells an archive page from the subscription document.
    """

    current: str
    previous: str | None = None
    following: str | None = None
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """All that a feed, or a page of its archive, says: the same for every format.

    `updated` is the feed's change stamp (UTC, whole seconds), never the present. `page_url` is the HTML page with the
    same stories, `address` the document's own address without its ending (`.rss`, `.atom`, `.json`). `items` are in the
    order of the feed; `categories` are all there are, so that items can name theirs. `logo`, `rights` and `icon` (the
    address of a square picture) may be empty. `hubs` are addresses of WebSub hubs. `ttl` is how long a copy is fresh, in
    minutes, at least 1. `archive` is None where the feed keeps none.
    """

    title: str
    description: str
    site_title: str
    language: str
    page_url: str
    address: str
    updated: datetime
    items: tuple[Article, ...]
    categories: tuple[Category, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    logo: str = ""
    rights: str = ""
    icon: str = ""
    hubs: tuple[str, ...] = ()
    ttl: int = 5
    archive: ArchiveLinks | None = None

    def url(self, form: FeedFormat) -> str:
        """Where the feed is found in a format."""
        return f"{self.address}.{form}"


@dataclass(frozen=True, slots=True)
class FeedListing:
    """One line of the list of all feeds."""

    title: str
    description: str
    language: str
    page_url: str
    address: str
