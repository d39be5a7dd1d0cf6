"""Instants: exact, ordered and aware on both engines."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, insert, select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.exc import StatementError

from feedsvc.storage.database import Database
from feedsvc.storage.schema import switches
from feedsvc.storage.types import Instant

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)
DIALECTS: tuple[Dialect, ...] = (
    SQLiteDialect_aiosqlite(),
    PGDialect_asyncpg(),  # type: ignore[no-untyped-call]  # (SQLAlchemy's own)
)


@given(INSTANTS)
def test_an_instant_comes_back_to_the_microsecond(instant: datetime) -> None:
    for dialect in DIALECTS:
        stored = Instant().process_bind_param(instant, dialect)
        back = Instant().process_result_value(stored, dialect)
        assert isinstance(stored, int)
        assert back == instant
        assert back is not None
        assert back.utcoffset() == timedelta(0)


@given(INSTANTS, INSTANTS)
def test_the_stored_numbers_are_in_the_order_of_the_instants(one: datetime, other: datetime) -> None:
    first, second = (Instant().process_bind_param(instant, DIALECTS[0]) for instant in (one, other))
    assert first is not None
    assert second is not None
    assert (first < second) == (one < other)


def test_nothing_stays_nothing() -> None:
    assert Instant().process_bind_param(None, DIALECTS[0]) is None
    assert Instant().process_result_value(None, DIALECTS[0]) is None


async def test_the_engines_keep_the_extremes_and_the_order(db: Database) -> None:
    instants = [
        datetime(2, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2020, 6, 8, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))),
        datetime(9998, 12, 31, 23, 59, 59, 999_999, UTC),
    ]
    rows = [{"name": str(i), "value": "", "changed_at": instant} for i, instant in enumerate(instants)]
    async with db.write() as conn:
        await conn.execute(insert(switches), list(reversed(rows)))
    async with db.read() as conn:
        found = (await conn.execute(select(switches.c.changed_at).order_by(switches.c.changed_at))).scalars().all()
    assert found == instants


async def test_a_naive_datetime_is_refused(db: Database) -> None:
    naive = datetime(2020, 6, 8)
    with pytest.raises(StatementError, match="a naive datetime cannot be stored"):
        async with db.write() as conn:
            await conn.execute(insert(switches).values(name="freeze", value="", changed_at=naive))
