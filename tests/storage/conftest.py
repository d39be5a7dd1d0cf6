"""A database with something to write into."""

import pytest

from feedsvc.model.newsroom import Category
from feedsvc.storage import categories
from feedsvc.storage.database import Database


@pytest.fixture
async def newsroom(db: Database) -> Database:
    """Categories news and research."""
    async with db.write() as conn:
        await categories.put(conn, Category("news", "News"), 0)
        await categories.put(conn, Category("research", "Research"), 1)
    return db
