"""What URLs said about themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feedsvc.model.health import Validators
from feedsvc.storage import validators
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)
KEPT = Validators("https://example.edu/list", '"a"', "Sat, 06 Jun 2020 00:00:00 GMT", NOW)


async def test_the_last_word_counts(db: Database) -> None:
    async with db.write() as conn:
        assert await validators.get(conn, "usst", KEPT.url) is None
        await validators.put(conn, "usst", KEPT)
        assert await validators.get(conn, "usst", KEPT.url) == KEPT
        moved = replace(KEPT, etag=None, moved_to="https://example.edu/new", moved_seen=1)
        await validators.put(conn, "usst", moved)
        assert await validators.get(conn, "usst", KEPT.url) == moved


async def test_what_was_tried_lately(db: Database) -> None:
    urls = [f"https://example.edu/{n}" for n in range(1200)]
    async with db.write() as conn:
        for url in urls[:3]:
            await validators.put(conn, "usst", Validators(url, None, None, NOW))
        await validators.put(conn, "other", Validators(urls[3], None, None, NOW))
        since = NOW - timedelta(days=7)
        assert await validators.tried(conn, "usst", urls, since) == set(urls[:3])
        assert await validators.tried(conn, "usst", urls, NOW) == set()


async def test_each_source_has_its_own_until_it_forgets_them(db: Database) -> None:
    async with db.write() as conn:
        await validators.put(conn, "usst", KEPT)
        assert await validators.get(conn, "other", KEPT.url) is None
        other = replace(KEPT, etag='"b"')
        await validators.put(conn, "other", other)
        assert await validators.get(conn, "usst", KEPT.url) == KEPT
        await validators.forget(conn, "usst")
        assert await validators.get(conn, "usst", KEPT.url) is None
        assert await validators.get(conn, "other", KEPT.url) == other
