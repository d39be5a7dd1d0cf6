"""Articles as readers see them: newest first, by category, with their categories and their source's title."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, func, literal, select, tuple_

from feedsvc.model.article import Article, ArticleState, Revision, Tombstone
from feedsvc.model.newsroom import Category
from feedsvc.storage import rows
from feedsvc.storage.schema import article_categories, articles, revisions, sources
from feedsvc.storage.schema import categories as category_table
from feedsvc.storage.types import Conn, Instant

Key = tuple[datetime, str]
"""Where a page of stories ended: the last article's `sort_at` and id."""


async def categories(conn: Conn) -> list[Category]:
    """All categories, in order."""
    query = select(category_table).order_by(category_table.c.position, category_table.c.slug)
    return [rows.category(row) for row in (await conn.execute(query)).mappings()]


async def latest(conn: Conn, slugs: Sequence[str], limit: int, before: Key | None = None) -> list[Article]:
    """Published articles of any of these categories (of all, for none), newest first; those after the key `before`."""
    if slugs:
        place = article_categories.c
        query = (
            select(place.article_id, place.sort_at)
            .where(place.category.in_(list(slugs)), place.visible.is_(True))
            .group_by(place.article_id, place.sort_at)
        )
        order: tuple[Any, Any] = (place.sort_at, place.article_id)
    else:
        query = select(articles.c.id, articles.c.sort_at).where(articles.c.state == ArticleState.PUBLISHED)
        order = (articles.c.sort_at, articles.c.id)
    if before is not None:
        query = query.where(tuple_(*order) < tuple_(literal(before[0], Instant), literal(before[1], String)))
    query = query.order_by(order[0].desc(), order[1].desc()).limit(limit)
    ids = [row[0] for row in await conn.execute(query)]
    found = await get_many(conn, ids)
    return [found[key] for key in ids]


async def get(conn: Conn, article_id: str) -> Article | None:
    """One article in whatever state; None where there is none."""
    return (await get_many(conn, [article_id])).get(article_id)


async def get_many(conn: Conn, ids: Iterable[str]) -> dict[str, Article]:
    """Articles by id, in whatever state; those that do not exist are missing."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = (await conn.execute(_with_source().where(articles.c.id.in_(wanted)))).mappings().all()
    slugs = await _slugs(conn, wanted)
    return {row["id"]: rows.article(row, row["source_title"] or "", slugs.get(row["id"], ())) for row in found}


def _with_source() -> Select[Any]:
    title = sources.c.title.label("source_title")
    return select(articles, title).outerjoin(sources, sources.c.slug == articles.c.source)


async def _slugs(conn: Conn, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    query = (
        select(article_categories.c.article_id, article_categories.c.category)
        .join(category_table, category_table.c.slug == article_categories.c.category)
        .where(article_categories.c.article_id.in_(ids))
        .order_by(category_table.c.position, category_table.c.slug)
    )
    found: dict[str, list[str]] = {}
    for article_id, slug in await conn.execute(query):
        found.setdefault(article_id, []).append(slug)
    return {article_id: tuple(slugs) for article_id, slugs in found.items()}


async def related(conn: Conn, article: Article, limit: int) -> list[Article]:
    """Articles that share a category and a language with this one, the nearest in time first."""
    if not article.categories:
        return []
    near = await latest(conn, article.categories, limit * 6 + 1)
    alike = [other for other in near if other.id != article.id and other.language == article.language]
    alike.sort(
        key=lambda other: (-len(set(other.categories) & set(article.categories)), abs(other.sort_at - article.sort_at))
    )
    return alike[:limit]


async def tombstones(conn: Conn, slugs: Sequence[str], limit: int) -> list[Tombstone]:
    """Articles of these categories (of all, for none) that were withdrawn, the newest withdrawal first."""
    query = select(articles.c.guid, articles.c.withdrawn_at).where(articles.c.state == ArticleState.WITHDRAWN)
    if slugs:
        inside = select(article_categories.c.article_id).where(article_categories.c.category.in_(list(slugs)))
        query = query.where(articles.c.id.in_(inside))
    query = query.order_by(articles.c.withdrawn_at.desc(), articles.c.id).limit(limit)
    return [Tombstone(row[0], row[1]) for row in await conn.execute(query)]


async def counts(conn: Conn) -> dict[str, int]:
    """How many published articles each category has; categories without any are missing."""
    place = article_categories.c
    query = select(place.category, func.count()).where(place.visible.is_(True)).group_by(place.category)
    return {row[0]: row[1] for row in await conn.execute(query)}


async def revisions_of(conn: Conn, article_id: str) -> list[Revision]:
    """An article's earlier states and what changed, oldest first."""
    query = select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.revision)
    found = (await conn.execute(query)).mappings()
    return [Revision(row["revision"], row["changed_at"], row["title"], tuple(row["changed"])) for row in found]
