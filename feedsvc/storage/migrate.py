"""Bring the schema up to the code, and tell where it stands."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from feedsvc.errors import DatabaseBehind, DatabaseNewer
from feedsvc.storage.database import Database
from feedsvc.storage.schema_mail import outbox

# Importing any table of `schema_mail` completes the one MetaData.
METADATA = outbox.metadata
_FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def current(db: Database) -> str:
    """The revision that the database is at; empty for a new one."""
    async with db.read() as conn:
        return await conn.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision()) or ""


async def migrate(db: Database) -> tuple[str, str]:
    """Run what is missing; returns the revisions before and after. Raises DatabaseNewer for a schema of later code."""
    before = await current(db)
    _refuse_newer(before)
    async with db.reshape() as conn:
        await conn.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
    return before, head()


async def check(db: Database) -> None:
    """Raises DatabaseBehind or DatabaseNewer unless the schema is the one this code needs."""
    before = await current(db)
    _refuse_newer(before)
    if before != head():
        msg = f"The database is at revision {before or 'none'}, this version needs {head()}. Run `feedsvc db migrate`."
        raise DatabaseBehind(msg)


async def drift(db: Database) -> list[Any]:
    """Differences between the migrated database and the tables in the code; empty when they agree."""

    def compare(sync: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(sync, opts=options), METADATA))

    async with db.read() as conn:
        return await conn.run_sync(compare)


def _refuse_newer(revision: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision and revision not in known:
        msg = f"The database is at revision {revision}, which this version does not know. Install the newer feedsvc."
        raise DatabaseNewer(msg)
