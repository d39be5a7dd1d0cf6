"""What sites asked of us, kept over restarts: their rules, when they were asked last, and waits they wished for."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from feedsvc.model.health import HostStanding
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_polling import hosts, waits
from feedsvc.storage.types import Conn

_FORGOTTEN = timedelta(days=30)


async def get(conn: Conn, origin: str) -> HostStanding | None:
    """What is known of a site; `origin` is scheme and authority."""
    row = (await conn.execute(select(hosts).where(hosts.c.origin == origin))).mappings().first()
    return None if row is None else HostStanding(**{name: row[name] for name in HostStanding.__slots__})


async def put_rules(conn: Conn, origin: str, robots: str, now: datetime) -> None:
    """Remember a site's rules as read at `now`; sites that were not asked for theirs in a month are forgotten."""
    await conn.execute(delete(hosts).where(hosts.c.robots_read_at < now - _FORGOTTEN))
    values = {"robots": robots, "robots_read_at": now}
    statement = insert_for(conn, hosts).values(origin=origin, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=values))


async def take_turn(conn: Conn, origin: str, now: datetime, delay: timedelta) -> datetime:
    """The instant at which a site that wants `delay` between requests may be asked; nobody else gets it, nor one nearer.

    Over all processes. A turn lies at most a hundred delays ahead: a clock that was set back must not stop a source.
    """
    row = (await conn.execute(select(hosts.c.asked_at).where(hosts.c.origin == origin).with_for_update())).first()
    last: datetime | None = row.asked_at if row else None
    free = last + delay if last else now
    start = free if now < free <= now + 100 * delay else now
    if row:
        await conn.execute(update(hosts).where(hosts.c.origin == origin).values(asked_at=start))
        return start
    statement = insert_for(conn, hosts).values(origin=origin, asked_at=start)
    await conn.execute(statement.on_conflict_do_update(index_elements=["origin"], set_={"asked_at": start}))
    return start


async def waiting(conn: Conn, now: datetime) -> dict[str, datetime]:
    """Until when each URL or origin that asked us to wait is left alone, those that are over left out."""
    found = await conn.execute(select(waits).where(waits.c.until > now))
    return {row.key: row.until for row in found}


async def waiting_for(conn: Conn, keys: Iterable[str], now: datetime) -> datetime | None:
    """The end of the longest wait of these URLs and origins; None where there is none (any more)."""
    query = select(waits.c.until).where(waits.c.key.in_(list(keys)), waits.c.until > now)
    return max((await conn.execute(query)).scalars(), default=None)


async def put_waits(conn: Conn, until: Mapping[str, datetime], now: datetime) -> None:
    """Remember until when each URL or origin is to be left alone; waits that are over are forgotten."""
    await conn.execute(delete(waits).where(waits.c.until <= now))
    for key, instant in until.items():
        statement = insert_for(conn, waits).values(key=key, until=instant)
        await conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"until": instant}))
