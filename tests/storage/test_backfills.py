"""Walks that were broken off."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feedsvc.model.health import BackfillStanding
from feedsvc.storage import backfills
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)
FIRST = BackfillStanding("usst", "https://example.edu/2.htm", 1, 20, 18, NOW, NOW)


async def test_one_walk_a_source(db: Database) -> None:
    async with db.write() as conn:
        assert await backfills.get(conn, "usst") is None
        await backfills.put(conn, FIRST)
        await backfills.put(conn, replace(FIRST, source="other"))
        second = replace(FIRST, next_url="https://example.edu/3.htm", pages=2, updated_at=NOW + timedelta(minutes=1))
        await backfills.put(conn, second)
        assert await backfills.get(conn, "usst") == second
        await backfills.forget(conn, "usst")
        assert await backfills.get(conn, "usst") is None
        assert await backfills.get(conn, "other") is not None
