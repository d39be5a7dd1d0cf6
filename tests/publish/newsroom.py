"""A small newsroom in a real database, and ways to change it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, update

from feedsvc.storage import shelves, stamps
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles, categories

DAY = datetime(2020, 6, 8, tzinfo=UTC)


async def add_category(db: Database, slug: str, title: str, language: str = "en", description: str = "") -> None:
    async with db.write() as conn:
        row = {"slug": slug, "title": title, "language": language, "description": description, "keywords": []}
        await conn.execute(insert(categories).values(position=0, **row))


async def rename_category(db: Database, slug: str, title: str) -> None:
    async with db.write() as conn:
        await conn.execute(update(categories).where(categories.c.slug == slug).values(title=title))


async def remove_category(db: Database, slug: str) -> None:
    async with db.write() as conn:
        await conn.execute(delete(categories).where(categories.c.slug == slug))


async def publish(db: Database, name: str, *slugs: str, **changes: Any) -> None:
    """A new article that is seen at once, and the stamps that go with it."""
    fields: dict[str, Any] = {
        "id": name,
        "guid": "tag:news.example.edu,2020:" + name,
        "source": "usst",
        "url": "https://en.usst.edu.cn/" + name,
        "title": name.title(),
        "summary": "",
        "content_html": f"<p>{name}</p>",
        "authors": [],
        "language": "en",
        "attachments": [],
        "published_at": DAY,
        "published_is_date": True,
        "first_seen_at": DAY,
        "updated_at": DAY,
        "sort_at": DAY,
        "revision": 1,
        "state": "published",
        "mailable": True,
        "content_hash": "",
    }
    async with db.write() as conn:
        await conn.execute(insert(articles).values(**fields | changes))
        for slug in slugs:
            row = {"category": slug, "article_id": name, "sort_at": DAY, "visible": True}
            await conn.execute(insert(article_categories).values(**row))
        await shelves.put(conn, [name])
        await stamps.bump(conn, (*slugs, stamps.ALL), DAY)


async def withdraw(db: Database, name: str, *slugs: str) -> None:
    """Take an article back everywhere."""
    async with db.write() as conn:
        gone = {"state": "withdrawn", "withdrawn_at": DAY + timedelta(hours=1)}
        await conn.execute(update(articles).where(articles.c.id == name).values(**gone))
        await conn.execute(
            update(article_categories).where(article_categories.c.article_id == name).values(visible=False)
        )
        await stamps.bump(conn, (*slugs, stamps.ALL), DAY)


async def correct(db: Database, name: str, *slugs: str, **changes: Any) -> None:
    """Change an article that stands."""
    async with db.write() as conn:
        await conn.execute(update(articles).where(articles.c.id == name).values(**changes))
        await stamps.bump(conn, (*slugs, stamps.ALL), DAY)
