"""A newsroom with stories in it, brought in as every source brings them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from feedsvc.ingest.intake.apply import Applied, Found, bring_in
from feedsvc.ingest.intake.decide import Circumstances
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Category, Newsroom, Source, SourceKind
from feedsvc.newsroom.apply import apply
from feedsvc.storage.database import Database
from feedsvc.storage.schema import LEFT, article_categories

BASE = "https://feeds.example.edu"
SOURCE = Source("usst", SourceKind.FEED, "https://example.edu/feed", categories=("news",))
ROOM = Newsroom(
    categories=(
        Category("news", "News"),
        Category("research", "Research", keywords=("laser",)),
        Category("campus", "Campus"),
    ),
    sources=(SOURCE, Source("cms", SourceKind.PUSH, categories=("news",))),
)


def story(number: int, now: datetime, words: str = "", **fields: Any) -> Story:
    values: dict[str, Any] = {"published": now - timedelta(hours=1), "content_html": f"<p>Story {number}. {words}</p>"}
    return Story(f"https://example.edu/info/{number}.htm", f"Story {number}", **(values | fields))


async def furnish(db: Database, now: datetime) -> None:
    """Make the newsroom."""
    await apply(db, ROOM, now)


async def bring(
    db: Database, now: datetime, found: Sequence[Found | Story], source: Source = SOURCE, **what: Any
) -> list[str]:
    """Bring stories in; returns their articles' ids."""
    async with db.write() as conn:
        ready = [one if isinstance(one, Found) else Found(one) for one in found]
        results = await bring_in(conn, ready, Circumstances(source, now, **what), BASE)
    assert all(isinstance(result, Applied) for result in results), results
    return [result.article_id for result in results if isinstance(result, Applied)]


async def places(db: Database, article_id: str) -> dict[str, tuple[bool, int | None, str]]:
    """Where an article is: category to whether it shows, its entry, and who placed it."""
    links = article_categories.c
    query = select(links.category, links.visible, links.entry, links.placed_by).where(links.article_id == article_id)
    async with db.read() as conn:
        return {row[0]: (row[1], row[2], row[3]) for row in await conn.execute(query.where(links.placed_by != LEFT))}
