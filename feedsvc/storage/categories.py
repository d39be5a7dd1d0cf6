"""Categories: rows that editors configure."""

from sqlalchemy import delete, select

from feedsvc.model.newsroom import Category
from feedsvc.storage import rows
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import categories
from feedsvc.storage.types import Conn

_EVERY = select(categories).order_by(categories.c.position, categories.c.slug)


async def every(conn: Conn, lock: bool = False) -> list[Category]:
    """All categories, in order. `lock` holds their rows until the transaction ends."""
    found = (await conn.execute(_EVERY.with_for_update() if lock else _EVERY)).mappings()
    return [rows.category(row) for row in found]


async def put(conn: Conn, category: Category, position: int) -> None:
    """Write a category, new or not, at its place in the order (from 0)."""
    values = {
        "title": category.title,
        "language": category.language,
        "description": category.description,
        "keywords": list(category.keywords),
        "position": position,
    }
    statement = insert_for(conn, categories).values(slug=category.slug, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=values))


async def remove(conn: Conn, slug: str) -> None:
    """Take a category away; its articles stay, without it."""
    await conn.execute(delete(categories).where(categories.c.slug == slug))
