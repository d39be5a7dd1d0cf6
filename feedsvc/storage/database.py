"""The engine: one file of SQLite, or PostgreSQL, behind `read()` and `write()`."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from feedsvc.errors import DatabaseBusy, SettingsError, StorageError
from feedsvc.storage import one_trip
from feedsvc.storage.types import Conn

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_DRIVER_ERRORS = (DBAPIError, PoolTimeout, sqlite3.Error)
# Any number: those who change the schema of one PostgreSQL database wait for each other on it.
_SCHEMA_LOCK = 7_305_228
# Seconds between two tries to put a new SQLite file into WAL mode.
_WAL_PAUSE = 0.02


def _dumps(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Database:
    """A pool of connections. Open it with `Database.open`, close it when the process ends."""

    def __init__(self, engine: AsyncEngine, url: str) -> None:
        self.engine = engine
        self.url = url
        self.is_sqlite = engine.dialect.name == "sqlite"
        # Within one process writers queue here, in order, rather than by polling SQLite's lock.
        self._writer = asyncio.Lock()

    @classmethod
    def open(cls, url: str, busy_timeout: float = 10.0) -> "Database":
        """Make the engine; connects at first use. Raises SettingsError for an address that names no known database."""
        address = sync_url(url)
        if address.drivername not in _DRIVERS:
            msg = f"[database] url starts with {address.drivername!r}: use sqlite:/// or postgresql://."
            raise SettingsError(msg)
        # Parameters hold addresses: they stay out of what errors say, and so out of the log.
        options: dict[str, Any] = {
            "json_serializer": _dumps,
            "json_deserializer": orjson.loads,
            "hide_parameters": True,
        }
        if address.drivername == "sqlite":
            _make_folder(address)
            options["connect_args"] = {"timeout": busy_timeout, "async_creator_fn": one_trip.connect}
        else:
            options["pool_pre_ping"] = True
            options["connect_args"] = {"server_settings": {"lock_timeout": str(int(busy_timeout * 1000))}}
        try:
            engine = create_async_engine(address.set(drivername=_DRIVERS[address.drivername]), **options)
        except ModuleNotFoundError as error:
            msg = "PostgreSQL needs the extra `postgres`: install feedsvc[postgres]."
            raise SettingsError(msg) from error
        if address.drivername == "sqlite":
            event.listen(engine.sync_engine, "connect", partial(_prepare_sqlite, patience=busy_timeout))
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return cls(engine, url)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Conn]:
        """A transaction that only reads, and sees one state from its first query to its last. Raises StorageError.

        PostgreSQL refuses to write in it.
        """
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        async with self._transaction(options) as conn:
            yield conn

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Conn]:
        """A transaction that writes; commits at the end. BEGIN IMMEDIATE on SQLite; no network inside.

        Raises DatabaseBusy when another process holds the lock for longer than the busy timeout, else StorageError.
        """
        if not self.is_sqlite:
            async with self._transaction({}) as conn:
                yield conn
            return
        async with self._writer, self._transaction({"feedsvc_begin": "IMMEDIATE"}) as conn:
            yield conn

    @asynccontextmanager
    async def reshape(self) -> AsyncIterator[Conn]:
        """A transaction that changes the schema; one at a time, over all processes. Raises as `write` does.

        SQLite changes a table by making it anew and dropping the old one, and dropping deletes what refers to it: so
        foreign keys are off here, and checked at the end.
        """
        if not self.is_sqlite:
            async with self._transaction({}) as conn:
                await conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
                yield conn
            return
        async with self._writer, self._transaction({"feedsvc_begin": "IMMEDIATE", "feedsvc_reshape": True}) as conn:
            yield conn
            broken = (await conn.exec_driver_sql("PRAGMA foreign_key_check")).all()
            if broken:
                msg = f"The new schema would leave {len(broken)} rows that refer to nothing. Nothing was changed."
                raise StorageError(msg)
        # The next connection begins with foreign keys on again.
        await self.engine.dispose()

    @asynccontextmanager
    async def _transaction(self, options: dict[str, Any]) -> AsyncIterator[Conn]:
        with _PlainErrors(self.url) as errors:
            async with self.engine.connect() as plain:
                conn = await plain.execution_options(**options) if options else plain
                async with conn.begin():
                    errors.connected = True
                    yield conn

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def sync_url(url: str) -> Any:
    """The address as SQLAlchemy's URL. Raises SettingsError where it is none."""
    try:
        return make_url(url)
    except Exception as error:
        msg = "[database] url is not an address such as sqlite:///data/feedsvc.db or postgresql://user:password@host/name."
        raise SettingsError(msg) from error


