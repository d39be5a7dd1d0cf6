"""Warm feeds while the database is away or does not answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from feedsvc.errors import StorageError
from feedsvc.feeds.document import FeedFormat
from feedsvc.publish import cache as cache_module
from feedsvc.publish.cache import FeedCache
from feedsvc.publish.keys import FeedKey
from feedsvc.publish.prepared import Encoding
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from tests.publish import newsroom
from tests.publish.caches import NEWS, Timer, feed, renders, titles


@asynccontextmanager
async def away(db: Database) -> AsyncIterator[None]:
    """Meanwhile no change stamp can be read."""
    async with db.write() as conn:
        await conn.exec_driver_sql("ALTER TABLE stamps RENAME TO stamps_away")
    yield
    async with db.write() as conn:
        await conn.exec_driver_sql("ALTER TABLE stamps_away RENAME TO stamps")


async def test_a_database_without_tables_is_an_error_that_says_so(
    tmp_path: Path, settings: Settings, timer: Timer
) -> None:
    db = Database.open(f"sqlite:///{tmp_path}/away.db")
    try:
        with pytest.raises(StorageError):
            await FeedCache(db, settings, timer).get(NEWS)
    finally:
        await db.close()


async def test_bytes_outlive_the_database(cache: FeedCache, filled: Database, timer: Timer) -> None:
    first = await feed(cache)
    async with away(filled):
        timer.pass_by(1)
        assert await feed(cache) is first
        # Compressing needs no database.
        assert await cache.packed(NEWS, first, Encoding.GZIP) == first.packed[Encoding.GZIP]
        with pytest.raises(StorageError):
            await cache.get(FeedKey(("news",), FeedFormat.ATOM))
    await newsroom.publish(filled, "second", "news")
    timer.pass_by(1)
    assert titles(await feed(cache)) == ["Second", "First"]


async def test_a_database_that_is_away_is_asked_once_a_second(cache: FeedCache, filled: Database, timer: Timer) -> None:
    await feed(cache)
    async with away(filled):
        for _ in range(3):
            timer.pass_by(1)
            with capture_logs() as logs:
                for _ in range(10):
                    await feed(cache)
            assert [entry["feed"] for entry in logs] == ["/feeds/news.rss"]


async def test_feeds_are_stale_after_a_while_until_the_database_is_back(
    cache: FeedCache, filled: Database, timer: Timer, settings: Settings
) -> None:
    limit = settings.feeds.stale_after
    await feed(cache)
    async with away(filled):
        timer.pass_by(limit)
        await feed(cache)
        assert cache.stale_for() == 0
        timer.pass_by(1)
        await feed(cache)
        assert cache.stale_for() == limit + 1
        timer.pass_by(60.5)
        await feed(cache)
        assert cache.stale_for() == limit + 61
    timer.pass_by(1)
    await feed(cache)
    assert cache.stale_for() == 0


async def test_a_quiet_night_makes_nothing_stale(
    cache: FeedCache, filled: Database, timer: Timer, settings: Settings
) -> None:
    first = await feed(cache)
    timer.pass_by(10 * settings.feeds.stale_after)
    assert await feed(cache) is first
    assert cache.stale_for() == 0


@pytest.mark.postgres
async def test_nobody_waits_long_for_a_database_that_does_not_answer(
    postgres_url: str, settings: Settings, timer: Timer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "PATIENCE", 0.05)
    db = Database.open(postgres_url)
    try:
        await newsroom.add_category(db, "news", "News")
        await newsroom.publish(db, "first", "news")
        cache = FeedCache(db, settings, timer)
        first = await feed(cache)
        await newsroom.publish(db, "second", "news")
        before = renders()
        async with db.write() as conn:
            await conn.exec_driver_sql("LOCK TABLE stamps IN ACCESS EXCLUSIVE MODE")
            for _ in range(3):
                timer.pass_by(1)
                assert await feed(cache) is first
                # For a second nobody waits at all.
                assert cache.ready(NEWS) is first
        monkeypatch.undo()
        timer.pass_by(1)
        assert titles(await feed(cache)) == ["Second", "First"]
        assert renders() == before + 1
    finally:
        await db.close()
