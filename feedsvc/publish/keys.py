"""Which feed an address means."""

import re
from dataclasses import dataclass
from functools import lru_cache

from feedsvc.feeds.document import SUBSCRIBABLE, FeedFormat

ALL_NAME = "all"
"""The name of the feed of every category; no category may bear it."""
MOST_CATEGORIES = 8
OPML_PATH = "/feeds.opml"

_FEED = re.compile(r"/feeds/([a-z0-9_.-]+(?:\+[a-z0-9_.-]+)*)(?:/archive/([1-9][0-9]{0,8}))?\.([a-z]+)")


@dataclass(frozen=True, slots=True)
class FeedKey:
    """One feed in one format: `categories` are slugs, sorted, each once; empty means all. OPML lists every feed.

    `page` is a page of the feed's archive, from 1, the oldest; 0 is the document that readers subscribe to.
    """

    categories: tuple[str, ...]
    format: FeedFormat
    page: int = 0

    @property
    def name(self) -> str:
        """What stands in the address before the ending."""
        return "+".join(self.categories) or ALL_NAME

    @property
    def path(self) -> str:
        """The one address of the feed, below the site's base address."""
        if self.format is FeedFormat.OPML:
            return OPML_PATH
        return (
            f"/feeds/{self.name}/archive/{self.page}.{self.format}"
            if self.page
            else f"/feeds/{self.name}.{self.format}"
        )


@dataclass(frozen=True, slots=True)
class Redirect:
    """The feed exists under another path (308): its categories were out of order, repeated, or joined with all."""

    path: str


OPML_KEY = FeedKey((), FeedFormat.OPML)


@lru_cache(maxsize=512)
def canonical_key(path: str) -> FeedKey | Redirect | None:
    """The feed at a decoded path below the base address: `/feeds/a+b.atom`. None where the path can name no feed.

    Whether the categories, or a page of an archive, exist is for the cache to say. A union has at most eight categories
    and no archive.
    """
    if path == OPML_PATH:
        return OPML_KEY
    found = _FEED.fullmatch(path)
    if found is None or found[3] not in SUBSCRIBABLE:
        return None
    joined, page, ending = found.groups()
    names = set(joined.split("+"))
    if len(names) > MOST_CATEGORIES or (page and "+" in joined):
        return None
    key = FeedKey(() if ALL_NAME in names else tuple(sorted(names)), FeedFormat(ending), int(page or 0))
    return key if key.path == path else Redirect(key.path)
