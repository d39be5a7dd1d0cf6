"""Bring the schema up to the code, and tell where it stands."""

import importlib
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from feedsvc.errors import DatabaseBehind, DatabaseNewer
from feedsvc.storage.database import Database, sync_url

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_ALEMBIC = table("alembic_version", column("version_num"))


@cache
def known() -> tuple[str, ...]:
    """The revisions of this version of the code, oldest first: they are numbered, and the file's name begins with it."""
    return tuple(sorted(path.name.split("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py")))


def head() -> str:
    """The revision that this code needs."""
    return known()[-1]


async def current(db: Database) -> str:
    """The revision that the database is at; empty for a new one. Raises StorageError."""
    async with db.read() as conn:
        return await conn.run_sync(_current)


def _current(connection: Connection) -> str:
    if not inspect(connection).has_table(_ALEMBIC.name):
        return ""
    return connection.scalar(select(_ALEMBIC.c.version_num)) or ""


async def migrate(db: Database) -> tuple[str, str]:
    """Run what is missing; returns the revisions before and after. Raises DatabaseNewer for a schema of later code.

    Several processes may call it at once: one does it, the others wait and find it done.
    """
    before = await current(db)
    _refuse_newer(before)
    if before != head():
        revisions = importlib.import_module("feedsvc.storage.revisions")
        async with db.reshape() as conn:
            await conn.run_sync(revisions.upgrade)
    return before, head()


async def check(db: Database) -> None:
    """Raises DatabaseBehind or DatabaseNewer unless the schema is the one this code needs."""
    before = await current(db)
    _refuse_newer(before)
    if not before:
        where = sync_url(db.url).render_as_string(hide_password=True)
        msg = f"The database {where} has no tables yet. Run `feedsvc db migrate`, or name another in [database] url."
        raise DatabaseBehind(msg)
    if before != head():
        msg = f"The database is at revision {before}, this version needs {head()}. Run `feedsvc db migrate`."
        raise DatabaseBehind(msg)


def _refuse_newer(revision: str) -> None:
    if revision and revision not in known():
        msg = f"The database is at revision {revision}, which this version does not know. Install the newer feedsvc."
        raise DatabaseNewer(msg)
