"""The write side of articles: what ingest and editors change. `reading` is the read side.

Every change of what feeds show moves the marks of the feeds it touches (see `stamps`). Functions that ingest calls many
times in one transaction return those feeds instead, so that each feed is marked once; the others mark them themselves.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from feedsvc.errors import NotFound
from feedsvc.model.article import ArticleState
from feedsvc.storage import counters, shelves, stamps
from feedsvc.storage.schema import LEFT, article_categories, articles, categories
from feedsvc.storage.types import Conn

Touched = frozenset[str]
"""Feeds whose content changed: pass them to `stamps.bump` in the same transaction."""

_NOTHING: Touched = frozenset()


async def lock(conn: Conn) -> int:
    """Let no other transaction bring articles in, or change their state, until this one ends.

    Two sources that find the same story at once would otherwise both take it for new. The lock is the row of the entry
    counter, which publishing locks anyway: taken first, always, it also keeps transactions from blocking each other.
    Returns the last entry that was given out.
    """
    return await counters.value(conn, counters.ENTRY, lock=True)


async def held_by_burst(conn: Conn, source: str) -> int:
    """How many of a source's articles are held because too many came at once: no digest will have them.

    What a person published since (or gave an embargo) and holds again is not the burst's any more.
    """
    held = and_(articles.c.source == source, articles.c.state == ArticleState.HELD, articles.c.mailable.is_(False))
    unseen = and_(articles.c.shelf.is_(None), articles.c.embargo_until.is_(None))
    return int((await conn.execute(select(func.count()).where(held, unseen))).scalar_one())


async def release(conn: Conn, article_id: str, now: datetime) -> Touched:
    """Show a published article in its categories, and count its entry into each for the readers of digests.

    An entry is counted once and for ever, and never for what is not mailable. Nothing happens to an article in another
    state. Raises NotFound.
    """
    row = await _row(conn, article_id)
    if row["state"] != ArticleState.PUBLISHED:
        return _NOTHING
    query = (
        select(article_categories)
        .join(categories, categories.c.slug == article_categories.c.category)
        .where(article_categories.c.article_id == article_id, article_categories.c.placed_by != LEFT)
        .order_by(categories.c.position, categories.c.slug)
    )
    for place in (await conn.execute(query)).mappings().all():
        values: dict[str, Any] = {"visible": True}
        if row["mailable"] and place["entry"] is None:
            values |= {"entry": await counters.next_value(conn, counters.ENTRY), "entered_at": now}
        elif place["visible"]:
            continue
        await conn.execute(update(article_categories).where(_place(article_id, place["category"])).values(**values))
    await shelves.put(conn, [article_id])
    return await _feeds_of(conn, article_id)


async def is_release_due(conn: Conn, now: datetime) -> bool:
    """Has the embargo of any article ended? A look that costs no lock."""
    return (await conn.execute(select(articles.c.id).where(_embargo_over(now)).limit(1))).first() is not None


async def release_due(conn: Conn, now: datetime, limit: int = 100) -> list[str]:
    """Publish the articles whose embargo has ended; returns their ids, the earliest first."""
    await lock(conn)
    query = (
        select(articles.c.id)
        .where(_embargo_over(now))
        .order_by(articles.c.embargo_until, articles.c.id)
        .limit(limit)
        .with_for_update()
    )
    due = list((await conn.execute(query)).scalars())
    touched: set[str] = set()
    for article_id in due:
        values = {"state": ArticleState.PUBLISHED.value, "embargo_until": None}
        await conn.execute(update(articles).where(articles.c.id == article_id).values(**values))
        touched |= await release(conn, article_id, now)
    await stamps.bump(conn, touched, now)
    return due


def _embargo_over(now: datetime) -> ColumnElement[bool]:
    return and_(articles.c.embargo_until <= now, articles.c.state == ArticleState.EMBARGOED)


async def _row(conn: Conn, article_id: str) -> Any:
    row = (await conn.execute(select(articles).where(articles.c.id == article_id).with_for_update())).mappings().first()
    if row is None:
        msg = f"There is no article {article_id!r}. `feedsvc article list` shows those there are."
        raise NotFound(msg)
    return row


async def _feeds_of(conn: Conn, article_id: str) -> Touched:
    here = and_(article_categories.c.article_id == article_id, article_categories.c.placed_by != LEFT)
    query = select(article_categories.c.category).where(here)
    return frozenset((await conn.execute(query)).scalars()) | {stamps.ALL}


def _place(article_id: str, category: str) -> ColumnElement[bool]:
    return and_(article_categories.c.article_id == article_id, article_categories.c.category == category)
