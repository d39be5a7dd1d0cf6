"""A write transaction of which nothing remains: to see what would happen."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn


@asynccontextmanager
async def rehearse(db: Database) -> AsyncIterator[Conn]:
    """Write as in `db.write()`, see all of it, and leave no trace. Raises as `db.write()` does."""
    async with db.write() as conn, conn.begin_nested() as everything:
        yield conn
        await everything.rollback()


def writing(db: Database, rehearsal: bool) -> AbstractAsyncContextManager[Conn]:
    """A write transaction: for good, or as a rehearsal."""
    return rehearse(db) if rehearsal else db.write()
