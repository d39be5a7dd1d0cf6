"""What each poll of a source found: its history, and what follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, or_, select

from feedsvc.model.health import PollOutcome, PollRecord, StoriesRead
from feedsvc.storage.schema import origins
from feedsvc.storage.schema_polling import polls
from feedsvc.storage.types import Conn

_COLUMNS = tuple(PollRecord.__slots__)
_ADD = insert(polls)


KEPT = 500
"""Polls of a source that are remembered at the most."""

KEPT_FOR = timedelta(days=400)
"""How long a poll is remembered at the most: a year's season beside the last."""


async def add(conn: Conn, records: Sequence[PollRecord]) -> None:
    """Remember polls."""
    if records:
        await conn.execute(_ADD, [{name: getattr(one, name) for name in _COLUMNS} for one in records])


async def prune(conn: Conn, slug: str, now: datetime) -> None:
    """Forget the source's polls beyond `KEPT`, and those that are older than `KEPT_FOR`."""
    of_source = select(polls.c.id).where(polls.c.source == slug)
    last = of_source.order_by(polls.c.started_at.desc(), polls.c.id.desc()).limit(KEPT)
    await conn.execute(
        delete(polls).where(polls.c.source == slug, or_(polls.c.started_at < now - KEPT_FOR, polls.c.id.not_in(last)))
    )


async def history(conn: Conn, slug: str, limit: int = 20) -> list[PollRecord]:
    """The last polls of a source, newest first."""
    query = (
        select(polls).where(polls.c.source == slug).order_by(polls.c.started_at.desc(), polls.c.id.desc()).limit(limit)
    )
    found = (await conn.execute(query)).mappings()
    return [
        PollRecord(**{name: row[name] for name in PollRecord.__slots__} | _outcome(row["outcome"])) for row in found
    ]


async def readings(conn: Conn, slug: str, limit: int = KEPT) -> list[StoriesRead]:
    """What its last polls that read a story read, the newest first."""
    query = (
        select(polls.c.read, polls.c.dated, polls.c.bodied, polls.c.new)
        .where(polls.c.source == slug, polls.c.read > 0)
        .order_by(polls.c.started_at.desc(), polls.c.id.desc())
        .limit(limit)
    )
    return [StoriesRead(*row) for row in await conn.execute(query)]


async def gone_since(conn: Conn, slug: str, after: datetime | None) -> datetime | None:
    """When the source first answered 410 after `after` (its last success; None: ever). None where it did not."""
    query = select(func.min(polls.c.started_at)).where(polls.c.source == slug, polls.c.outcome == PollOutcome.GONE)
    if after is not None:
        query = query.where(polls.c.started_at > after)
    found: datetime | None = (await conn.execute(query)).scalar()
    return found


async def usual_per_day(conn: Conn, slug: str, since: datetime, now: datetime) -> float:
    """How many stories a day the source brought from `since` (after its first poll) or the last four weeks to `now`."""
    start = max(since, now - timedelta(weeks=4))
    days = (now - start) / timedelta(days=1)
    query = select(func.count()).where(origins.c.source == slug, origins.c.first_seen_at > start)
    return int((await conn.execute(query)).scalar_one()) / max(days, 1.0)


def _outcome(value: str) -> dict[str, PollOutcome]:
    return {"outcome": PollOutcome(value)}
