"""SQLite's driver with one trip to its thread for a statement, where aiosqlite makes four (open, run, fetch, close).

Each trip wakes a thread and hands Python's lock over twice, which costs more than most of our statements do. Results are
fetched whole, as SQLAlchemy's adapter does anyway.
"""

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any

import aiosqlite


class OneTripCursor:
    """What SQLAlchemy's adapter asks of a cursor; between its statements there is nothing to close."""

    def __init__(self, connection: "OneTripConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "OneTripCursor":
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "OneTripCursor":
        """Run a statement and fetch all it gives. Raises sqlite3.Error."""
        await self._connection.in_thread(partial(self._run, "execute", statement, parameters))
        return self

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> "OneTripCursor":
        """Run a statement for each row. Raises sqlite3.Error."""
        await self._connection.in_thread(partial(self._run, "executemany", statement, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        """What the last statement gave."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open."""
        self._rows = []

    def _run(self, way: str, statement: str, parameters: Sequence[Any]) -> None:
        cursor = self._connection.raw.cursor()
        try:
            getattr(cursor, way)(statement, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class OneTripConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors make one trip."""

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for its own thread alone."""
        return self._conn

    async def in_thread(self, work: partial[None]) -> None:
        """Run something in the connection's thread."""
        await self._execute(work)  # type: ignore[no-untyped-call]  # (aiosqlite does not type it)

    def cursor(self) -> Any:
        """A cursor that is open at once."""
        return OneTripCursor(self)


def connect(database: str, **options: Any) -> OneTripConnection:
    """As `aiosqlite.connect`: await it to open the file. Options are those of `sqlite3.connect`."""
    made = OneTripConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    # A process that ends must not wait for it.
    made._thread.daemon = True
    return made
