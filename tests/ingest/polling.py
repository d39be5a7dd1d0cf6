"""Polls by hand, and what they left in the database."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from feedsvc.ingest import run
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.report import PollReport
from feedsvc.model.health import SourceHealth
from feedsvc.storage import sources
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles

HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)


async def poll(kit: Kit, slug: str = "usst", **progress: Any) -> PollReport:
    """Poll one source now."""
    return await run.poll(kit.db, kit.fetcher, kit.reader, kit.settings, kit.clock, slug, **progress)


async def tick(kit: Kit) -> list[PollReport]:
    """Poll what is due."""
    return await run.tick(kit.db, kit.fetcher, kit.reader, kit.settings, kit.clock)


async def rows(db: Database) -> dict[str, dict[str, Any]]:
    """Articles by title, with all that polling writes of them."""
    polled = [column for column in articles.c if column.name not in ("compared", "cluster_id")]
    async with db.read() as conn:
        return {row["title"]: dict(row) for row in (await conn.execute(select(*polled))).mappings()}


async def entries(db: Database) -> list[int | None]:
    """The entry numbers that were given."""
    async with db.read() as conn:
        return list((await conn.execute(select(article_categories.c.entry))).scalars())


async def health(kit: Kit, slug: str = "usst") -> SourceHealth:
    """How a source is doing."""
    async with kit.db.read() as conn:
        return await sources.health(conn, slug)
