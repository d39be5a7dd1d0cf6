"""The whole newsroom as it is stored, and the columns of `sources` that editors configure."""

from sqlalchemy import delete, select, update

from feedsvc.model.newsroom import Newsroom, Source
from feedsvc.storage import categories, digests, lists, origins, rows, validators
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import sources
from feedsvc.storage.schema_polling import polls
from feedsvc.storage.types import Conn


async def newsroom(conn: Conn, lock: bool = False) -> Newsroom:
    """Everything that editors have configured, in order. `lock` holds the rows until the transaction ends."""
    query = select(sources).order_by(sources.c.position, sources.c.slug)
    found = (await conn.execute(query.with_for_update() if lock else query)).mappings()
    return Newsroom(
        categories=tuple(await categories.every(conn, lock)),
        sources=tuple(rows.source(row) for row in found),
        lists=tuple(await lists.every(conn, lock)),
        digests=tuple(await digests.every(conn, lock)),
    )


async def put_source(conn: Conn, source: Source, position: int) -> None:
    """Write a source's configuration, new or not, at its place in the order (from 0). A new one is due at once."""
    values = {
        "kind": source.kind.value,
        "url": source.url,
        "title": source.title,
        "preset": source.preset,
        "categories": list(source.categories),
        "timezone": source.timezone,
        "language": source.language,
        "interval_seconds": int(source.interval.total_seconds()),
        "max_interval_seconds": int(source.max_interval.total_seconds()),
        "first_run_seconds": int(source.first_run_window.total_seconds()),
        "allow_private": source.allow_private,
        "approval": source.approval,
        "list_rules": source.list_rules,
        "article_rules": source.article_rules,
        "category_map": source.category_map,
        "position": position,
    }
    statement = insert_for(conn, sources).values(slug=source.slug, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=values))


async def start_over(conn: Conn, slug: str) -> None:
    """Poll a source as if for the first time, at the next tick: it reads from another place now.

    What its first poll finds undated or old must not flood the digests, so the mark of the first poll goes too.
    """
    await validators.forget(conn, slug)
    await origins.forget_fingerprints(conn, slug)
    await conn.execute(
        update(sources)
        .where(sources.c.slug == slug)
        .values(
            next_poll_at=None,
            gone_at=None,
            first_polled_at=None,
            failures=0,
            last_error="",
            last_error_code="",
            alarm="",
            alarm_code="",
            alarm_since=None,
            current_interval_seconds=None,
        )
    )


async def poll_soon(conn: Conn, slug: str) -> None:
    """Poll a source at the next tick: how often has changed."""
    await conn.execute(
        update(sources).where(sources.c.slug == slug).values(next_poll_at=None, current_interval_seconds=None)
    )


async def read_anew(conn: Conn, slug: str) -> None:
    """Poll a source at the next tick and read all it shows, changed or not: how it is read has changed."""
    await validators.forget(conn, slug)
    await origins.forget_fingerprints(conn, slug)
    await poll_soon(conn, slug)


async def remove_source(conn: Conn, slug: str) -> None:
    """Take a source away, with what polling it has found out; its articles stay."""
    await validators.forget(conn, slug)
    await conn.execute(delete(polls).where(polls.c.source == slug))
    await conn.execute(delete(sources).where(sources.c.slug == slug))
