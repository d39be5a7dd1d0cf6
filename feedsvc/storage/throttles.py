"""How often something happened within a window of time. Whom it was about is kept as a hash alone."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from feedsvc.storage import data_keys
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_mail import throttles
from feedsvc.storage.types import Conn

_KEY = "throttles"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def count(conn: Conn, what: str, whom: str, window: timedelta, now: datetime) -> int:
    """Count one more; returns how many there are in this window, which begins at a whole multiple of its length.

    `what` is a short word of ours, `whom` an address or a network, hashed before it is kept.
    """
    key = f"{what}:{data_keys.hashed(await data_keys.need(conn, _KEY), whom)[:40]}"
    start = now - (now - _EPOCH) % window
    statement = insert_for(conn, throttles).values(key=key, window_start=start, count=1)
    statement = statement.on_conflict_do_update(
        index_elements=["key", "window_start"], set_={"count": throttles.c.count + 1}
    )
    return int((await conn.execute(statement.returning(throttles.c.count))).scalar_one())


async def forget(conn: Conn, before: datetime) -> None:
    """Drop the windows that began before an instant (UTC)."""
    await conn.execute(delete(throttles).where(throttles.c.window_start < before))
