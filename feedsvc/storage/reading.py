"""Articles as readers see them: the newest of categories, one by id, related ones, what was withdrawn.

An article comes whole, with its categories and its source's title, in two queries whatever the number. "Newest" is the
order `sort_at` then `id`, both descending, everywhere; only what is published is read unless a function says otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, true, union, union_all

from feedsvc.model.article import Article, ArticleState, Tombstone
from feedsvc.model.newsroom import Category
from feedsvc.storage import rows
from feedsvc.storage.schema import LEFT, article_categories, articles, sources, stamps
from feedsvc.storage.schema import categories as categories_table
from feedsvc.storage.stamps import ALL
from feedsvc.storage.types import Conn

Position = tuple[datetime, str]
"""Where a page ends: `sort_at` and `id` of its last article."""

# Below the number of parameters that either engine allows.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class FeedMarks:
    """All categories in their order, and when each feed last changed (key: slug or `*`; UTC, whole seconds)."""

    categories: tuple[Category, ...]
    changed: dict[str, datetime]


async def latest(conn: Conn, categories: tuple[str, ...], limit: int, before: Position | None = None) -> list[Article]:
    """The newest articles of one or several categories, each once; of all where `categories` is empty.

    `before` continues after a page. The cost is that of `limit` articles for each category, however many there are.
    """
    if categories:
        newest = _newest_of(categories, limit, before)
    else:
        newest = (
            select(articles.c.id.label("article_id"), articles.c.sort_at)
            .where(articles.c.state == ArticleState.PUBLISHED, _older(articles.c.sort_at, articles.c.id, before))
            .order_by(articles.c.sort_at.desc(), articles.c.id.desc())
            .limit(limit)
        )
    page = newest.subquery()
    return await _whole(
        conn,
        _with_source()
        .join(page, page.c.article_id == articles.c.id)
        .where(articles.c.state == ArticleState.PUBLISHED)
        .order_by(page.c.sort_at.desc(), page.c.article_id.desc()),
    )


async def newer(conn: Conn, category: str | None, limit: int, before: Position) -> Position | None:
    """Where the page before that of `before` begins: `latest` from there ends where that page starts.

    None where no more than `limit` articles are newer: the first page shows them. `category` None: of all. The cost is
    that of `limit` articles.
    """
    link = article_categories.c
    if category is None:
        here, there = (articles.c.sort_at, articles.c.id), articles.c.state == ArticleState.PUBLISHED
    else:
        here, there = (link.sort_at, link.article_id), and_(link.category == category, link.visible == true())
    (sort_at, key), (instant, last) = here, before
    # As in `_older`: the first half bounds the range of the index.
    query = select(sort_at, key).where(there, sort_at >= instant, or_(sort_at > instant, key >= last))
    row = (await conn.execute(query.order_by(sort_at, key).offset(limit).limit(1))).first()
    return (row[0], row[1]) if row else None


async def get(conn: Conn, article_id: str) -> Article | None:
    """One article in whatever state it is; None where there is none."""
    return (await get_many(conn, [article_id])).get(article_id)


async def get_many(conn: Conn, ids: Iterable[str]) -> dict[str, Article]:
    """Articles by id, in whatever state they are; unknown ids are missing."""
    wanted = sorted(set(ids))
    found: dict[str, Article] = {}
    for start in range(0, len(wanted), _CHUNK):
        chosen = _with_source().where(articles.c.id.in_(wanted[start : start + _CHUNK]))
        found.update((article.id, article) for article in await _whole(conn, chosen))
    return found


async def related(conn: Conn, article: Article, limit: int) -> list[Article]:
    """Other published articles that share its categories: most shared first, then its language, then the newest.

    Of an article without categories: the newest of all.
    """
    others = await latest(conn, article.categories, 10 * limit + 1)

    def closeness(other: Article) -> tuple[int, bool, datetime, str]:
        """Greater for what is nearer to the article."""
        shared = len(set(other.categories) & set(article.categories))
        return shared, other.language == article.language, other.sort_at, other.id

    return sorted((other for other in others if other.id != article.id), key=closeness, reverse=True)[:limit]


async def near_copies(conn: Conn, article_id: str, limit: int) -> list[Article]:
    """Other published articles that tell nearly the same (see `clusters`), newest first."""
    cluster = select(articles.c.cluster_id).where(articles.c.id == article_id).scalar_subquery()
    chosen = _with_source().where(
        articles.c.cluster_id == cluster, articles.c.id != article_id, articles.c.state == ArticleState.PUBLISHED
    )
    return await _whole(conn, chosen.order_by(articles.c.sort_at.desc(), articles.c.id.desc()).limit(limit))


async def tombstones(conn: Conn, categories: tuple[str, ...], limit: int) -> list[Tombstone]:
    """What was withdrawn last from one or several categories, or from all where `categories` is empty; newest first.

    What nobody had seen there is not told of.
    """
    gone = _gone()
    if categories:
        link = article_categories.c
        members = select(link.article_id).where(
            link.category.in_(categories), link.placed_by != LEFT, link.shelf.is_not(None)
        )
        gone = gone.where(articles.c.id.in_(members))
    return await _tombstones(conn, gone.limit(limit))


async def was_shown(conn: Conn, article_id: str) -> bool:
    """Has anybody seen the article, whatever became of it?"""
    query = select(articles.c.id).where(articles.c.id == article_id, articles.c.shelf.is_not(None))
    return (await conn.execute(query)).first() is not None


async def withdrawn_at(conn: Conn, article_id: str) -> datetime | None:
    """When an article was withdrawn (UTC); None where that is not known."""
    query = select(articles.c.withdrawn_at).where(articles.c.id == article_id)
    return (await conn.execute(query)).scalar()


async def last_shelf(conn: Conn, category: str | None) -> int:
    """How many articles the archive of a category (None: of everything) has ever held: its last place (`shelves`)."""
    if category is None:
        query = select(func.max(articles.c.shelf))
    else:
        query = select(func.max(article_categories.c.shelf)).where(article_categories.c.category == category)
    return int((await conn.execute(query)).scalar() or 0)


async def shelved(conn: Conn, category: str | None, first: int, last: int) -> tuple[list[Article], list[Tombstone]]:
    """The places `first` to `last` of an archive: what stands there, the latest place first, and what was withdrawn."""
    if category is None:
        place, chosen, gone = articles.c.shelf, _with_source(), _gone()
        there: ColumnElement[bool] = true()
    else:
        link = article_categories
        here = and_(link.c.article_id == articles.c.id, link.c.category == category, link.c.placed_by != LEFT)
        place, chosen, gone = link.c.shelf, _with_source().join(link, here), _gone().join(link, here)
        there = link.c.visible.is_(True)
    standing = chosen.where(articles.c.state == ArticleState.PUBLISHED, there, place.between(first, last))
    found = await _whole(conn, standing.order_by(place.desc()))
    return found, await _tombstones(conn, gone.where(place.between(first, last)))


async def categories(conn: Conn) -> list[Category]:
    """Every category, in the order of the newsroom."""
    found = await conn.execute(select(categories_table).order_by(*_in_order()))
    return [rows.category(row) for row in found.mappings()]


async def counts(conn: Conn) -> dict[str, int]:
    """How many published articles each category has, by slug, and all together under `*`; no category is missing."""
    link = and_(article_categories.c.category == categories_table.c.slug, article_categories.c.visible == true())
    by_category = (
        select(categories_table.c.slug, func.count(article_categories.c.article_id))
        .outerjoin(article_categories, link)
        .group_by(categories_table.c.slug)
    )
    everything = (
        select(literal(ALL), func.count()).select_from(articles).where(articles.c.state == ArticleState.PUBLISHED)
    )
    found = await conn.execute(union_all(by_category, everything))
    return {row[0]: row[1] for row in found}


async def feed_marks(conn: Conn) -> FeedMarks:
    """What decides whether rendered feeds are still right, in one query whatever the number of feeds."""
    named = select(
        categories_table.c.slug,
        categories_table.c.title,
        categories_table.c.language,
        categories_table.c.description,
        categories_table.c.position,
        stamps.c.changed_at,
    ).outerjoin(stamps, stamps.c.feed == categories_table.c.slug)
    everything = select(stamps.c.feed, literal(""), literal(""), literal(""), null(), stamps.c.changed_at).where(
        stamps.c.feed == ALL
    )
    found = list(await conn.execute(union_all(named, everything)))
    listed = sorted((row for row in found if row.slug != ALL), key=lambda row: (row.position, row.slug))
    return FeedMarks(
        tuple(Category(row.slug, row.title, row.language, row.description) for row in listed),
        {row.slug: row.changed_at for row in found if row.changed_at is not None},
    )


def _gone() -> Select[Any]:
    return (
        select(articles.c.guid, articles.c.withdrawn_at)
        .where(
            articles.c.state == ArticleState.WITHDRAWN,
            articles.c.withdrawn_at.is_not(None),
            articles.c.shelf.is_not(None),
        )
        .order_by(articles.c.withdrawn_at.desc(), articles.c.id.desc())
    )


async def _tombstones(conn: Conn, gone: Select[Any]) -> list[Tombstone]:
    return [Tombstone(row.guid, row.withdrawn_at) for row in await conn.execute(gone)]


def _newest_of(slugs: tuple[str, ...], limit: int, before: Position | None) -> Select[Any]:
    # Each category's newest is one range of one index. Only these ranges are merged, never whole categories, and an
    # article that stands in several has the same sort_at in each, so UNION leaves it once.
    link = article_categories
    ranges = [
        select(link.c.article_id, link.c.sort_at)
        .where(link.c.category == slug, link.c.visible == true(), _older(link.c.sort_at, link.c.article_id, before))
        .order_by(link.c.sort_at.desc(), link.c.article_id.desc())
        .limit(limit)
        .subquery()
        for slug in slugs
    ]
    merged = union(*(select(part.c.article_id, part.c.sort_at) for part in ranges)).subquery()
    return select(merged).order_by(merged.c.sort_at.desc(), merged.c.article_id.desc()).limit(limit)


def _older(sort_at: ColumnElement[Any], key: ColumnElement[Any], before: Position | None) -> ColumnElement[bool]:
    if before is None:
        return true()
    instant, last = before
    # The first half alone bounds the range of the index; the second is exact within one instant.
    return and_(sort_at <= instant, or_(sort_at < instant, key < last))


def _with_source() -> Select[Any]:
    return select(articles, func.coalesce(sources.c.title, "").label("source_title")).outerjoin(
        sources, sources.c.slug == articles.c.source
    )


async def _whole(conn: Conn, chosen: Select[Any]) -> list[Article]:
    found = (await conn.execute(chosen)).mappings().all()
    slugs = await _categories_of(conn, [row["id"] for row in found])
    return [rows.article(row, row["source_title"], tuple(slugs[row["id"]])) for row in found]


async def _categories_of(conn: Conn, ids: list[str]) -> dict[str, list[str]]:
    slugs: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(ids), _CHUNK):
        found = await conn.execute(
            select(article_categories.c.article_id, article_categories.c.category)
            .join(categories_table, categories_table.c.slug == article_categories.c.category)
            .where(
                article_categories.c.article_id.in_(ids[start : start + _CHUNK]), article_categories.c.placed_by != LEFT
            )
            .order_by(*_in_order())
        )
        for article_id, slug in found:
            slugs[article_id].append(slug)
    return slugs


def _in_order() -> tuple[ColumnElement[Any], ...]:
    return categories_table.c.position, categories_table.c.slug