def _prepare_sqlite(connection: Any, _record: Any, *, patience: float) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does, with the right kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    _into_wal(cursor, patience)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _into_wal(cursor: Any, patience: float) -> None:
    """Put the file into WAL mode, where it stays; at most `patience` seconds of waiting for others that do the same.

    SQLite takes the lock for this change without its busy timeout (sqlite.org/c3ref/busy_handler.html), so two
    processes that open a new file in the same instant would see "database is locked".
    """
    for _ in range(max(1, round(patience / _WAL_PAUSE))):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        else:
            return
        await_only(asyncio.sleep(_WAL_PAUSE))
    cursor.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(conn: Any) -> None:
    options = conn.get_execution_options()
    if options.get("feedsvc_reshape"):
        conn.exec_driver_sql("PRAGMA foreign_keys=OFF")
    conn.exec_driver_sql(f"BEGIN {options.get('feedsvc_begin', 'DEFERRED')}")


def _make_folder(address: Any) -> None:
    if not address.database or address.database == ":memory:":
        return
    file = Path(address.database)
    try:
        # Readers' addresses are inside: a new file and a new folder are their owner's alone.
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
    except OSError as error:
        msg = (
            f"The database {file} cannot be made: {error.strerror}. Check its folder's owner, or change [database] url."
        )
        raise StorageError(msg) from error


class _PlainErrors:
    """Turn the driver's surprises into StorageError with a sentence; our own errors pass.

    The driver tells by an OSError that nobody answers. Once connected, an OSError is the caller's own.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.connected = False

    def __enter__(self) -> "_PlainErrors":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        expected = _DRIVER_ERRORS if self.connected else (*_DRIVER_ERRORS, OSError)
        if isinstance(error, expected):
            raise _translate(error, self._url) from error


# What the drivers say (in lower case), and what to tell people.
_SENTENCES: tuple[tuple[str, type[StorageError], str], ...] = (
    (
        "locked|busy|lock timeout|deadlock|queuepool limit|too many clients",
        DatabaseBusy,
        "is locked by another process, or all its connections are taken. Wait and try again.",
    ),
    (
        "no such (table|column)|(relation|column) .* does not exist",
        StorageError,
        "lacks a table or a column ({cause}). Run `feedsvc db migrate`.",
    ),
    (
        "unable to open|readonly|read-only|disk|no space left",
        StorageError,
        "cannot be written ({cause}). Check the disk and who owns the file.",
    ),
    (
        "not a database|malformed",
        StorageError,
        "is not a sound SQLite file ({cause}). Name another file, or restore a backup.",
    ),
    (
        "connect call failed|no such file|name or service|authentication|(database|role) .* does not exist",
        StorageError,
        "does not let us in ({cause}). Check that it runs, and the name and password in [database] url.",
    ),
)


def _translate(error: BaseException, url: str) -> StorageError:
    cause = str(getattr(error, "orig", None) or error)
    where = make_url(url).render_as_string(hide_password=True)
    for signs, kind, sentence in _SENTENCES:
        if re.search(signs, cause.lower()):
            return kind(f"The database {where} {sentence.format(cause=cause)}")
    return StorageError(f"The database {where} could not be used: {cause}.")
