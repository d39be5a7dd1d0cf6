"""The two places where the engines' SQL differs: upserts, and a part of a transaction that may fail alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, StatementError

from feedsvc.errors import StorageError
from feedsvc.storage.types import Conn


def insert_for(conn: Conn, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT into `table` that knows `on_conflict_do_nothing` and `on_conflict_do_update`, for the engine of `conn`.

    Both engines write the two clauses alike, so callers need not know which one they got.
    """
    if conn.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


@asynccontextmanager
async def part(conn: Conn) -> AsyncIterator[None]:
    """A SAVEPOINT: whatever fails inside is undone alone, and the transaction goes on.

    Raises StorageError where the database, or a column's type, refuses a value; other errors pass as they are. Both undo
    the part.
    """
    try:
        async with conn.begin_nested():
            yield
    except StatementError as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        msg = f"The database refused a row: {error.orig}."
        raise StorageError(msg) from error
