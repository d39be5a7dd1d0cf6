"""Where articles were seen: the rows by which a story is recognised when it comes again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, Text, and_, bindparam, func, select, update

from feedsvc.model.article import ArticleState
from feedsvc.storage.bulk import rows_for, table_for
from feedsvc.storage.engine_sql import made_once
from feedsvc.storage.schema import articles, origins
from feedsvc.storage.types import Conn

REMEMBERED = 1000
"""Entries of a source whose fingerprints count: more than any feed shows. Others are looked at again, which is no harm."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Origin:
    """A page that an article was read from."""

    article_id: str
    url: str
    url_key: str


async def known(conn: Conn, source: str, keys: Iterable[str]) -> dict[str, Origin]:
    """The origins of this source among the canonical URLs in `keys`, by key."""
    wanted, found = list(keys), dict[str, Origin]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(origins.c.article_id, origins.c.url, origins.c.url_key).where(
            origins.c.source == source, origins.c.url_key.in_(wanted[start : start + _CHUNK])
        )
        found.update({row.url_key: Origin(*row) for row in await conn.execute(query)})
    return found


async def newest(conn: Conn, source: str, limit: int) -> list[Origin]:
    """The pages of the source's newest articles that are not withdrawn, newest first, one page an article."""
    first = (
        select(func.min(origins.c.id).label("id")).where(origins.c.source == source).group_by(origins.c.article_id)
    ).subquery()
    query = (
        select(origins.c.article_id, origins.c.url, origins.c.url_key)
        .join(first, first.c.id == origins.c.id)
        .join(articles, articles.c.id == origins.c.article_id)
        .where(articles.c.state != ArticleState.WITHDRAWN)
        .order_by(articles.c.sort_at.desc(), articles.c.id.desc())
        .limit(limit)
    )
    return [Origin(*row) for row in await conn.execute(query)]


async def newest_date(conn: Conn, source: str) -> datetime | None:
    """The latest `sort_at` among the source's articles; None where it has none."""
    query = select(func.max(articles.c.sort_at)).where(articles.c.source == source)
    found: datetime | None = (await conn.execute(query)).scalar()
    return found


async def fingerprints(conn: Conn, slugs: Sequence[str]) -> dict[str, frozenset[str]]:
    """The fingerprints of the entries that sources showed, as they were when they came in: their newest `REMEMBERED`."""
    found: dict[str, set[str]] = {slug: set() for slug in slugs}
    asked = rows_for("wanted_sources", ((slug,) for slug in slugs)) | {"before": REMEMBERED - 1}
    for source, fingerprint in await conn.execute(_prints(conn), asked):
        found[source].add(fingerprint)
    return {slug: frozenset(prints) - {""} for slug, prints in found.items()}


@made_once
def _prints(conn: Conn) -> Executable:
    wanted = table_for(conn, {"slug": Text()}, "wanted_sources")
    each = origins.alias("each")
    newest = (
        select(each.c.id)
        .where(each.c.source == wanted.c.slug)
        .order_by(each.c.id.desc())
        .limit(1)
        .offset(bindparam("before"))
        .scalar_subquery()
    )
    return select(origins.c.source, origins.c.fingerprint).join(
        wanted, and_(wanted.c.slug == origins.c.source, origins.c.id >= func.coalesce(newest, 0))
    )


async def forget_fingerprints(conn: Conn, source: str) -> None:
    """Let every entry of the source be looked at again."""
    await conn.execute(update(origins).where(origins.c.source == source).values(fingerprint=""))


async def seen(conn: Conn, source: str, keys: Iterable[str], now: datetime) -> None:
    """The source still shows these pages."""
    wanted = list(keys)
    for start in range(0, len(wanted), _CHUNK):
        await conn.execute(
            update(origins)
            .where(origins.c.source == source, origins.c.url_key.in_(wanted[start : start + _CHUNK]))
            .values(last_seen_at=now)
        )
