"""Fixtures that every kind of test shares."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.clock import FixedClock
from feedsvc.settings import Settings
from feedsvc.storage import migrate
from feedsvc.storage.database import Database


@pytest.fixture
async def sqlite_db(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated, empty SQLite database."""
    db = Database.open(f"sqlite:///{tmp_path}/test.db")
    await migrate.migrate(db)
    yield db
    await db.close()


@pytest.fixture
async def db(sqlite_db: Database) -> Database:
    """A migrated, empty database."""
    return sqlite_db


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at Monday, 8 June 2020, 00:00 UTC."""
    return FixedClock(datetime(2020, 6, 8, tzinfo=UTC))


@pytest.fixture
def settings() -> Settings:
    """Settings fit for a test."""
    return Settings.model_validate(
        {
            "site": {"base_url": "https://news.example.edu", "title": "USST News", "contact": "news@example.edu"},
            "security": {"secret_key": "a-key-for-tests-only-0123456789abcdef"},
        }
    )
