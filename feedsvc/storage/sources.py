"""Sources as polling sees them: which are due, who holds one, and how it went."""

import difflib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from feedsvc.errors import NotFound
from feedsvc.model.health import SourceHealth
from feedsvc.model.newsroom import Source
from feedsvc.storage import rows
from feedsvc.storage.schema import sources
from feedsvc.storage.types import Conn


async def every(conn: Conn) -> list[Source]:
    """Every source, in the newsroom's order."""
    found = await conn.execute(select(sources).order_by(sources.c.position, sources.c.slug))
    return [rows.source(row) for row in found.mappings()]


async def get(conn: Conn, slug: str) -> Source:
    """One source. Raises NotFound, naming the nearest slug there is."""
    return rows.source(await _row(conn, slug))


async def health(conn: Conn, slug: str) -> SourceHealth:
    """How a source is doing. Raises NotFound, naming the nearest slug there is."""
    return _health(await _row(conn, slug))


async def healths(conn: Conn) -> dict[str, SourceHealth]:
    """How every source is doing, by slug, in the newsroom's order."""
    found = await conn.execute(select(sources).order_by(sources.c.position, sources.c.slug))
    return {row["slug"]: _health(row) for row in found.mappings()}


async def due(conn: Conn, now: datetime, limit: int) -> list[str]:
    """Slugs of the sources to poll at `now`, those that waited longest first. `claim` each before polling it."""
    query = (
        select(sources.c.slug)
        .where(_pollable(now), or_(sources.c.next_poll_at.is_(None), sources.c.next_poll_at <= now))
        .order_by(sources.c.next_poll_at.asc().nulls_first(), sources.c.position)
        .limit(limit)
    )
    return list((await conn.execute(query)).scalars())


async def claim(
    conn: Conn, slug: str, now: datetime, lease: timedelta, only_due: bool = False
) -> tuple[Source, SourceHealth] | None:
    """Take a source for `lease`: nobody else gets it until then, or until the poll is recorded.

    None where another process holds it, or, with `only_due`, where it is not due (any more). Without `only_due` a
    person asks: then a paused or gone source is polled too. Raises NotFound.
    """
    row = await _row(conn, slug, lock=True)
    if row["lease_until"] is not None and row["lease_until"] > now:
        return None
    resting = row["paused_at"] or row["gone_at"] or (row["next_poll_at"] is not None and row["next_poll_at"] > now)
    if only_due and resting:
        return None
    await conn.execute(update(sources).where(sources.c.slug == slug).values(lease_until=now + lease))
    return rows.source(row), _health(row)


async def renew(conn: Conn, slug: str, until: datetime) -> None:
    """Hold on to a claimed source until `until`."""
    await conn.execute(update(sources).where(sources.c.slug == slug).values(lease_until=until))


async def give_back(conn: Conn, slug: str) -> None:
    """Let go of a claimed source without having polled it."""
    await conn.execute(update(sources).where(sources.c.slug == slug).values(lease_until=None))


async def record_success(
    conn: Conn, slug: str, now: datetime, next_poll_at: datetime, caught_up: bool = True, notice: str = ""
) -> None:
    """A poll went well. `caught_up`: nothing of the first poll is left over, so what comes in from now on is news.

    `notice` is something a person should look at although the poll went well; it stands where an error would.
    """
    row = await _row(conn, slug, lock=True)
    values: dict[str, Any] = {
        "lease_until": None,
        "gone_at": None,
        "last_polled_at": now,
        "last_success_at": now,
        "last_error": notice,
        "last_error_code": "notice" if notice else "",
        "failures": 0,
        "next_poll_at": next_poll_at,
    }
    if caught_up and row["first_polled_at"] is None:
        values["first_polled_at"] = now
    await conn.execute(update(sources).where(sources.c.slug == slug).values(**values))


async def record_failure(
    conn: Conn, slug: str, now: datetime, error: tuple[str, str], next_poll_at: datetime, gone: bool = False
) -> None:
    """A poll failed. `error`: a stable code and a sentence for a person. `gone` ends polling until `resume`."""
    code, words = error
    values = {
        "lease_until": None,
        "last_polled_at": now,
        "last_error": words,
        "last_error_code": code,
        "failures": sources.c.failures + 1,
        "next_poll_at": next_poll_at,
    }
    if gone:
        values["gone_at"] = now
    await conn.execute(update(sources).where(sources.c.slug == slug).values(**values))


async def pause(conn: Conn, slug: str, now: datetime) -> None:
    """Poll a source no more until `resume`. Raises NotFound."""
    await _row(conn, slug, lock=True)
    await conn.execute(update(sources).where(sources.c.slug == slug).values(paused_at=now))


async def resume(conn: Conn, slug: str) -> None:
    """Poll a paused or gone source again, at the next tick. Raises NotFound."""
    await _row(conn, slug, lock=True)
    values = {"paused_at": None, "gone_at": None, "next_poll_at": None, "failures": 0}
    await conn.execute(update(sources).where(sources.c.slug == slug).values(**values))


def _pollable(now: datetime) -> ColumnElement[bool]:
    free = or_(sources.c.lease_until.is_(None), sources.c.lease_until <= now)
    return and_(sources.c.paused_at.is_(None), sources.c.gone_at.is_(None), free)


async def _row(conn: Conn, slug: str, lock: bool = False) -> Any:
    query = select(sources).where(sources.c.slug == slug)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is not None:
        return row
    slugs = list((await conn.execute(select(sources.c.slug).order_by(sources.c.position))).scalars())
    near = difflib.get_close_matches(slug, slugs, 1, 0.5)
    hint = f"Did you mean {near[0]!r}?" if near else "`feedsvc source list` shows those there are."
    msg = f"There is no source {slug!r}. {hint}"
    raise NotFound(msg)


def _health(row: Any) -> SourceHealth:
    return SourceHealth(**{name: row[name] for name in SourceHealth.__slots__})
