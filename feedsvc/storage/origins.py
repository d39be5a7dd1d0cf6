"""Where articles were seen: the rows by which a story is recognised when it comes again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from feedsvc.model.article import ArticleState
from feedsvc.model.draft import MatchedBy
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import articles, origins
from feedsvc.storage.types import Conn

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


async def add(
    conn: Conn,
    article_id: str,
    source: str,
    urls: dict[str, str],
    upstream_id: str | None,
    now: datetime,
    terms: tuple[str, ...] = (),
) -> None:
    """Note that the source shows the article. `urls` maps canonical URLs to the URLs as found.

    A page that was noted before stays with its article; only `last_seen_at` and a missing upstream id are written.
    """
    for key, url in urls.items():
        statement = insert_for(conn, origins).values(
            article_id=article_id,
            source=source,
            url=url,
            url_key=key,
            upstream_id=upstream_id,
            terms=list(terms),
            first_seen_at=now,
            last_seen_at=now,
        )
        late = func.coalesce(statement.excluded.upstream_id, origins.c.upstream_id)
        values = {"last_seen_at": now, "upstream_id": late}
        await conn.execute(statement.on_conflict_do_update(index_elements=["source", "url_key"], set_=values))


async def seen(conn: Conn, source: str, keys: Iterable[str], now: datetime) -> None:
    """The source still shows these pages."""
    wanted = list(keys)
    for start in range(0, len(wanted), _CHUNK):
        await conn.execute(
            update(origins)
            .where(origins.c.source == source, origins.c.url_key.in_(wanted[start : start + _CHUNK]))
            .values(last_seen_at=now)
        )


async def match(
    conn: Conn, source: str, keys: tuple[str, ...], upstream_id: str | None, text_hash: str
) -> tuple[str, MatchedBy] | None:
    """The article that a story is, and by which rule: canonical URL on any source, id on this source, text.

    Several articles under one URL key: the one this source showed comes first, then the one seen first.
    """
    by_url = await conn.execute(
        select(origins.c.article_id, origins.c.source, origins.c.url_key)
        .where(origins.c.url_key.in_(keys))
        .order_by(origins.c.id)
    )
    found = sorted(by_url, key=lambda row: (row.source != source, keys.index(row.url_key)))
    if found:
        return found[0].article_id, MatchedBy.URL
    if upstream_id:
        same_id = (origins.c.source == source) & (origins.c.upstream_id == upstream_id)
        by_id = (await conn.execute(select(origins.c.article_id).where(same_id).order_by(origins.c.id))).scalar()
        if by_id:
            return by_id, MatchedBy.UPSTREAM_ID
    if text_hash:
        same_text = select(articles.c.id).where(articles.c.text_hash == text_hash).order_by(articles.c.sort_at.desc())
        by_text = (await conn.execute(same_text)).scalar()
        if by_text:
            return by_text, MatchedBy.TEXT
    return None
