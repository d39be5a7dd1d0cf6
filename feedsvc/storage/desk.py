"""Articles as those see them who look after them: where each stands and why, and the writes that move it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update

from feedsvc.errors import NotFound
from feedsvc.model.article import Article, ArticleState
from feedsvc.storage import articles as article_rows
from feedsvc.storage import categories, reading, stamps
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import LEFT, article_categories, articles, origins
from feedsvc.storage.types import Conn

EDITOR = "editor"
"""Who placed an article in a category: a person. No rule takes it out again."""

# Where the last group of a UUID begins (from 1): what lists print of it.
_LAST_GROUP = 25


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an article stands. `mailable`: may it go into a digest?; `embargo_until` and `withdrawn_at` are aware, in UTC."""

    id: str
    title: str
    state: ArticleState
    embargo_until: datetime | None
    mailable: bool
    reason: str = ""
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which articles: every field narrows it. `search` is a part of the title; `state` None takes every state."""

    state: ArticleState | None = ArticleState.PUBLISHED
    source: str = ""
    category: str = ""
    search: str = ""


async def listed(conn: Conn, choice: Choice, limit: int, before: str | None = None) -> list[Article]:
    """The newest articles of a choice; `before` continues after an article, by its id."""
    query = _chosen(choice, select(articles.c.id)).order_by(articles.c.sort_at.desc(), articles.c.id.desc())
    if before is not None:
        last = select(articles.c.sort_at).where(articles.c.id == before).scalar_subquery()
        older = or_(articles.c.sort_at < last, and_(articles.c.sort_at == last, articles.c.id < before))
        query = query.where(articles.c.sort_at <= last, older)
    ids = list((await conn.execute(query.limit(limit))).scalars())
    found = await reading.get_many(conn, ids)
    return [found[article_id] for article_id in ids]


async def chosen(conn: Conn, choice: Choice, limit: int, after: str = "") -> list[str]:
    """The ids of a choice, in the order in which they came in; `after` goes on behind one."""
    query = _chosen(choice, select(articles.c.id)).where(articles.c.id > after).order_by(articles.c.id).limit(limit)
    return list((await conn.execute(query)).scalars())


async def count(conn: Conn, choice: Choice) -> int:
    """How many articles a choice has."""
    return int((await conn.execute(_chosen(choice, select(func.count()).select_from(articles)))).scalar_one())


async def states(conn: Conn) -> dict[ArticleState, int]:
    """How many articles are in each state; states without any are missing."""
    query = select(articles.c.state, func.count()).group_by(articles.c.state)
    return {ArticleState(state): number for state, number in await conn.execute(query)}


async def named(conn: Conn, name: str, limit: int) -> list[str]:
    """The ids that are `name`, or else begin or end with it, as a whole or in their last group."""
    whole = select(articles.c.id).where(articles.c.id == name)
    if (await conn.execute(whole)).scalar() is not None:
        return [name]
    alike = or_(
        articles.c.id.startswith(name, autoescape=True),
        articles.c.id.endswith(name, autoescape=True),
        func.substr(articles.c.id, _LAST_GROUP, len(name)) == name,
    )
    query = select(articles.c.id).where(alike).order_by(articles.c.id).limit(limit)
    return list((await conn.execute(query)).scalars())


async def stands(conn: Conn, ids: Iterable[str], lock: bool = False) -> dict[str, Stand]:
    """Where articles stand, by id; unknown ids are missing. `lock` holds their rows until the transaction ends."""
    columns = [articles.c[name] for name in Stand.__slots__]
    query = select(*columns).where(articles.c.id.in_(list(ids))).order_by(articles.c.id)
    found = (await conn.execute(query.with_for_update() if lock else query)).mappings()
    return {row["id"]: Stand(**{**row, "state": ArticleState(row["state"])}) for row in found}


async def move(conn: Conn, after: Sequence[Stand], now: datetime) -> article_rows.Touched:
    """Write where articles stand from now on; returns the feeds that change. Hold the lock of articles (`articles.lock`).

    One that becomes mailable is counted as entering its categories now, where it was never counted.
    """
    before = await stands(conn, [one.id for one in after], lock=True)
    touched: set[str] = set()
    for one in after:
        gone = one.state is ArticleState.WITHDRAWN
        values = {name: getattr(one, name) for name in ("embargo_until", "mailable", "reason")}
        values |= {"state": one.state.value, "withdrawn_at": now if gone else None}
        await conn.execute(update(articles).where(articles.c.id == one.id).values(**values))
        if (day := before[one.id].embargo_until) and one.state in (ArticleState.PUBLISHED, ArticleState.EMBARGOED):
            # An article that bears the day of its embargo bears that of the new one.
            dated = update(articles).where(articles.c.id == one.id, articles.c.published_at == day)
            await conn.execute(dated.values(published_at=one.embargo_until or now))
        places = update(article_categories).where(article_categories.c.article_id == one.id)
        if one.mailable and not before[one.id].mailable:
            # What a rule placed afterwards counts as mailed long ago (entry 0): that is taken back, too.
            await conn.execute(places.where(article_categories.c.entry == 0).values(entry=None))
        if one.state is ArticleState.PUBLISHED:
            touched |= await article_rows.release(conn, one.id, now)
            continue
        await conn.execute(places.values(visible=False))
        if gone or before[one.id].state is ArticleState.PUBLISHED:
            touched |= await _feeds_of(conn, one.id)
    return frozenset(touched)


async def place(conn: Conn, article_id: str, slugs: Iterable[str]) -> None:
    """Put an article into categories as an editor does, unseen until it is released; what a rule placed is theirs now."""
    sort_at = select(articles.c.sort_at).where(articles.c.id == article_id).scalar_subquery()
    for slug in slugs:
        statement = insert_for(conn, article_categories).values(
            category=slug, article_id=article_id, sort_at=sort_at, visible=False, placed_by=EDITOR
        )
        await conn.execute(
            statement.on_conflict_do_update(index_elements=["category", "article_id"], set_={"placed_by": EDITOR})
        )


async def give_address(conn: Conn, article_id: str, url: str, key: str) -> None:
    """Let an article's link lead to `url`: it came without one, and is recognised by the canonical URL `key`."""
    await conn.execute(update(articles).where(articles.c.id == article_id).values(url=url))
    await conn.execute(
        update(origins).where(origins.c.article_id == article_id, origins.c.url_key == key).values(url=url)
    )


