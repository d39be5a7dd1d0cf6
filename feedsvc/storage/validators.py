"""What URLs said about themselves when a source last read them: for conditional requests and remembered moves.

Each source has its own: that one source has read a page does not mean that another has what is on it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Executable, RowMapping, and_, delete, select

from feedsvc.model.health import Validators
from feedsvc.storage.engine_sql import insert_for, made_once
from feedsvc.storage.schema import sources
from feedsvc.storage.schema_polling import validators
from feedsvc.storage.types import Conn

_CHUNK = 500


async def get(conn: Conn, source: str, url: str) -> Validators | None:
    """What a source remembers of a URL."""
    query = select(validators).where(validators.c.source == source, validators.c.url == url)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else _validators(row)


async def of_sources(conn: Conn, slugs: Sequence[str]) -> dict[str, Validators]:
    """What each of these sources remembers of its own address, by slug; those that remember nothing are missing."""
    query = (
        select(validators)
        .join(sources, and_(sources.c.slug == validators.c.source, sources.c.url == validators.c.url))
        .where(sources.c.slug.in_(slugs))
    )
    return {row["source"]: _validators(row) for row in (await conn.execute(query)).mappings()} if slugs else {}


async def put(conn: Conn, source: str, kept: Validators) -> None:
    """Remember what a URL said to a source. Call it only once the body was read and stored: a 304 says we have it."""
    await put_all(conn, [(source, kept)])


async def put_all(conn: Conn, kept: Sequence[tuple[str, Validators]]) -> None:
    """As `put`, for many sources and URLs at once."""
    if not kept:
        return
    rows = [{name: getattr(one, name) for name in Validators.__slots__} | {"source": source} for source, one in kept]
    await conn.execute(_put(conn), rows)


@made_once
def _put(conn: Conn) -> Executable:
    statement = insert_for(conn, validators)
    values = {name: statement.excluded[name] for name in Validators.__slots__ if name != "url"}
    return statement.on_conflict_do_update(index_elements=["source", "url"], set_=values)


async def forget(conn: Conn, source: str) -> None:
    """Forget all that a source remembers of URLs: its next poll reads each of them anew."""
    await conn.execute(delete(validators).where(validators.c.source == source))


async def tried(conn: Conn, source: str, urls: Iterable[str], since: datetime) -> set[str]:
    """Which of the URLs the source fetched, with whatever result, after `since`."""
    wanted, found = list(urls), set[str]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(validators.c.url).where(
            validators.c.source == source,
            validators.c.fetched_at > since,
            validators.c.url.in_(wanted[start : start + _CHUNK]),
        )
        found.update((await conn.execute(query)).scalars())
    return found


def _validators(row: RowMapping) -> Validators:
    return Validators(**{name: row[name] for name in Validators.__slots__})
