"""Where the engines' SQL differs: upserts, a part of a transaction that may fail alone, and statements made for each."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, StatementError

from feedsvc.errors import StorageError
from feedsvc.storage.types import Conn

T = TypeVar("T")


def made_once(make: Callable[[Conn], T]) -> Callable[[Conn], T]:
    """Make a statement at its first use on each engine, and use it again ever after; values go in as parameters.

    Building a statement takes longer than SQLite needs for most of ours, so the hot paths do it once.
    """
    made: dict[str, T] = {}

    @wraps(make)
    def of(conn: Conn) -> T:
        """The statement for the engine of `conn`."""
        engine = conn.dialect.name
        if engine not in made:
            made[engine] = make(conn)
        return made[engine]

    return of


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
