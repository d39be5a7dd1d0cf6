"""Switches that every process obeys, such as the one that stops all sending."""

from datetime import datetime

from sqlalchemy import delete, select

from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import switches
from feedsvc.storage.types import Conn


async def get(conn: Conn, name: str) -> str | None:
    """What the switch is set to; None where it is not set."""
    found: str | None = (await conn.execute(select(switches.c.value).where(switches.c.name == name))).scalar()
    return found


async def put(conn: Conn, name: str, value: str, now: datetime) -> None:
    """Set the switch; `now` is kept as the instant of the change."""
    statement = insert_for(conn, switches).values(name=name, value=value, changed_at=now)
    await conn.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, "changed_at": now})
    )


async def remove(conn: Conn, name: str) -> None:
    """Unset the switch. Nothing happens where it is not set."""
    await conn.execute(delete(switches).where(switches.c.name == name))
