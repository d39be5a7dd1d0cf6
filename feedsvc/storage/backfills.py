"""Walks back through a source's older pages that are under way, or were broken off."""

from sqlalchemy import delete, select

from feedsvc.model.health import BackfillStanding
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_polling import backfills
from feedsvc.storage.types import Conn


async def get(conn: Conn, source: str) -> BackfillStanding | None:
    """How far the source's walk is; None where there is none."""
    row = (await conn.execute(select(backfills).where(backfills.c.source == source))).mappings().first()
    return None if row is None else BackfillStanding(**{name: row[name] for name in BackfillStanding.__slots__})


async def put(conn: Conn, standing: BackfillStanding) -> None:
    """Remember how far a walk is."""
    values = {name: getattr(standing, name) for name in BackfillStanding.__slots__}
    statement = insert_for(conn, backfills).values(**values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["source"], set_=values))


async def forget(conn: Conn, source: str) -> None:
    """The walk is over, or is to begin anew."""
    await conn.execute(delete(backfills).where(backfills.c.source == source))
