"""A cache over a small newsroom, and a time that a test moves."""

import pytest

from feedsvc.publish.cache import FeedCache
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from tests.publish import newsroom
from tests.publish.caches import Timer


@pytest.fixture
def timer() -> Timer:
    """The cache's time; it stands still."""
    return Timer()


@pytest.fixture
async def filled(db: Database) -> Database:
    """Two categories and a story."""
    await newsroom.add_category(db, "news", "News")
    await newsroom.add_category(db, "xinwen", "新闻", "zh-CN")
    await newsroom.publish(db, "first", "news")
    return db


@pytest.fixture
def cache(filled: Database, settings: Settings, timer: Timer) -> FeedCache:
    """The cache of that newsroom, by that time."""
    return FeedCache(filled, settings, timer)
