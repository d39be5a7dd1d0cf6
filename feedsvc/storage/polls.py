"""What each poll of a source found: its history, and what follows from it."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from feedsvc.model.health import PollOutcome, PollRecord
from feedsvc.storage.schema import origins
from feedsvc.storage.schema_polling import polls
from feedsvc.storage.types import Conn


async def add(conn: Conn, record: PollRecord) -> None:
    """Remember a poll."""
    await conn.execute(insert(polls).values(**asdict(record)))


async def history(conn: Conn, slug: str, limit: int = 20) -> list[PollRecord]:
    """The last polls of a source, newest first."""
    query = (
        select(polls).where(polls.c.source == slug).order_by(polls.c.started_at.desc(), polls.c.id.desc()).limit(limit)
    )
    found = (await conn.execute(query)).mappings()
    return [
        PollRecord(**{name: row[name] for name in PollRecord.__slots__} | _outcome(row["outcome"])) for row in found
    ]


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
