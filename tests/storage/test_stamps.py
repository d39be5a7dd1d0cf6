"""A feed's mark moves strictly forward by whole seconds."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.storage import stamps
from feedsvc.storage.database import Database
from tests.storage.marks import all_stamps

NOW = datetime(2020, 6, 8, 9, 30, 0, 250_000, tzinfo=UTC)


async def test_a_mark_is_the_whole_second(db: Database) -> None:
    async with db.write() as conn:
        await stamps.bump(conn, ["news", stamps.ALL], NOW)
        assert await all_stamps(conn) == dict.fromkeys(["news", "*"], NOW.replace(microsecond=0))


async def test_feeds_are_marked_apart(db: Database) -> None:
    async with db.write() as conn:
        await stamps.bump(conn, ["news"], NOW)
        await stamps.bump(conn, ["news", "news", "research"], NOW + timedelta(hours=1))
        marks = await all_stamps(conn)
    assert marks["news"] == marks["research"] == NOW.replace(microsecond=0) + timedelta(hours=1)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(-5_000_000, 5_000_000), min_size=1, max_size=6))
async def test_whatever_the_clock_does_the_mark_rises(sqlite_db: Database, steps: list[int]) -> None:
    async with sqlite_db.write() as conn:
        last = (await all_stamps(conn)).get("news")
        for step in steps:
            now = NOW + timedelta(microseconds=step)
            await stamps.bump(conn, ["news"], now)
            mark = (await all_stamps(conn))["news"]
            assert mark.microsecond == 0
            assert mark == max(now.replace(microsecond=0), (last or mark - timedelta(seconds=1)) + timedelta(seconds=1))
            last = mark
