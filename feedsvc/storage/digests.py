"""Digests: rows that editors configure. Their issues are in `issues`."""

import difflib
from datetime import datetime

from sqlalchemy import delete, select, update

from feedsvc.errors import NotFound
from feedsvc.model.newsroom import Digest
from feedsvc.storage import rows
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import digests
from feedsvc.storage.types import Conn


async def every(conn: Conn, lock: bool = False) -> list[Digest]:
    """All digests, in order. `lock` holds their rows until the transaction ends."""
    query = select(digests).order_by(digests.c.position, digests.c.slug)
    found = (await conn.execute(query.with_for_update() if lock else query)).mappings()
    return [rows.digest(row) for row in found]


async def get(conn: Conn, slug: str) -> Digest:
    """One digest. Raises NotFound."""
    row = (await conn.execute(select(digests).where(digests.c.slug == slug))).mappings().one_or_none()
    if row is None:
        slugs = list((await conn.execute(select(digests.c.slug).order_by(digests.c.position))).scalars())
        near = difflib.get_close_matches(slug, slugs, 1, 0.5)
        hint = f"Did you mean {near[0]!r}?" if near else "`feedsvc digest list` shows those that there are."
        msg = f"There is no digest {slug!r}. {hint}"
        raise NotFound(msg)
    return rows.digest(row)


async def put(conn: Conn, digest: Digest, position: int, now: datetime) -> None:
    """Write a digest, new or not, at its place in the order (from 0). A new one's periods count from `now` (UTC)."""
    values = {
        "title": digest.title,
        "schedule": digest.schedule,
        "categories": list(digest.categories),
        "lists": list(digest.lists),
        "frequency": digest.frequency,
        "timezone": digest.timezone,
        "language": digest.language,
        "template": digest.template,
        "min_items": digest.min_items,
        "max_items": digest.max_items,
        "lateness_seconds": int(digest.lateness.total_seconds()),
        "position": position,
    }
    statement = insert_for(conn, digests).values(slug=digest.slug, scheduled_since=now, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=values))


async def schedule_from(conn: Conn, slug: str, now: datetime) -> None:
    """No period that was due before `now` (UTC) belongs to the digest: its schedule or zone has changed."""
    await conn.execute(update(digests).where(digests.c.slug == slug).values(scheduled_since=now))


async def remove(conn: Conn, slug: str) -> None:
    """Take a digest away; its issues stay as they are."""
    await conn.execute(delete(digests).where(digests.c.slug == slug))
