"""Which feed an address means."""

import re
from dataclasses import dataclass

from feedsvc.feeds.document import SUBSCRIBABLE, FeedFormat

ALL_NAME = "all"
"""The name of the feed of every category; no category may bear it."""
MOST_CATEGORIES = 8
OPML_PATH = "/feeds.opml"

_FEED = re.compile(r"/feeds/([a-z0-9_.-]+(?:\+[a-z0-9_.-]+)*)\.([a-z]+)")


@dataclass(frozen=True, slots=True)
class FeedKey:
    """One feed in one format: `categories` are slugs, sorted, each once; empty means all. OPML lists every feed."""

    categories: tuple[str, ...]
    format: FeedFormat

    @property
    def name(self) -> str:
        """What stands in the address before the ending."""
        return "+".join(self.categories) or ALL_NAME

    @property
    def path(self) -> str:
        """The one address of the feed, below the site's base address."""
        return OPML_PATH if self.format is FeedFormat.OPML else f"/feeds/{self.name}.{self.format}"


@dataclass(frozen=True, slots=True)
class Redirect:
    """The feed exists under another path (308): its categories were out of order, repeated, or joined with all."""

    path: str


OPML_KEY = FeedKey((), FeedFormat.OPML)


def canonical_key(path: str) -> FeedKey | Redirect | None:
    """The feed at a decoded path below the base address: `/feeds/a+b.atom`. None where the path can name no feed.

    Whether the categories exist is for the cache to say. A union has at most eight.
    """
    if path == OPML_PATH:
        return OPML_KEY
    found = _FEED.fullmatch(path)
    if found is None or found[2] not in SUBSCRIBABLE:
        return None
    names = set(found[1].split("+"))
    if len(names) > MOST_CATEGORIES:
        return None
    key = FeedKey(() if ALL_NAME in names else tuple(sorted(names)), FeedFormat(found[2]))
    return key if key.path == path else Redirect(key.path)
