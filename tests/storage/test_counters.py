"""Numbers have no gap and no double, whatever is rolled back and whoever counts at once."""

import asyncio

import pytest

from feedsvc.storage import counters
from feedsvc.storage.database import Database


async def test_it_counts_from_one(db: Database) -> None:
    async with db.write() as conn:
        assert await counters.value(conn, "entry") == 0
        assert [await counters.next_value(conn, "entry") for _ in range(3)] == [1, 2, 3]
        assert await counters.next_value(conn, "other") == 1
        assert await counters.value(conn, "entry") == 3


async def test_a_rollback_gives_numbers_back(db: Database) -> None:
    async def count_and_fail() -> None:
        async with db.write() as conn:
            await counters.next_value(conn, "entry")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await count_and_fail()
    async with db.write() as conn:
        assert await counters.next_value(conn, "entry") == 1


async def test_many_at_once_get_each_number_once(db: Database) -> None:
    async def take() -> int:
        async with db.write() as conn:
            return await counters.next_value(conn, "entry")

    assert sorted(await asyncio.gather(*(take() for _ in range(12)))) == list(range(1, 13))


async def test_a_lock_holds_the_next_number_back(db: Database) -> None:
    locked = asyncio.Event()
    order: list[str] = []

    async def hold() -> None:
        async with db.write() as conn:
            assert await counters.value(conn, "entry", lock=True) == 0
            locked.set()
            await asyncio.sleep(0.1)
            order.append("held")

    async def count() -> None:
        await locked.wait()
        async with db.write() as conn:
            await counters.next_value(conn, "entry")
            order.append("counted")

    await asyncio.gather(hold(), count())
    assert order == ["held", "counted"]
