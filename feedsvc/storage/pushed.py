"""Articles as whoever pushes them sees them, and the sources that are pushed to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, and_, func, literal, or_, select, update

from feedsvc.model.article import Article
from feedsvc.storage import reading, stamps
from feedsvc.storage.bulk import table_of
from feedsvc.storage.intake import Sighting
from feedsvc.storage.schema import LEFT, article_categories, articles, origins, sources
from feedsvc.storage.types import Conn, Instant


@dataclass(frozen=True, slots=True)
class Standing:
    """An article as it stands, until when it is embargoed (UTC), and the sources that have shown it."""

    article: Article
    embargo_until: datetime | None
    shown_by: frozenset[str]


async def standing(conn: Conn, article_id: str) -> Standing | None:
    """An article in whatever state it is; None where there is none."""
    article = await reading.get(conn, article_id)
    if article is None:
        return None
    until = (await conn.execute(select(articles.c.embargo_until).where(articles.c.id == article_id))).scalar()
    shown_by = await conn.execute(select(origins.c.source).where(origins.c.article_id == article_id))
    return Standing(article, until, frozenset(shown_by.scalars()))


async def by_own_id(conn: Conn, source: str, upstream_id: str) -> str | None:
    """The article that a source calls by an id of its own; None where it called none so."""
    same = (origins.c.source == source) & (origins.c.upstream_id == upstream_id)
    found: str | None = (await conn.execute(select(origins.c.article_id).where(same).order_by(origins.c.id))).scalar()
    return found


async def by_address(conn: Conn, source: str, keys: Iterable[str]) -> str | None:
    """The article that a source has shown at one of these canonical URLs; None where it showed none there."""
    here = (origins.c.source == source) & origins.c.url_key.in_(list(keys))
    found: str | None = (await conn.execute(select(origins.c.article_id).where(here).order_by(origins.c.id))).scalar()
    return found


async def names(conn: Conn, sources: Iterable[str], article_ids: Iterable[str]) -> list[Sighting]:
    """Where these sources call one of these articles by an id of their own."""
    slugs, asked = list(sources), [(each,) for each in article_ids]
    if not slugs or not asked:
        return []
    wanted = table_of(conn, {"id": Text()}, asked, "named_articles")
    columns = (origins.c.id, origins.c.article_id, origins.c.source, origins.c.url_key, origins.c.upstream_id)
    query = select(*columns).join(wanted, wanted.c.id == origins.c.article_id)
    query = query.where(origins.c.source.in_(slugs), origins.c.upstream_id.is_not(None))
    return [Sighting(*row) for row in await conn.execute(query)]


async def embargo(conn: Conn, source: str, upstream_id: str | None, keys: Iterable[str]) -> datetime | None:
    """Until when the story is embargoed (UTC) that a source has shown at one of these canonical URLs, or by its id."""
    here = or_(origins.c.url_key.in_(list(keys)), origins.c.upstream_id == upstream_id)
    query = (
        select(articles.c.embargo_until)
        .join(origins, origins.c.article_id == articles.c.id)
        .where(origins.c.source == source, here)
        .order_by(origins.c.id)
    )
    found: datetime | None = (await conn.execute(query)).scalar()
    return found


async def keep_categories(conn: Conn, article_id: str, chosen: Iterable[str], now: datetime) -> None:
    """Take an article out of the categories that an earlier push chose and that are not among `chosen` any more.

    What rules and editors placed stays. Marks the feeds that change; `now` is aware, in UTC.
    """
    links = article_categories.c
    gone = and_(links.article_id == article_id, links.placed_by == "push", links.category.not_in(list(chosen)))
    touched = set((await conn.execute(select(links.category).where(gone, links.visible.is_(True)))).scalars())
    await conn.execute(update(article_categories).where(gone).values(placed_by=LEFT, visible=False))
    if touched:
        await stamps.bump(conn, {stamps.ALL, *touched}, now)


async def heard_from(conn: Conn, source: str, now: datetime) -> None:
    """Note that a source has pushed at `now` (aware, in UTC): what its health tells as its last success."""
    values = {
        "last_polled_at": now,
        "last_success_at": now,
        "first_polled_at": func.coalesce(sources.c.first_polled_at, literal(now, Instant())),
        "last_error": "",
        "last_error_code": "",
        "failures": 0,
    }
    await conn.execute(update(sources).where(sources.c.slug == source).values(**values))
