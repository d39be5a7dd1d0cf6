"""The engine's promises, on both engines: no write is lost, nothing half-written is seen, faults are explained."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from feedsvc.errors import DatabaseBusy, FeedsvcError, SettingsError, StorageError
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, categories, counters, switches
from feedsvc.storage.types import Conn

NOW = datetime(2020, 6, 8, tzinfo=UTC)
ENTRY = counters.c.name == "entry"


async def start_counting(db: Database) -> None:
    async with db.write() as conn:
        await conn.execute(insert(counters).values(name="entry", value=0))


async def counted(db: Database) -> int:
    async with db.read() as conn:
        value: int = (await conn.execute(select(counters.c.value).where(ENTRY))).scalar_one()
        return value


async def increment(conn: Conn, *, lock: bool) -> None:
    query = select(counters.c.value).where(ENTRY)
    value = (await conn.execute(query.with_for_update() if lock else query)).scalar_one()
    await asyncio.sleep(0.001)
    await conn.execute(update(counters).where(ENTRY).values(value=value + 1))


class TestLostUpdates:
    async def test_a_hundred_concurrent_increments_lose_nothing(self, db: Database) -> None:
        await start_counting(db)

        async def once() -> None:
            async with db.write() as conn:
                await increment(conn, lock=True)

        await asyncio.gather(*(once() for _ in range(100)))
        assert await counted(db) == 100

    async def test_two_databases_objects_on_one_database_lose_nothing(self, db: Database) -> None:
        # As two processes do: they do not share the queue of writers within a process.
        await start_counting(db)
        other = Database.open(db.url)

        async def once(which: Database) -> None:
            async with which.write() as conn:
                await increment(conn, lock=True)

        await asyncio.gather(*(once(which) for _ in range(20) for which in (db, other)))
        await other.close()
        assert await counted(db) == 40

    async def test_driver_defaults_on_sqlite_do_lose_some(self, sqlite_db: Database) -> None:
        # The control: it shows that the experiment can fail, and why `write` begins transactions by itself.
        await start_counting(sqlite_db)
        plain = create_async_engine(sqlite_db.url.replace("sqlite:", "sqlite+aiosqlite:"))

        async def once() -> None:
            async with plain.begin() as conn:
                await increment(conn, lock=True)

        await asyncio.gather(*(once() for _ in range(100)))
        await plain.dispose()
        assert await counted(sqlite_db) < 100

    @pytest.mark.postgres
    async def test_postgres_without_the_row_lock_does_lose_some(self, postgres_url: str) -> None:
        db = Database.open(postgres_url)
        await start_counting(db)

        async def once() -> None:
            async with db.write() as conn:
                await increment(conn, lock=False)

        await asyncio.gather(*(once() for _ in range(100)))
        value = await counted(db)
        await db.close()
        assert value < 100


class TestTransactions:
    async def test_a_write_takes_the_lock_before_its_first_statement(self, sqlite_db: Database) -> None:
        async with sqlite_db.write():
            with (
                sqlite3.connect(file_of(sqlite_db), timeout=0) as other,
                pytest.raises(sqlite3.OperationalError, match="locked"),
            ):
                other.execute("BEGIN IMMEDIATE")
            other.close()

    async def test_a_read_holds_up_no_writer(self, db: Database) -> None:
        await start_counting(db)
        async with db.read() as conn:
            before = (await conn.execute(select(counters.c.value))).scalar_one()
            async with asyncio.timeout(5), db.write() as writing:
                await writing.execute(update(counters).values(value=7))
            after = (await conn.execute(select(counters.c.value))).scalar_one()
        assert (before, after) == (0, 0), "a read sees one state from its first query to its last"
        assert await counted(db) == 7

    async def test_a_write_that_raises_leaves_nothing(self, db: Database) -> None:
        with pytest.raises(RuntimeError, match="halfway"):
            await write_then_raise(db, RuntimeError("halfway"))
        async with db.read() as conn:
            assert (await conn.execute(select(switches))).all() == []

    async def test_a_cancelled_write_leaves_nothing_and_frees_the_lock(self, db: Database) -> None:
        entered = asyncio.Event()

        async def hang() -> None:
            async with db.write() as conn:
                await conn.execute(insert(counters).values(name="entry", value=1))
                entered.set()
                await asyncio.sleep(60)

        task = asyncio.create_task(hang())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await start_counting(db)
        assert await counted(db) == 0

    async def test_foreign_keys_hold(self, db: Database) -> None:
        row = {"category": "none", "article_id": "none", "sort_at": NOW, "visible": True}
        with pytest.raises(StorageError, match=r"(?i)foreign key"):
            async with db.write() as conn:
                await conn.execute(insert(article_categories).values(row))

    async def test_json_comes_back_as_it_was_written(self, db: Database) -> None:
        words = ["校历", 'a "quoted" word', ""]
        row = {"slug": "news", "title": "新闻", "language": "zh", "keywords": words, "position": 1}
        async with db.write() as conn:
            await conn.execute(insert(categories).values(row))
        async with db.read() as conn:
            assert (await conn.execute(select(categories.c.keywords))).scalar_one() == words

    @pytest.mark.postgres
    async def test_postgres_refuses_to_write_in_a_read(self, postgres_url: str) -> None:
        db = Database.open(postgres_url)
        with pytest.raises(StorageError, match="read-only"):
            async with db.read() as conn:
                await conn.execute(insert(counters).values(name="entry", value=0))
        await start_counting(db)
        await db.close()


class TestFaults:
    async def test_a_lock_held_elsewhere_is_a_busy_database(self, db: Database) -> None:
        await start_counting(db)
        hasty = Database.open(db.url, busy_timeout=0.2)
        async with db.write() as conn:
            await increment(conn, lock=True)
            with pytest.raises(DatabaseBusy, match=r"locked by another process.* Wait and try again\."):
                async with hasty.write() as other:
                    await increment(other, lock=True)
        await hasty.close()
        assert await counted(db) == 1

    async def test_a_new_file_waits_for_another_process_to_let_go_of_it(self, tmp_path: Path) -> None:
        # SQLite's own busy timeout does not cover the change into WAL mode.
        holder = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        opening = asyncio.create_task(failure(f"sqlite:///{tmp_path}/new.db"))
        await asyncio.sleep(0.1)
        assert not opening.done()
        holder.execute("COMMIT")
        holder.close()
        assert "Run `feedsvc db migrate`" in str(await opening)

    async def test_a_new_file_that_stays_locked_is_a_busy_database(self, tmp_path: Path) -> None:
        holder = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        assert isinstance(await failure(f"sqlite:///{tmp_path}/new.db", busy_timeout=0.1), DatabaseBusy)
        holder.close()

    async def test_an_unmigrated_database_says_to_migrate(self, blank_url: str) -> None:
        db = Database.open(blank_url)
        with pytest.raises(StorageError, match="Run `feedsvc db migrate`"):
            await counted(db)
        await db.close()

    async def test_the_callers_own_errors_pass_as_they_are(self, db: Database) -> None:
        for error in (FileNotFoundError("people.csv"), ConnectionResetError("relay"), SettingsError("ours")):
            with pytest.raises(type(error)) as seen:
                await write_then_raise(db, error)
            assert seen.value is error

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("mysql://host/name", "use sqlite:/// or postgresql://"),
            ("nonsense", "is not an address"),
        ],
    )
    async def test_an_unknown_address_is_a_settings_error(self, url: str, sentence: str) -> None:
        with pytest.raises(SettingsError, match=sentence):
            Database.open(url)

    async def test_a_folder_that_cannot_be_made_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(StorageError, match=r"cannot be made: .*Check its folder"):
            Database.open(f"sqlite:///{tmp_path}/file/feedsvc.db")

    async def test_a_file_that_is_no_database_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "notes.db").write_text("these are notes, and rather more than a header's worth of them" * 20)
        error = await failure(f"sqlite:///{tmp_path}/notes.db")
        assert "is not a sound SQLite file" in str(error)

    async def test_a_server_that_is_not_there_says_so_and_hides_the_password(self) -> None:
        error = await failure("postgresql://reader:swordfish@127.0.0.1:1/news")
        assert "does not let us in" in str(error)
        assert "swordfish" not in str(error)

    @pytest.mark.postgres
    async def test_a_database_that_does_not_exist_is_not_an_unmigrated_one(self, postgres_url: str) -> None:
        error = await failure(postgres_url.replace("/test_", "/missing_"))
        assert "does not let us in" in str(error)


def file_of(db: Database) -> str:
    return db.url.removeprefix("sqlite:///")


async def write_then_raise(db: Database, error: Exception) -> None:
    async with db.write() as conn:
        await conn.execute(insert(switches).values(name="freeze", value="on", changed_at=NOW))
        raise error


async def failure(url: str, busy_timeout: float = 10.0) -> FeedsvcError:
    db = Database.open(url, busy_timeout=busy_timeout)
    with pytest.raises(StorageError) as seen:
        async with db.read() as conn:
            await conn.execute(text("SELECT 1 FROM counters"))
    await db.close()
    return seen.value


async def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    db = Database.open(f"sqlite:///{tmp_path / 'new' / 'feedsvc.db'}")
    await db.close()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "feedsvc.db").stat().st_mode & 0o777 == 0o600
