"""Articles with all that rules for categories look at, in batches, and the writes that move them between categories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Text, and_, func, select, tuple_, update

from feedsvc.model.article import ArticleState
from feedsvc.storage import articles as article_rows
from feedsvc.storage import shelves, stamps
from feedsvc.storage.bulk import table_of
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import LEFT, article_categories, articles, origins
from feedsvc.storage.types import Conn

RULE = "rule"
"""Who placed an article in a category: a rule, which may take it out again."""

OLD_NEWS = 0
"""The entry of what came into a category too late to be news: before all that any digest asks for."""


@dataclass(slots=True)
class Shown:
    """How one source shows an article: its addresses there, and the source's own words."""

    urls: list[str] = field(default_factory=list)
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as rules look at it. `seen`: how each source shows it; `placed`: its categories and who placed it."""

    id: str
    source: str
    title: str
    summary: str
    content_html: str
    sort_at: datetime
    mailable: bool
    seen: dict[str, Shown] = field(default_factory=dict)
    placed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entering:
    """An article that comes into a category. `news`: readers of digests are to hear of it."""

    article_id: str
    category: str
    news: bool


async def total(conn: Conn) -> int:
    """How many articles there are."""
    return int((await conn.execute(select(func.count()).select_from(articles))).scalar_one())


async def stored(conn: Conn, after: str, limit: int) -> list[Stored]:
    """The next articles behind an id, in the order of their ids; those withdrawn are passed over."""
    columns = [articles.c[name] for name in Stored.__slots__ if name not in ("seen", "placed")]
    query = (
        select(*columns)
        .where(articles.c.id > after, articles.c.state != ArticleState.WITHDRAWN)
        .order_by(articles.c.id)
        .limit(limit)
    )
    found = {row.id: Stored(*row) for row in await conn.execute(query)}
    if not found:
        return []
    asked = table_of(conn, {"id": Text()}, [(key,) for key in found], "asked")
    links = article_categories.c
    placed = select(links.article_id, links.category, links.placed_by).join(asked, asked.c.id == links.article_id)
    placed = placed.where(links.placed_by != LEFT)
    for article_id, category, placed_by in await conn.execute(placed):
        found[article_id].placed[category] = placed_by
    seen = (
        select(origins.c.article_id, origins.c.source, origins.c.url, origins.c.terms)
        .join(asked, asked.c.id == origins.c.article_id)
        .order_by(origins.c.id)
    )
    for article_id, source, url, terms in await conn.execute(seen):
        shown = found[article_id].seen.setdefault(source, Shown())
        shown.urls.append(url)
        shown.terms = tuple(dict.fromkeys((*shown.terms, *terms)))
    return list(found.values())


async def write(
    conn: Conn, entering: Sequence[Entering], leaving: Iterable[tuple[str, str]], now: datetime
) -> article_rows.Touched:
    """Move articles into categories, and (article, category) out of those where a rule placed them; returns the feeds that
    change.

    What has changed meanwhile stays: somebody's choice is not undone, what was withdrawn is not shown.
    """
    await article_rows.lock(conn)
    touched = await _leave(conn, leaving)
    touched |= await _enter(conn, entering)
    for article_id in dict.fromkeys(one.article_id for one in entering if one.news):
        touched |= await article_rows.release(conn, article_id, now)
    return frozenset(touched)


async def _leave(conn: Conn, leaving: Iterable[tuple[str, str]]) -> set[str]:
    rows = list(leaving)
    if not rows:
        return set()
    links = article_categories.c
    gone = table_of(conn, {"article_id": Text(), "category": Text()}, rows, "gone")
    of_rules = and_(tuple_(links.article_id, links.category).in_(select(gone)), links.placed_by == RULE)
    shown = select(links.category).where(of_rules, links.visible.is_(True)).distinct()
    touched = set((await conn.execute(shown)).scalars())
    await conn.execute(update(article_categories).where(of_rules).values(placed_by=LEFT, visible=False))
    return {stamps.ALL, *touched} if touched else set()


async def _enter(conn: Conn, entering: Sequence[Entering]) -> set[str]:
    """Put articles into categories: old news is shown at once, what is news when it is released."""
    if not entering:
        return set()
    asked = table_of(conn, {"id": Text()}, [(key,) for key in {one.article_id for one in entering}], "entering")
    query = select(articles.c.id, articles.c.sort_at, articles.c.state).join(asked, asked.c.id == articles.c.id)
    here = {row.id: (row.sort_at, row.state == ArticleState.PUBLISHED) for row in await conn.execute(query)}
    written = [
        {
            "category": one.category,
            "article_id": one.article_id,
            "sort_at": here[one.article_id][0],
            "visible": here[one.article_id][1] and not one.news,
            "placed_by": RULE,
            "entry": None if one.news else OLD_NEWS,
        }
        for one in entering
    ]
    statement = insert_for(conn, article_categories)
    fresh, links = statement.excluded, article_categories.c
    # What comes back keeps the entry it had: nobody is mailed twice.
    again = {
        "placed_by": RULE,
        "sort_at": fresh.sort_at,
        "visible": fresh.visible,
        "entry": func.coalesce(links.entry, fresh.entry),
    }
    keys = ["category", "article_id"]
    await conn.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=again, where=links.placed_by == LEFT), written
    )
    shown_now = [str(row["article_id"]) for row in written if row["visible"]]
    if not shown_now:
        return set()
    await shelves.put(conn, shown_now)
    shown = select(links.category).join(asked, asked.c.id == links.article_id).where(links.visible.is_(True)).distinct()
    return {stamps.ALL, *(await conn.execute(shown)).scalars()}
