"""What URLs said about themselves when a source last read them: for conditional requests and remembered moves.

Each source has its own: that one source has read a page does not mean that another has what is on it.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from feedsvc.model.health import Validators
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_polling import validators
from feedsvc.storage.types import Conn

_CHUNK = 500


async def get(conn: Conn, source: str, url: str) -> Validators | None:
    """What a source remembers of a URL."""
    query = select(validators).where(validators.c.source == source, validators.c.url == url)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else Validators(**{name: row[name] for name in Validators.__slots__})


async def put(conn: Conn, source: str, kept: Validators) -> None:
    """Remember what a URL said to a source. Call it only once the body was read and stored: a 304 says we have it."""
    values = {name: getattr(kept, name) for name in Validators.__slots__} | {"source": source}
    statement = insert_for(conn, validators).values(**values)
    del values["url"]
    await conn.execute(statement.on_conflict_do_update(index_elements=["source", "url"], set_=values))


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
