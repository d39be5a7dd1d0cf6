"""What feeds' marks say, for the tests of whatever moves them."""

from datetime import datetime

from sqlalchemy import select

from feedsvc.storage.schema import stamps
from feedsvc.storage.types import Conn


async def all_stamps(conn: Conn) -> dict[str, datetime]:
    """Every feed's mark (UTC, whole seconds). A feed that never changed is missing."""
    rows = await conn.execute(select(stamps.c.feed, stamps.c.changed_at))
    return {row.feed: row.changed_at for row in rows}
