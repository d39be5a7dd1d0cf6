"""The history of polls, and what follows from it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feedsvc.model.health import PollOutcome, PollRecord, StoriesRead
from feedsvc.storage import polls
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)
RECORD = PollRecord("usst", NOW, NOW, PollOutcome.OK, found=10, new=2, changed=1, failed=1, error="")


async def test_the_newest_comes_first(db: Database) -> None:
    async with db.write() as conn:
        for days in range(3):
            await polls.add(conn, [replace(RECORD, started_at=NOW + days * DAY, new=days)])
        await polls.add(conn, [replace(RECORD, source="other")])
        found = await polls.history(conn, "usst", limit=2)
    assert [record.new for record in found] == [2, 1]
    assert found[0] == replace(RECORD, started_at=NOW + 2 * DAY)


async def test_gone_since_the_last_success(db: Database) -> None:
    async with db.write() as conn:
        assert await polls.gone_since(conn, "usst", None) is None
        for days, outcome in enumerate((PollOutcome.GONE, PollOutcome.OK, PollOutcome.GONE, PollOutcome.GONE)):
            await polls.add(conn, [replace(RECORD, started_at=NOW + days * DAY, outcome=outcome)])
        assert await polls.gone_since(conn, "usst", NOW + DAY) == NOW + 2 * DAY
        assert await polls.gone_since(conn, "usst", None) == NOW
        assert await polls.gone_since(conn, "usst", NOW + 3 * DAY) is None


async def test_nothing_is_usual_at_first(db: Database) -> None:
    async with db.read() as conn:
        assert await polls.usual_per_day(conn, "usst", NOW, NOW) == 0


async def test_the_oldest_are_forgotten(db: Database) -> None:
    async with db.write() as conn:
        last = [replace(RECORD, started_at=NOW - hours * DAY / 24) for hours in range(polls.KEPT + 20)]
        await polls.add(conn, [*last, replace(RECORD, source="other", started_at=NOW - 500 * DAY)])
        await polls.prune(conn, "usst", NOW)
        found = await polls.history(conn, "usst", limit=1000)
        assert [record.started_at for record in found] == [record.started_at for record in last[: polls.KEPT]]
        assert len(await polls.history(conn, "other")) == 1
        await polls.prune(conn, "other", NOW)
        assert await polls.history(conn, "other") == []


async def test_those_that_read_something(db: Database) -> None:
    async with db.write() as conn:
        some = [replace(RECORD, started_at=NOW + n * DAY, read=n % 2 * n, dated=n % 2, bodied=n % 3) for n in range(4)]
        await polls.add(conn, some)
        await polls.add(conn, [replace(RECORD, source="other", read=9)])
        assert await polls.readings(conn, "usst") == [StoriesRead(3, 1, 0, new=2), StoriesRead(1, 1, 1, new=2)]
        assert await polls.readings(conn, "usst", limit=1) == [StoriesRead(3, 1, 0, new=2)]
