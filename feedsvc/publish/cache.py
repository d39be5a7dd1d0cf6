"""Rendered feeds, kept ready in memory."""

import asyncio
import importlib
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from feedsvc import metrics
from feedsvc.errors import StorageError
from feedsvc.feeds.document import FeedFormat
from feedsvc.logs import get_logger
from feedsvc.model.article import Article, Tombstone
from feedsvc.model.newsroom import Category
from feedsvc.publish import documents
from feedsvc.publish.keys import FeedKey
from feedsvc.publish.prepared import Prepared, prepare
from feedsvc.settings import Settings, Site
from feedsvc.storage import reading
from feedsvc.storage.database import Database
from feedsvc.storage.reading import FeedMarks
from feedsvc.storage.types import Conn

log = get_logger(__name__)

T = TypeVar("T")

FRESH_FOR = 1.0
"""Seconds for which the change stamps are believed: a change is visible within this and the time of one rendering."""

# Loaded with the first feed of a format: feedgen and lxml hold 15 MB, which a process that only mails never needs.
_RENDERERS = {
    FeedFormat.RSS: "feedsvc.feeds.rss",
    FeedFormat.ATOM: "feedsvc.feeds.atom",
    FeedFormat.JSON: "feedsvc.feeds.jsonfeed",
    FeedFormat.OPML: "feedsvc.feeds.opml",
}

Basis = tuple[tuple[datetime, ...], tuple[Category, ...]]
"""What a rendered feed hangs on: the stamps of its categories, and what the categories are called."""


@dataclass(frozen=True, slots=True)
class _Kept:
    prepared: Prepared
    basis: Basis


class FeedCache:
    """Every feed that was asked for, rendered, within `[feeds] memory`; the least used leaves first.

    A warm feed costs no query and no rendering: at most once a second, whatever the number of feeds and requests, one
    query reads the change stamps. A cold one is rendered once, in a thread, however many ask for it at the same time.
    """

    def __init__(self, db: Database, settings: Settings, timer: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._site = settings.site
        self._length = settings.feeds.items
        self._room = settings.feeds.memory * 1_000_000
        # Not the clock: it may stand still or jump, and what counts here is how long ago the stamps were read.
        self._timer = timer
        self._kept: OrderedDict[FeedKey, _Kept] = OrderedDict()
        self._size = 0
        self._marks: FeedMarks | None = None
        self._asked_at = float("-inf")
        # A flood of unions nobody has asked for before leaves a core to the other requests.
        self._threads = asyncio.Semaphore(1)
        self._running: dict[FeedKey | str, asyncio.Task[Any]] = {}

    def ready(self, key: FeedKey) -> Prepared | None:
        """The feed, if its bytes are at hand and known to be right; never waits. None says to ask `get`."""
        kept = self._kept.get(key)
        if kept is None or self._marks is None or self._timer() - self._asked_at >= FRESH_FOR:
            return None
        if kept.basis != _basis(key, self._marks):
            return None
        self._kept.move_to_end(key)
        return kept.prepared

    async def get(self, key: FeedKey) -> Prepared | None:
        """The feed as it is now, or None where a category does not exist.

        While the database is away, what was rendered last is served; raises StorageError where there is nothing.
        """
        prepared = self.ready(key)
        if prepared is not None:
            return prepared
        try:
            marks = await self._current_marks()
            if documents.chosen(key, marks) is None:
                self._drop(key)
                return None
            return self.ready(key) or await self._once(key, lambda: self._render(key))
        except StorageError as error:
            kept = self._kept.get(key)
            if kept is None:
                raise
            log.warning("the database is away: a feed is served as it was", feed=key.path, error=str(error))
            return kept.prepared

    async def _current_marks(self) -> FeedMarks:
        if self._marks is None or self._timer() - self._asked_at >= FRESH_FOR:
            return await self._once("marks", self._read_marks)
        return self._marks

    async def _read_marks(self) -> FeedMarks:
        # Also when it fails: a database that is away is asked once a second too.
        self._asked_at = self._timer()
        async with self._db.read() as conn:
            self._marks = await reading.feed_marks(conn)
        return self._marks

    async def _render(self, key: FeedKey) -> Prepared | None:
        async with self._db.read() as conn:
            # In the same transaction, so that the stamps are those of the articles.
            asked_at = self._timer()
            marks = await reading.feed_marks(conn)
            if documents.chosen(key, marks) is None:
                return None
            articles, tombstones = await self._read(conn, key)
        async with self._threads:
            prepared = await asyncio.to_thread(_rendered, key, marks, articles, tombstones, self._site)
        # These marks may be newer than the last that were read: judged by those, the feed would seem out of date.
        self._marks, self._asked_at = marks, asked_at
        metrics.feed_renders.labels(format=key.format.value).inc()
        self._keep(key, _Kept(prepared, _basis(key, marks)))
        return prepared

    async def _read(self, conn: Conn, key: FeedKey) -> tuple[list[Article], list[Tombstone]]:
        if key.format is FeedFormat.OPML:
            return [], []
        articles = await reading.latest(conn, key.categories, self._length)
        if key.format is not FeedFormat.ATOM:
            return articles, []
        return articles, await reading.tombstones(conn, key.categories, self._length)

    async def _once(self, name: FeedKey | str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        task = self._running.get(name)
        if task is None:
            task = self._running[name] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._finished(name, done))
        # Shielded: a reader who goes away does not take the feed from the others who wait for it.
        return cast("T", await asyncio.shield(task))

    def _finished(self, name: FeedKey | str, task: asyncio.Task[Any]) -> None:
        del self._running[name]
        if not task.cancelled():
            # Marks the error as seen: those who wait get it, and nobody may be waiting any more.
            task.exception()

    def _keep(self, key: FeedKey, kept: _Kept) -> None:
        self._drop(key)
        if kept.prepared.size <= self._room:
            self._kept[key] = kept
            self._size += kept.prepared.size
        while self._size > self._room:
            self._drop(next(iter(self._kept)))
        metrics.feed_memory.set(self._size)

    def _drop(self, key: FeedKey) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= gone.prepared.size
            metrics.feed_memory.set(self._size)


def _basis(key: FeedKey, marks: FeedMarks) -> Basis:
    return documents.stamps(key, marks), marks.categories


def _rendered(
    key: FeedKey, marks: FeedMarks, articles: list[Article], tombstones: list[Tombstone], site: Site
) -> Prepared:
    renderer = importlib.import_module(_RENDERERS[key.format])
    if key.format is FeedFormat.OPML:
        updated = max(documents.stamps(key, marks))
        body: bytes = renderer.render(site.title, documents.listings(marks, site))
    else:
        document = documents.document(key, marks, articles, tombstones, site)
        updated, body = document.updated, renderer.render(document)
    return prepare(body, updated, key.format.content_type)
