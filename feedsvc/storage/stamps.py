"""When each feed last changed: what its Last-Modified and `updated` say."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, Executable, case, type_coerce

from feedsvc.storage.engine_sql import insert_for, made_once
from feedsvc.storage.schema import stamps
from feedsvc.storage.types import Conn, Instant

ALL = "*"
"""The key of the feed of every category."""

_SECOND = 1_000_000


async def bump(conn: Conn, feeds: Iterable[str], now: datetime) -> None:
    """Mark feeds (category slugs or `*`) as changed: the whole second of `now`, or one second after the last mark.

    HTTP dates know whole seconds (RFC 9110, section 5.6.7), so two changes within one must still differ. Call it once a
    transaction with all that it touched, or the marks run ahead of the clock.
    """
    whole = now.replace(microsecond=0)
    # Always in the same order: two transactions that mark the same feeds then queue instead of blocking each other.
    marked = [{"feed": feed, "changed_at": whole} for feed in sorted(set(feeds))]
    if marked:
        await conn.execute(_bump(conn), marked)


@made_once
def _bump(conn: Conn) -> Executable:
    statement = insert_for(conn, stamps)
    fresh, last = statement.excluded.changed_at, stamps.c.changed_at
    after = type_coerce(type_coerce(last, BigInteger) + _SECOND, Instant)
    return statement.on_conflict_do_update(
        index_elements=["feed"], set_={"changed_at": case((fresh > last, fresh), else_=after)}
    )
