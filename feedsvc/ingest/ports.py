"""What ingest needs of the outside: something that fetches, something that reads, someone who watches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from feedsvc.model.article import Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead, ListItem, ListPage
from feedsvc.net.client import Fetched, Gone, NotModified


class Fetcher(Protocol):
    """One guarded GET. Raises FetchError for everything but an answer that can be read, a 304 or a 410."""

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, allow_private: bool = False
    ) -> Fetched | NotModified | Gone:
        """Fetch `url`, conditionally where validators are given."""
        ...


class StoryReader(Protocol):
    """Reads what was fetched. Every method raises ReadError."""

    async def list_page(self, fetched: Fetched, source: Source) -> ListPage:
        """The links of a list page."""
        ...

    async def article_page(self, fetched: Fetched, source: Source, item: ListItem | None) -> Story:
        """The story of an article page; `item` is what its list said of it."""
        ...

    async def feed(self, fetched: Fetched, source: Source, known: frozenset[str] = frozenset()) -> FeedRead:
        """The stories of an upstream feed; entries whose fingerprint is `known` are only counted."""
        ...

    async def older_feed(self, fetched: Fetched, source: Source) -> str:
        """Where an upstream feed's older entries are; "" where it names no such place."""
        ...

    async def sitemap(self, fetched: Fetched, source: Source) -> ListPage:
        """The pages of a sitemap, or the sitemaps that an index names."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a poll is: `done` of `total` pages, and the one it is at."""

    source: str
    done: int
    total: int
    url: str = ""


OnProgress = Callable[[Progress], None]


def unwatched(_progress: Progress) -> None:
    """Nobody watches."""
