"""Numbers without gaps, in order of commit: the row stays locked until the transaction ends."""

from sqlalchemy import Executable, select

from feedsvc.storage.engine_sql import insert_for, made_once
from feedsvc.storage.schema import counters
from feedsvc.storage.types import Conn

ENTRY = "entry"
"""Counts entries of articles into categories, as readers of digests see them."""


async def next_value(conn: Conn, name: str) -> int:
    """The next number of the counter, from 1. A rollback gives it back, so that committed numbers have no gap."""
    statement = insert_for(conn, counters).values(name=name, value=1)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
    return int((await conn.execute(statement.returning(counters.c.value))).scalar_one())


async def move_to(conn: Conn, name: str, last: int) -> None:
    """Let the counter go on after `last`: the numbers up to it are given out. Hold its lock (`value`) since you read it."""
    await conn.execute(_move(conn), {"name": name, "value": last})


async def value(conn: Conn, name: str, lock: bool = False) -> int:
    """The last number that was given out, 0 where there is none.

    With `lock` (in a write transaction) nobody else counts on until this transaction ends.
    """
    if lock:
        return int((await conn.execute(_lock(conn), {"name": name, "value": 0})).scalar_one())
    query = select(counters.c.value).where(counters.c.name == name)
    return int((await conn.execute(query)).scalar() or 0)


@made_once
def _lock(conn: Conn) -> Executable:
    """Writes the row as it stands, which locks it, or makes it: a row that does not exist cannot be locked."""
    statement = insert_for(conn, counters)
    same = statement.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value})
    return same.returning(counters.c.value)


@made_once
def _move(conn: Conn) -> Executable:
    statement = insert_for(conn, counters)
    return statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value})
