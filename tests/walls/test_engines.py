"""The PostgreSQL databases that tests are lent: one that another test had is as good as new."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from feedsvc.errors import StorageError
from feedsvc.model.issue import MessageKind
from feedsvc.storage import outbox, switches
from feedsvc.storage.database import Database
from feedsvc.storage.schema_mail import outbox as outbox_table
from tests.postgres import Postgres

pytestmark = pytest.mark.postgres
NOW = datetime(2020, 6, 8, tzinfo=UTC)


async def enqueue(db: Database) -> int:
    async with db.write() as conn:
        return await outbox.enqueue(
            conn, MessageKind.TEST, recipient="a@example.org", payload={}, now=NOW, expires_at=NOW
        )


async def test_what_a_test_wrote_is_gone_and_numbers_begin_anew(postgres: Postgres) -> None:
    name = postgres.take()
    db = Database.open(postgres.url(name))
    first = await enqueue(db)
    async with db.write() as conn:
        await switches.put(conn, "freeze", "for now", NOW)
    await db.close()
    postgres.give_back(name)
    again = postgres.take()
    assert again == name
    db = Database.open(postgres.url(again))
    async with db.read() as conn:
        assert await switches.get(conn, "freeze") is None
        assert (await conn.execute(select(func.count()).select_from(outbox_table))).scalar_one() == 0
    assert await enqueue(db) == first
    await db.close()
    postgres.give_back(again)


async def test_a_transaction_left_open_holds_nothing_up(postgres: Postgres) -> None:
    name = postgres.take()
    db = Database.open(postgres.url(name))

    async def left_open() -> None:
        async with db.read() as conn:
            await switches.get(conn, "freeze")
            postgres.give_back(name)

    with pytest.raises(StorageError):
        await left_open()
    await db.close()
    assert postgres.take() == name
    postgres.give_back(name)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE switches RENAME TO away",
        "ALTER TABLE switches ADD COLUMN more text",
        "ALTER TABLE switches ALTER COLUMN value DROP NOT NULL",
        "CREATE TABLE more (id integer)",
        "DROP TABLE switches",
        "CREATE INDEX more ON switches (value)",
        "ALTER DATABASE {name} SET work_mem = '1MB'",
    ],
)
async def test_one_whose_tables_were_changed_is_not_lent_again(postgres: Postgres, change: str) -> None:
    name = postgres.take()
    db = Database.open(postgres.url(name))
    async with db.write() as conn:
        await conn.execute(text(change.format(name=name)))
    await db.close()
    postgres.give_back(name)
    other = postgres.take()
    assert other != name
    postgres.give_back(other)
