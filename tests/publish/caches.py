"""What tests of the cache measure: time, queries, renders, memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import feedparser
from sqlalchemy import event

from feedsvc import metrics
from feedsvc.feeds.document import FeedFormat
from feedsvc.publish.cache import FeedCache
from feedsvc.publish.keys import FeedKey
from feedsvc.publish.prepared import Prepared
from feedsvc.storage.database import Database

NEWS = FeedKey(("news",), FeedFormat.RSS)
ALL = FeedKey((), FeedFormat.RSS)


class Timer:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """Every SELECT that is sent meanwhile."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


def renders(form: str = "rss") -> float:
    """Feeds rendered so far."""
    return metrics.registry.get_sample_value("feedsvc_feed_renders_total", {"format": form}) or 0.0


def kept_bytes() -> float:
    """Bytes of feeds in memory."""
    return metrics.registry.get_sample_value("feedsvc_feed_memory_bytes") or 0.0


async def feed(cache: FeedCache, key: FeedKey = NEWS) -> Prepared:
    """A feed that there is."""
    found = await cache.get(key)
    assert found is not None
    return found


def titles(found: Prepared) -> list[str]:
    """The titles of its entries, in order."""
    return [entry.title for entry in feedparser.parse(found.body).entries]
