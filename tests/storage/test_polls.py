"""The history of polls, and what follows from it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feedsvc.model.health import PollOutcome, PollRecord
from feedsvc.storage import polls
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)
RECORD = PollRecord("usst", NOW, NOW, PollOutcome.OK, found=10, new=2, changed=1, failed=1, error="")


async def test_the_newest_comes_first(db: Database) -> None:
    async with db.write() as conn:
        for days in range(3):
            await polls.add(conn, replace(RECORD, started_at=NOW + days * DAY, new=days))
        await polls.add(conn, replace(RECORD, source="other"))
        found = await polls.history(conn, "usst", limit=2)
    assert [record.new for record in found] == [2, 1]
    assert found[0] == replace(RECORD, started_at=NOW + 2 * DAY)


async def test_gone_since_the_last_success(db: Database) -> None:
    async with db.write() as conn:
        assert await polls.gone_since(conn, "usst", None) is None
        for days, outcome in enumerate((PollOutcome.GONE, PollOutcome.OK, PollOutcome.GONE, PollOutcome.GONE)):
            await polls.add(conn, replace(RECORD, started_at=NOW + days * DAY, outcome=outcome))
        assert await polls.gone_since(conn, "usst", NOW + DAY) == NOW + 2 * DAY
        assert await polls.gone_since(conn, "usst", None) == NOW
        assert await polls.gone_since(conn, "usst", NOW + 3 * DAY) is None


async def test_nothing_is_usual_at_first(db: Database) -> None:
    async with db.read() as conn:
        assert await polls.usual_per_day(conn, "usst", NOW, NOW) == 0
