"""Rendered feeds, kept ready in memory."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast

from feedsvc import metrics
from feedsvc.errors import StorageError
from feedsvc.feeds.fragments import Fragments
from feedsvc.logs import get_logger
from feedsvc.model.newsroom import Category
from feedsvc.publish import contents, documents
from feedsvc.publish.keys import FeedKey
from feedsvc.publish.prepared import Encoding, Prepared, compressed
from feedsvc.publish.rendering import rendered
from feedsvc.settings import Settings
from feedsvc.storage import reading
from feedsvc.storage.database import Database
from feedsvc.storage.reading import FeedMarks

log = get_logger(__name__)

T = TypeVar("T")

FRESH_FOR = 1.0
"""Seconds for which the change stamps are believed: a change is visible within this and the time of one rendering."""
PATIENCE = 2.0
"""Seconds that a reader waits for a feed to be made anew, where there is one at hand that may be out of date."""
_SHARE_OF_FRAGMENTS = 4
"""The part of the memory, one in so many, that single items may take."""

Stamps = tuple[datetime, ...]
Basis = tuple[Stamps, tuple[Category, ...]]
"""What a rendered feed hangs on: the stamps of its categories, and what the categories are called."""


@dataclass(slots=True)
class _Kept:
    prepared: Prepared
    basis: Basis
    marks: int
    """The number of the marks by which it was last found right."""


class FeedCache:
    """Every feed and page of an archive that was asked for, rendered, and the single items that feeds are made of: all
    within `[feeds] memory`; the least used leaves first.

    A warm feed costs no query and no rendering: at most once a second, whatever the number of feeds and requests, one
    query reads the change stamps. A cold one is rendered once, in a thread, however many ask for it at the same time;
    so is each of its compressed forms, with the first reader who takes it.
    """

    def __init__(self, db: Database, settings: Settings, timer: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._settings = settings
        self._room = settings.feeds.memory * 1_000_000
        # Not the clock: it may stand still or jump, and what counts here is how long ago the stamps were read.
        self._timer = timer
        self._kept: OrderedDict[FeedKey, _Kept] = OrderedDict()
        self._size = 0
        self._fragments = Fragments(self._room // _SHARE_OF_FRAGMENTS)
        self._ends: dict[tuple[str, ...], tuple[Stamps, int]] = {}
        self._marks: FeedMarks | None = None
        self._marks_number = 0
        self._asked_at = float("-inf")
        self._read_at = timer()
        # One at a time: a flood of unions nobody has asked for before leaves a core to the other requests.
        self._threads = asyncio.Semaphore(1)
        self._running: dict[Hashable, asyncio.Task[Any]] = {}

    def ready(self, key: FeedKey) -> Prepared | None:
        """The feed, if its bytes are at hand and known to be right; never waits. None says to ask `get`."""
        kept = self._kept.get(key)
        if kept is None or self._marks is None or self._timer() - self._asked_at >= FRESH_FOR:
            return None
        if kept.marks != self._marks_number:
            if kept.basis != _basis(key, self._marks):
                return None
            kept.marks = self._marks_number
        self._kept.move_to_end(key)
        return kept.prepared

    async def get(self, key: FeedKey) -> Prepared | None:
        """The feed as it is now, or None where a category, or the page of an archive, does not exist.

        While the database is away, what was rendered last is served; raises StorageError where there is nothing.
        """
        prepared = self.ready(key)
        if prepared is not None:
            return prepared
        kept = self._kept.get(key)
        if kept is None:
            return await self._fresh(key)
        try:
            return await asyncio.wait_for(self._fresh(key), PATIENCE)
        except (StorageError, TimeoutError) as error:
            # The next to ask are served at once, for a second.
            self._asked_at = self._timer()
            why = str(error) or f"it could not be made anew within {PATIENCE:g} seconds"
            log.warning("a feed is served as it was", feed=key.path, error=why)
            return kept.prepared

    async def packed(self, key: FeedKey, prepared: Prepared, encoding: Encoding) -> bytes:
        """The bytes of a feed that `ready` or `get` gave, in an encoding; compressed where nobody took that before."""
        found = prepared.bytes_in(encoding)
        if found is not None:
            return found
        return await self._once((key, prepared.tag, encoding), lambda: self._pack(key, prepared, encoding))

    def stale_for(self) -> int:
        """Whole seconds since the database was last asked with success, once they are more than `[feeds] stale_after`.

        0 before: what was served just now is right, or was a moment ago.
        """
        away = self._timer() - self._read_at
        return int(away) if away > self._settings.feeds.stale_after else 0

    async def _fresh(self, key: FeedKey) -> Prepared | None:
        marks = await self._current_marks()
        if documents.chosen(key, marks) is None or self._is_past_the_end(key, marks):
            self._drop(key)
            return None
        return self.ready(key) or await self._once(key, lambda: self._render(key))

    def _is_past_the_end(self, key: FeedKey, marks: FeedMarks) -> bool:
        known = self._ends.get(key.categories)
        return known is not None and known[0] == documents.stamps(key, marks) and key.page > known[1]

    async def _current_marks(self) -> FeedMarks:
        if self._marks is None or self._timer() - self._asked_at >= FRESH_FOR:
            return await self._once("marks", self._read_marks)
        return self._marks

    async def _read_marks(self) -> FeedMarks:
        # Also when it fails: a database that is away is asked once a second too.
        self._asked_at = asked_at = self._timer()
        async with self._db.read() as conn:
            marks = await reading.feed_marks(conn)
        return self._believe(marks, asked_at)

    def _believe(self, marks: FeedMarks, asked_at: float) -> FeedMarks:
        """Judge by these marks from now on, unless newer ones came in meanwhile. Returns them, or those that say the same."""
        known = self._marks
        if known is not None and asked_at < self._read_at:
            return marks
        self._asked_at = self._read_at = asked_at
        if marks != known:
            # Every feed holds on to the categories: those that stay the same are there once.
            same = known is not None and marks.categories == known.categories
            self._marks = replace(marks, categories=known.categories) if known is not None and same else marks
            self._marks_number += 1
        assert self._marks is not None
        return self._marks

    async def _render(self, key: FeedKey) -> Prepared | None:
        async with self._db.read() as conn:
            # In the same transaction, so that the stamps are those of the articles.
            asked_at = self._timer()
            marks = await reading.feed_marks(conn)
            exists = documents.chosen(key, marks) is not None
            found = await contents.read(conn, key, self._settings.feeds.items) if exists else None
        # These marks may be newer than the last that were read: judged by those, the feed would seem out of date.
        marks = self._believe(marks, asked_at)
        if found is not None and contents.has_archive(key):
            self._ends[key.categories] = documents.stamps(key, marks), found.pages
        if found is None or key.page > found.pages:
            self._drop(key)
            return None
        async with self._threads:
            prepared = await asyncio.to_thread(rendered, key, marks, found, self._settings, self._fragments)
        metrics.feed_renders.labels(format=key.format.value).inc()
        return self._keep(key, prepared, _basis(key, marks))

    async def _pack(self, key: FeedKey, prepared: Prepared, encoding: Encoding) -> bytes:
        async with self._threads:
            packed = await asyncio.to_thread(compressed, prepared.body, encoding)
        kept = self._kept.get(key)
        if kept is not None and kept.prepared is prepared:
            prepared.packed[encoding] = packed
            self._size += len(packed)
            self._make_room()
        return packed

    async def _once(self, name: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        task = self._running.get(name)
        if task is None:
            task = self._running[name] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._finished(name, done))
        # Shielded: a reader who goes away does not take the feed from the others who wait for it.
        return cast("T", await asyncio.shield(task))

    def _finished(self, name: Hashable, task: asyncio.Task[Any]) -> None:
        del self._running[name]
        if not task.cancelled():
            # Marks the error as seen: those who wait get it, and nobody may be waiting any more.
            task.exception()

    def _keep(self, key: FeedKey, prepared: Prepared, basis: Basis) -> Prepared:
        before = self._kept.get(key)
        if before is not None and before.prepared == prepared:
            # Something changed, but not here: a page of the archive whose compressed forms stay good.
            prepared = before.prepared
        self._drop(key)
        self._kept[key] = _Kept(prepared, basis, -1)
        self._size += prepared.size
        self._make_room()
        return prepared

    def _make_room(self) -> None:
        while self._kept and self._size + self._fragments.size > self._room:
            self._drop(next(iter(self._kept)))
        metrics.feed_memory.set(self._size + self._fragments.size)

    def _drop(self, key: FeedKey) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= gone.prepared.size
            metrics.feed_memory.set(self._size + self._fragments.size)


def _basis(key: FeedKey, marks: FeedMarks) -> Basis:
    return documents.stamps(key, marks), marks.categories
