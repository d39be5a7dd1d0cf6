"""What the database holds for a feed or for a page of its archive."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.feeds.document import FeedFormat
from feedsvc.model.article import Article, Tombstone
from feedsvc.publish.keys import FeedKey
from feedsvc.storage import reading
from feedsvc.storage.types import Conn

ARCHIVE_PAGE = 50
"""Places on a page of an archive. A constant: were it a setting, changing it would move stories between pages."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Articles in the order of the feed, and what was withdrawn. `pages`: how many its archive has, 0 for none."""

    articles: tuple[Article, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    pages: int = 0

    @property
    def updated(self) -> datetime | None:
        """When anything here last changed (UTC, whole seconds); None where there is nothing."""
        changes = [article.updated_at for article in self.articles]
        changes += [tombstone.withdrawn_at for tombstone in self.tombstones]
        return max(changes).replace(microsecond=0) if changes else None


def has_archive(key: FeedKey) -> bool:
    """One category or everything has an archive; a union has none, nor has the list of feeds."""
    return len(key.categories) <= 1 and key.format is not FeedFormat.OPML


async def read(conn: Conn, key: FeedKey, length: int) -> Contents:
    """The contents of a feed whose categories exist, at most `length` articles; of a page, those in its places.

    Of a page past the end of the archive: nothing but the number of pages.
    """
    if key.format is FeedFormat.OPML:
        return Contents()
    shelf = key.categories[0] if key.categories else None
    pages = -(-await reading.last_shelf(conn, shelf) // ARCHIVE_PAGE) if has_archive(key) else 0
    if key.page > pages:
        return Contents(pages=pages)
    if key.page:
        last = key.page * ARCHIVE_PAGE
        shown, gone = await reading.shelved(conn, shelf, last - ARCHIVE_PAGE + 1, last)
    else:
        shown = await reading.latest(conn, key.categories, length)
        # Only Atom can tell of them.
        atom = key.format is FeedFormat.ATOM
        gone = await reading.tombstones(conn, key.categories, length) if atom else []
    return Contents(tuple(shown), tuple(gone), pages)
