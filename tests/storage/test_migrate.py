"""Migrations: they make exactly the tables of the code, go down and up again, and know where a database stands."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import UpgradeOps
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, inspect, select, text

from feedsvc.errors import DatabaseBehind, DatabaseNewer, StorageError
from feedsvc.model.article import ArticleState
from feedsvc.model.newsroom import Category
from feedsvc.storage import categories, migrate, revisions
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles
from feedsvc.storage.schema_mail import blocks, issues
from tests.storage import incoming, standing
from tests.storage.test_articles import DRAFT

NOW = datetime(2020, 6, 8, tzinfo=UTC)


async def tables_of(db: Database) -> set[str]:
    async with db.read() as conn:
        return set(await conn.run_sync(lambda sync: inspect(sync).get_table_names()))


async def drift(db: Database) -> list[Any]:
    async with db.read() as conn:
        return await conn.run_sync(revisions.drift)


async def set_revision(db: Database, revision: str) -> None:
    async with db.write() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


class TestWhereItStands:
    async def test_a_new_database_is_behind_until_it_is_migrated(self, blank_url: str) -> None:
        db = Database.open(blank_url)
        with pytest.raises(DatabaseBehind, match=r"no tables yet\. Run `feedsvc db migrate`"):
            await migrate.check(db)
        assert await migrate.migrate(db) == ("", migrate.head())
        await migrate.check(db)
        assert await migrate.migrate(db) == (migrate.head(), migrate.head())
        assert await tables_of(db) == {*revisions.METADATA.tables, "alembic_version"}
        await db.close()

    async def test_a_newer_database_is_refused_and_left_alone(self, db: Database) -> None:
        await set_revision(db, "9999")
        with pytest.raises(DatabaseNewer, match="revision 9999, which this version does not know"):
            await migrate.check(db)
        with pytest.raises(DatabaseNewer):
            await migrate.migrate(db)
        assert await migrate.current(db) == "9999"

    async def test_several_processes_may_migrate_at_once(self, blank_url: str) -> None:
        databases = [Database.open(blank_url) for _ in range(4)]
        await asyncio.gather(*(migrate.migrate(db) for db in databases))
        await asyncio.gather(*(migrate.check(db) for db in databases))
        await asyncio.gather(*(db.close() for db in databases))


class TestDrift:
    async def test_the_migrations_make_the_tables_of_the_code(self, db: Database) -> None:
        assert await drift(db) == []

    async def test_nothing_would_be_generated_anew(self, db: Database) -> None:
        def generate(sync: Connection) -> UpgradeOps | None:
            context = MigrationContext.configure(sync, opts=revisions.COMPARE)
            return produce_migrations(context, revisions.METADATA).upgrade_ops

        async with db.read() as conn:
            operations = await conn.run_sync(generate)
        assert operations is not None
        assert operations.is_empty()

    @pytest.mark.parametrize(
        "change",
        [
            "ALTER TABLE switches ADD COLUMN extra INTEGER",
            "DROP INDEX ix_articles_sort",
            "DROP TABLE polls",
        ],
    )
    async def test_a_difference_is_seen(self, db: Database, change: str) -> None:
        async with db.write() as conn:
            await conn.execute(text(change))
        assert await drift(db) != []

    async def test_the_pending_outbox_has_its_partial_index(self, db: Database) -> None:
        # Alembic does not compare an index's condition, and claims fall a hundredfold without it.
        query = {
            True: "SELECT sql FROM sqlite_master WHERE name = 'ix_outbox_open'",
            False: "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_outbox_open'",
        }[db.is_sqlite]
        async with db.read() as conn:
            definition = (await conn.execute(text(query))).scalar_one()
        condition = definition.split("WHERE", 1)[1]
        assert [state for state in ("queued", "sending", "deferred", "sent'") if state in condition] == [
            "queued",
            "sending",
            "deferred",
        ]


class TestRoundTrip:
    async def test_down_to_nothing_and_up_again(self, db: Database) -> None:
        async with db.reshape() as conn:
            await conn.run_sync(revisions.downgrade, "base")
        assert await tables_of(db) == {"alembic_version"}
        assert await migrate.migrate(db) == ("", migrate.head())
        assert await drift(db) == []

    def test_the_numbers_of_the_files_are_the_chain_of_revisions(self) -> None:
        chain = ScriptDirectory.from_config(revisions.config()).walk_revisions()
        assert tuple(reversed([script.revision for script in chain])) == migrate.known()

    def test_every_revision_can_be_taken_back(self) -> None:
        folder = Path(migrate.__file__).parent / "migrations" / "versions"
        for path in folder.glob("*.py"):
            steps = path.read_text().split("def downgrade", 1)[1]
            assert "op." in steps, f"{path.name} has no way back"


class TestShelves:
    async def test_what_was_shown_before_gets_its_place_in_the_order_in_which_it_came(self, db: Database) -> None:
        async with db.write() as conn:
            await categories.put(conn, Category("news", "News"), 0)
            first, second, third = [
                (await incoming.enter(conn, DRAFT, ("news",), now=NOW + timedelta(seconds=n)))[0] for n in range(3)
            ]
            held, _ = await incoming.enter(conn, DRAFT, ("news",), state=ArticleState.HELD)
            await standing.withdraw(conn, second, NOW)
        async with db.reshape() as conn:
            await conn.run_sync(revisions.downgrade, "0001")
        assert await migrate.migrate(db) == ("0001", migrate.head())
        link = article_categories.c
        async with db.read() as conn:
            everything = dict((await conn.execute(select(articles.c.id, articles.c.shelf))).all())
            news = dict((await conn.execute(select(link.article_id, link.shelf))).all())
        assert everything == news == {first: 1, second: 2, third: 3, held: None}


class TestReshape:
    async def test_making_a_table_anew_keeps_the_rows_that_refer_to_it(self, sqlite_db: Database) -> None:
        await store_a_block(sqlite_db)
        async with sqlite_db.reshape() as conn:
            await conn.run_sync(remake_issues)
        async with sqlite_db.read() as conn:
            assert len((await conn.execute(select(blocks))).all()) == 1

    async def test_foreign_keys_hold_again_afterwards(self, sqlite_db: Database) -> None:
        await store_a_block(sqlite_db)
        async with sqlite_db.reshape():
            pass
        async with sqlite_db.write() as conn:
            await conn.execute(delete(issues))
        async with sqlite_db.read() as conn:
            assert (await conn.execute(select(blocks))).all() == []

    async def test_a_schema_that_breaks_a_reference_changes_nothing(self, sqlite_db: Database) -> None:
        await store_a_block(sqlite_db)
        with pytest.raises(StorageError, match=r"1 rows that refer to nothing\. Nothing was changed"):
            async with sqlite_db.reshape() as conn:
                await conn.execute(delete(issues))
        await store_a_block(sqlite_db, number=2)


def remake_issues(sync: Connection) -> None:
    operations = Operations(MigrationContext.configure(sync))
    with operations.batch_alter_table("issues", recreate="always") as batch:
        batch.alter_column("reason", new_column_name="why")


async def store_a_block(db: Database, number: int = 1) -> None:
    issue = {"digest": "weekly", "digest_title": "Weekly", "number": number, "period": f"2020-06-0{number}T08:00"}
    issue |= {"due_at": NOW, "created_at": NOW, "state": "composing", "upto": 0}
    async with db.write() as conn:
        made = (await conn.execute(insert(issues).values(issue).returning(issues.c.id))).scalar_one()
        await conn.execute(insert(blocks).values(issue_id=made, key="frame", language="en", html=b"", text=b""))
