"""A part of a transaction fails alone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select

from feedsvc.errors import StorageError
from feedsvc.storage import switches
from feedsvc.storage.database import Database
from feedsvc.storage.engine_sql import insert_for, part
from feedsvc.storage.schema import counters
from feedsvc.storage.schema import switches as table
from feedsvc.storage.types import Conn

NOW = datetime(2020, 6, 8, tzinfo=UTC)


async def test_an_upsert_takes_what_is_there(db: Database) -> None:
    async with db.write() as conn:
        for number in (1, 2):
            statement = insert_for(conn, counters).values(name="n", value=number).on_conflict_do_nothing()
            await conn.execute(statement)
        assert (await conn.execute(select(counters.c.value))).scalars().all() == [1]


async def collide(conn: Conn) -> None:
    async with part(conn):
        await switches.put(conn, "inside", "1", NOW)
        await conn.execute(insert(table).values(name="before", value="2", changed_at=NOW))


async def test_a_refused_row_costs_itself(db: Database) -> None:
    async with db.write() as conn:
        await switches.put(conn, "before", "1", NOW)
        with pytest.raises(StorageError, match="refused a row"):
            await collide(conn)
        await switches.put(conn, "after", "1", NOW)
    async with db.read() as conn:
        assert [await switches.get(conn, name) for name in ("before", "inside", "after")] == ["1", None, "1"]


async def stumble(conn: Conn) -> None:
    async with part(conn):
        await switches.put(conn, "inside", "1", NOW)
        raise ZeroDivisionError


async def test_another_error_passes_and_undoes_the_part(db: Database) -> None:
    async with db.write() as conn:
        with pytest.raises(ZeroDivisionError):
            await stumble(conn)
    async with db.read() as conn:
        assert await switches.get(conn, "inside") is None
