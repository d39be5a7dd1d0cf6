"""The engine: one file of SQLite, or PostgreSQL, behind `read()` and `write()`."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from feedsvc.errors import DatabaseBusy, SettingsError, StorageError
from feedsvc.storage.types import Conn

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


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
        options: dict[str, Any] = {"json_serializer": _dumps, "json_deserializer": orjson.loads}
        if address.drivername == "sqlite":
            if address.database and address.database != ":memory:":
                Path(address.database).parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"timeout": busy_timeout}
        else:
            options["pool_pre_ping"] = True
            options["connect_args"] = {"server_settings": {"lock_timeout": str(int(busy_timeout * 1000))}}
        try:
            engine = create_async_engine(address.set(drivername=_DRIVERS[address.drivername]), **options)
        except ModuleNotFoundError as error:
            msg = "PostgreSQL needs the extra `postgres`: install feedsvc[postgres]."
            raise SettingsError(msg) from error
        if address.drivername == "sqlite":
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return cls(engine, url)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Conn]:
        """A transaction that only reads: one consistent state. Raises StorageError."""
        with _plain_errors(self.url):
            async with self.engine.connect() as conn, conn.begin():
                yield conn

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Conn]:
        """A transaction that writes; commits at the end. BEGIN IMMEDIATE on SQLite; no network inside.

        Raises DatabaseBusy when another process holds the lock for longer than the busy timeout, StorageError otherwise.
        """
        with _plain_errors(self.url):
            if not self.is_sqlite:
                async with self.engine.begin() as conn:
                    yield conn
                return
            async with self._writer, self.engine.connect() as plain:
                conn = await plain.execution_options(feedsvc_write=True)
                async with conn.begin():
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


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` does, with the right kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Any) -> None:
    write = conn.get_execution_options().get("feedsvc_write", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


class _plain_errors:  # noqa: N801 (reads as a statement)
    """Turn the driver's surprises into StorageError with a sentence; our own errors pass."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, (OperationalError, InterfaceError, DBAPIError, sqlite3.Error, OSError)):
            raise _translate(error, self._url) from error


def _translate(error: BaseException, url: str) -> StorageError:
    cause = str(getattr(error, "orig", None) or error)
    where = make_url(url).render_as_string(hide_password=True)
    if "locked" in cause or "busy" in cause or "lock timeout" in cause:
        return DatabaseBusy(f"The database {where} is locked by another process. Stop it, or wait and try again.")
    if "no such table" in cause or "does not exist" in cause:
        return StorageError(f"The database {where} lacks a table ({cause}). Run `feedsvc db migrate`.")
    if "unable to open" in cause or "readonly" in cause or "disk" in cause:
        return StorageError(f"The database {where} cannot be written ({cause}). Check the disk and the file's owner.")
    return StorageError(f"The database {where} could not be used: {cause}.")
