"""What URLs said about themselves when they were last read: for conditional requests and remembered moves."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from feedsvc.model.health import Validators
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import validators
from feedsvc.storage.types import Conn

_CHUNK = 500


async def get(conn: Conn, url: str) -> Validators | None:
    """What is remembered of a URL."""
    row = (await conn.execute(select(validators).where(validators.c.url == url))).mappings().first()
    return None if row is None else Validators(**{name: row[name] for name in Validators.__slots__})


async def put(conn: Conn, source: str, kept: Validators) -> None:
    """Remember what a URL said. Call it only once the body was read and stored: a 304 says we have it."""
    values = {name: getattr(kept, name) for name in Validators.__slots__} | {"source": source}
    statement = insert_for(conn, validators).values(**values)
    del values["url"]
    await conn.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))


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
