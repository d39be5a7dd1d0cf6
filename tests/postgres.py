"""A private PostgreSQL that lives as long as the tests: the machine's own binaries, its own folder, a socket in it.

No port is opened and nothing on the machine is changed. The server ends when this process does, however it ends: a
shell waits on a pipe from us, and when the pipe closes it stops the server by its own pid and removes the folder.
"""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import asyncpg

T = TypeVar("T")

ROLE = "feedsvc"
TEMPLATE = "migrated"
START_SECONDS = 60.0
# The tests' data may be lost with the machine: nothing is synced. The folder is the only way in.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "logging_collector": "off",
}
# Everything about a database that a test could change, but for its rows.
SHAPE = """
SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
    SELECT format('%s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attnotnull)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT setconfig::text FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS parts (part)
"""
LEAVE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# A table that never held a row has no bytes. A migrated database holds none but its version.
EMPTY = """
DO $$ DECLARE names text; BEGIN
    SELECT string_agg(oid::regclass::text, ', ') INTO names FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0;
    IF names IS NOT NULL THEN EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY CASCADE'; END IF;
END $$
"""
# $1 is the folder, the rest is the server. `read` returns when our end of the pipe closes.
KEEPER = 'folder=$1; shift; "$@" & pid=$!; read -r _; kill -INT $pid; wait $pid; rm -rf "$folder"'


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop and a thread of its own, so that the caller's loop does not notice."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def find_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`: Debian's newest, then pg_config's, then the PATH's; None without one."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    config = shutil.which("pg_config")
    if config:
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        versions.append(Path(answer.stdout.strip()))
    on_path = shutil.which("initdb")
    if on_path:
        versions.append(Path(on_path).resolve().parent)
    return next((found for found in versions if (found / "initdb").is_file() and (found / "postgres").is_file()), None)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: then another account owns it. None where we are not root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


async def _shape(connection: Any) -> str:
    return str(await connection.fetchval(SHAPE))


async def _emptied(connection: Any) -> str:
    await connection.execute(LEAVE)
    await connection.execute(EMPTY)
    return await _shape(connection)


class Postgres:
    """The running server. `take` lends a migrated database, `create` makes blank ones, `stop` ends it."""

    def __init__(self, binaries: Path) -> None:
        # Short, because the path of a Unix socket may have 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="feedsvc-pg-"))
        self._log = self.folder / "log"
        self._numbers = count(1)
        self._shape = ""
        self._idle: list[str] = []
        self._owner: dict[str, Any] = {}
        user = _server_user()
        if user is not None:
            group = pwd.getpwnam(user).pw_gid
            shutil.chown(self.folder, user, group)
            self._owner = {"user": user, "group": group, "extra_groups": []}
        self._keeper = self._start(str(binaries), str(self.folder / "data"))
        self._wait()

    def _start(self, binaries: str, data: str) -> "subprocess.Popen[bytes]":
        making = [f"{binaries}/initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(making, cwd=self.folder, check=True, capture_output=True, **self._owner)
        options = [part for key, value in SERVER_OPTIONS.items() for part in ("-c", f"{key}={value}")]
        serving = [f"{binaries}/postgres", "-D", data, "-k", str(self.folder), *options]
        keeping = ["/bin/sh", "-c", KEEPER, "sh", str(self.folder), *serving]
        with self._log.open("wb") as log:
            return subprocess.Popen(
                keeping, cwd=self.folder, stdin=subprocess.PIPE, stdout=log, stderr=log, **self._owner
            )

    def url(self, database: str) -> str:
        """The address of one of its databases, as [database] url takes it."""
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.folder))}"

    def create(self, name: str = "", template: str = "template0") -> str:
        """Make a database, a copy of `template`, and return its name."""
        name = name or f"test_{next(self._numbers)}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def prepare(self, migrate: Callable[[str], Coroutine[Any, Any, None]]) -> None:
        """Make the template by `migrate`, which takes an address."""
        run_apart(migrate(self.url(self.create(TEMPLATE))))
        self._shape = run_apart(self._in(TEMPLATE, _shape))

    def take(self) -> str:
        """Lend a migrated, empty database: one that was given back, or else a new copy of the template."""
        return self._idle.pop() if self._idle else self.create(template=TEMPLATE)

    def give_back(self, name: str) -> None:
        """Empty a database for the next test, which takes a tenth of making one; drop it if more than rows changed."""
        if run_apart(self._in(name, _emptied)) == self._shape:
            self._idle.append(name)
        else:
            self.drop(name)

    def stop(self) -> None:
        """Stop the server and wait until it has gone and its folder is removed."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(30)

    def _administer(self, statement: str) -> None:
        run_apart(self._in("postgres", lambda connection: connection.execute(statement)))

    async def _in(self, database: str, work: Callable[[Any], Awaitable[str]]) -> str:
        connection = await asyncpg.connect(host=str(self.folder), user=ROLE, database=database)
        try:
            return await work(connection)
        finally:
            await connection.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._administer("SELECT 1")
            except (OSError, asyncpg.PostgresError) as error:
                if self._keeper.poll() is not None or time.monotonic() > deadline:
                    said = self._log.read_text()
                    self.stop()
                    msg = f"PostgreSQL did not start: {error}\n{said}"
                    raise RuntimeError(msg) from error
                time.sleep(0.05)
            else:
                return
