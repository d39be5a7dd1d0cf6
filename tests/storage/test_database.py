from feedsvc.storage import migrate
from feedsvc.storage.database import Database


async def test_a_migrated_database_is_current(db: Database) -> None:
    await migrate.check(db)

async def test_again(db: Database) -> None:
    assert await migrate.drift(db) == []