async def give_date(conn: Conn, article_id: str, published_at: datetime) -> None:
    """Let a new article bear a date (aware, in UTC). Its order stays that in which it came."""
    await conn.execute(update(articles).where(articles.c.id == article_id).values(published_at=published_at))


async def must_have_categories(conn: Conn, slugs: Iterable[str]) -> None:
    """Raises NotFound, with those that there are, for a category that is not there."""
    wanted = list(slugs)
    there = [category.slug for category in await categories.every(conn)] if wanted else []
    for slug in wanted:
        if slug not in there:
            msg = f"There is no category {slug!r}. There are: {', '.join(there) or 'none yet'}."
            raise NotFound(msg)


async def _feeds_of(conn: Conn, article_id: str) -> set[str]:
    here = and_(article_categories.c.article_id == article_id, article_categories.c.placed_by != LEFT)
    query = select(article_categories.c.category).where(here)
    return {stamps.ALL, *(await conn.execute(query)).scalars()}


def _chosen(choice: Choice, query: Select[Any]) -> Select[Any]:
    narrow: list[ColumnElement[bool]] = []
    if choice.state is not None:
        narrow.append(articles.c.state == choice.state.value)
    if choice.source:
        narrow.append(articles.c.source == choice.source)
    if choice.search:
        narrow.append(articles.c.title.icontains(choice.search, autoescape=True))
    if choice.category:
        members = select(article_categories.c.article_id).where(
            article_categories.c.category == choice.category, article_categories.c.placed_by != LEFT
        )
        narrow.append(articles.c.id.in_(members))
    return query.where(*narrow)
