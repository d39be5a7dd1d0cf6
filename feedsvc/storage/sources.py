"""Sources as polling sees them: which are due, who holds one, and how it went."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update

from feedsvc.errors import InputError, NotFound
from feedsvc.model.health import Alarm, SourceHealth, joined
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import rows
from feedsvc.storage.schema import articles, sources
from feedsvc.storage.types import Conn, Instant


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


async def claim_due(conn: Conn, now: datetime, lease: timedelta, limit: int) -> list[tuple[Source, SourceHealth]]:
    """Take up to `limit` sources that are due, those that waited longest first: nobody else gets them for `lease`.

    Needs a write transaction. Sources that are pushed are never due.
    """
    query = (
        select(sources)
        .where(_pollable(now), or_(sources.c.next_poll_at.is_(None), sources.c.next_poll_at <= now))
        .order_by(sources.c.next_poll_at.asc().nulls_first(), sources.c.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = (await conn.execute(query)).mappings().all()
    await hold(conn, [row["slug"] for row in found], now + lease)
    return [(rows.source(row), _health(row)) for row in found]


async def claim(conn: Conn, slug: str, now: datetime, lease: timedelta) -> tuple[Source, SourceHealth] | None:
    """Take a source for `lease`, because a person asks: due or not, paused, gone or not.

    None where another process holds it. Raises NotFound, and InputError for a source that is pushed.
    """
    row = await _row(conn, slug, lock=True)
    if row["kind"] == SourceKind.PUSH:
        msg = f"The source {slug!r} is never polled: its articles are pushed, by POST /api/v1/articles."
        raise InputError(msg)
    if row["lease_until"] is not None and row["lease_until"] > now:
        return None
    await hold(conn, [slug], now + lease)
    return rows.source(row), _health(row)


async def hold(conn: Conn, slugs: Sequence[str], until: datetime | None) -> None:
    """Hold claimed sources until then; None lets go of them without their having been polled."""
    if slugs:
        await conn.execute(update(sources).where(sources.c.slug.in_(slugs)).values(lease_until=until))


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a poll ended, as the row of its source keeps it. Instants are aware, in UTC.

    No `error`: it went well. `caught_up`: nothing of the first poll is left over, so what comes in from now on is news.
    `gone` ends polling until `resume`. `waits`: nothing was asked for, and only `next_poll_at` is written. `alarm` is what
    a person should look at although the poll went well; it and the adaptive `interval` are kept as they were by a poll
    that failed.
    """

    slug: str
    polled_at: datetime
    next_poll_at: datetime
    error: str = ""
    error_code: str = ""
    gone: bool = False
    caught_up: bool = True
    alarm: str = ""
    alarm_code: str = ""
    alarm_since: datetime | None = None
    interval: timedelta | None = None
    waits: bool = False


async def settle(conn: Conn, settlements: Iterable[Settlement]) -> None:
    """Write how polls ended, and let go of their sources."""
    good: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    for one in settlements:
        row: dict[str, Any] = {"of": one.slug, "lease_until": None, "next_poll_at": one.next_poll_at}
        if one.waits:
            later.append(row)
            continue
        row |= {
            "last_polled_at": one.polled_at,
            "last_error": one.error,
            "last_error_code": one.error_code,
        }
        if one.error:
            bad.append(row | {"gone_since": one.polled_at if one.gone else None})
            continue
        good.append(
            row
            | {
                "last_success_at": one.polled_at,
                "caught_up_at": one.polled_at if one.caught_up else None,
                "alarm": one.alarm,
                "alarm_code": one.alarm_code,
                "alarm_since": one.alarm_since,
                "current_interval_seconds": None if one.interval is None else int(one.interval.total_seconds()),
            }
        )
    if good:
        await conn.execute(_SUCCEEDED, good)
    if bad:
        await conn.execute(_FAILED, bad)
    if later:
        await conn.execute(_WAITING, later)


_WAITING = update(sources).where(sources.c.slug == bindparam("of"))
_SUCCEEDED = (
    update(sources)
    .where(sources.c.slug == bindparam("of"))
    .values(
        failures=0,
        gone_at=None,
        first_polled_at=func.coalesce(sources.c.first_polled_at, bindparam("caught_up_at", type_=Instant)),
    )
)
_FAILED = (
    update(sources)
    .where(sources.c.slug == bindparam("of"))
    .values(
        failures=sources.c.failures + 1,
        gone_at=func.coalesce(bindparam("gone_since", type_=Instant), sources.c.gone_at),
    )
)


async def alarmed(conn: Conn, article_ids: Iterable[str]) -> list[SourceHealth]:
    """How the sources of articles are doing, those alone for which an alarm stands; their rows are locked."""
    theirs = select(articles.c.source).where(articles.c.id.in_(list(article_ids)))
    query = select(sources).where(sources.c.slug.in_(theirs), sources.c.alarm_code != "").order_by(sources.c.slug)
    return [_health(row) for row in (await conn.execute(query.with_for_update())).mappings()]


async def put_alarms(conn: Conn, slug: str, alarms: Iterable[Alarm]) -> None:
    """Let these alarms stand for a source, in the place of those that did; since when stays while any is left."""
    code, sentences = joined(alarms)
    values = {"alarm": sentences, "alarm_code": code} | ({} if code else {"alarm_since": None})
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
    polled = sources.c.kind != SourceKind.PUSH.value
    return and_(sources.c.paused_at.is_(None), sources.c.gone_at.is_(None), free, polled)


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
