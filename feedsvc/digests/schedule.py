"""Which local periods of a digest are due: decided from the clock and the rows, never from a timer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feedsvc.model.cron import Period, parse, periods
from feedsvc.model.newsroom import Digest

# After a long downtime of a frequent digest, this many missed periods are recorded one by one, the older ones not at all.
MOST_RECORDED = 50


@dataclass(frozen=True, slots=True)
class Compose:
    """Make the issue of this period now."""

    period: Period


@dataclass(frozen=True, slots=True)
class Missed:
    """Record that this period passed without an issue; its articles go into the next."""

    period: Period
    reason: str


def due(digest: Digest, since: datetime, now: datetime) -> list[Compose | Missed]:
    """What to do about a digest at `now`; `since` is the last period dealt with, or when the schedule was set (UTC).

    The newest missed period is composed if it is no later than the digest's lateness limit; older ones are recorded as
    missed. A clock that went back makes nothing due.
    """
    if since >= now:
        return []
    zone = ZoneInfo(digest.timezone)
    earliest = max(since, now - max(timedelta(days=400), digest.lateness))
    found = list(periods(parse(digest.schedule), zone, earliest, now))[-MOST_RECORDED:]
    if not found:
        return []
    *older, newest = sorted(found, key=lambda period: period.due_at)
    decisions: list[Compose | Missed] = [Missed(period, "missed: a later one was already due") for period in older]
    if now - newest.due_at <= digest.lateness:
        decisions.append(Compose(newest))
    else:
        decisions.append(Missed(newest, "missed: the service was down for longer than the digest's lateness limit"))
    return decisions
