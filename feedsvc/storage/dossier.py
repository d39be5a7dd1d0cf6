"""All that is known of one article: where it was seen, where it was placed and by whom, what it said before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from feedsvc.model.article import Article, Revision
from feedsvc.storage import desk, history, reading
from feedsvc.storage.desk import Stand
from feedsvc.storage.schema import LEFT, article_categories, categories, origins
from feedsvc.storage.types import Conn

NEAR_COPIES = 20


@dataclass(frozen=True, slots=True)
class Placed:
    """A category that an article is in. `placed_by`: rule, editor or push; `entered_at` (UTC): when it was counted for
    the readers of digests, None where it never was.
    """

    category: str
    placed_by: str
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A place at which a source shows an article. `terms` are the source's own words for what it is about."""

    source: str
    url: str
    upstream_id: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """An article with everything beside it. `near_copies` are other published articles that tell nearly the same."""

    article: Article
    stand: Stand
    placed: tuple[Placed, ...]
    origins: tuple[Seen, ...]
    revisions: tuple[Revision, ...]
    near_copies: tuple[Article, ...]


async def of_article(conn: Conn, article_id: str) -> Dossier | None:
    """Everything known of an article, in whatever state it is; None where there is none."""
    article = await reading.get(conn, article_id)
    if article is None:
        return None
    links = article_categories.c
    placed = await conn.execute(
        select(links.category, links.placed_by, links.entered_at)
        .join(categories, categories.c.slug == links.category)
        .where(links.article_id == article_id, links.placed_by != LEFT)
        .order_by(categories.c.position, categories.c.slug)
    )
    shown = select(*(origins.c[name] for name in Seen.__slots__)).where(origins.c.article_id == article_id)
    return Dossier(
        article,
        (await desk.stands(conn, [article_id]))[article_id],
        tuple(Placed(*row) for row in placed),
        tuple(map(_seen, await conn.execute(shown.order_by(origins.c.id)))),
        tuple(await history.of_article(conn, article_id)),
        tuple(await reading.near_copies(conn, article_id, NEAR_COPIES)),
    )


async def last_seen(conn: Conn, source: str) -> datetime | None:
    """When a source last showed or sent any article (aware, in UTC); None where it never did."""
    query = select(func.max(origins.c.last_seen_at)).where(origins.c.source == source)
    latest: datetime | None = (await conn.execute(query)).scalar_one()
    return latest


def _seen(row: Any) -> Seen:
    return Seen(**{**row._mapping, "terms": tuple(row.terms)})
