"""Alembic, behind one door. Loaded only where the schema is made or compared: it costs half a second and 12 MB."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from feedsvc.storage import schema, schema_access, schema_mail, schema_polling

# Tables come into the one MetaData when their module is imported: all four are.
METADATA = schema.metadata
assert {schema_access.tokens.key, schema_mail.outbox.key, schema_polling.polls.key} <= METADATA.tables.keys()
COMPARE: dict[str, Any] = {"compare_type": True, "compare_server_default": True}
_FOLDER = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, on an open connection."""
    made = Config()
    made.set_main_option("script_location", str(_FOLDER))
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Run every revision that the database lacks."""
    command.upgrade(config(connection), "head")


def downgrade(connection: Connection, revision: str) -> None:
    """Take revisions back, down to `revision`; "base" takes back all."""
    command.downgrade(config(connection), revision)


def drift(connection: Connection) -> list[Any]:
    """Differences between the database and the tables in the code; empty when they agree."""
    return list(compare_metadata(MigrationContext.configure(connection, opts=COMPARE), METADATA))
