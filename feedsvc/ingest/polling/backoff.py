"""When to ask again: as often as a source brings news, and with jitter, so that many sources do not fall into step.

A source asks for less by Retry-After and crawl-delay, which are obeyed. What it says of caching (Cache-Control, Expires,
RSS's ttl, sy:updatePeriod) does not count: it tells when a copy may be shown again, mostly as a server's default for
every page, while a poll asks whether there is news, and the answer costs a 304.
"""

import math
from datetime import timedelta

from feedsvc.model.newsroom import Source

DAY = timedelta(days=1)
LONGER = 1.1
"""Each poll without news makes the interval a tenth longer: it grows to about a tenth of the time that was quiet, so half
an hour becomes an hour and a half over a night and six hours over a long weekend."""

SHORTER = 0.5
"""Each poll with news halves it, down to the source's own interval."""

_FIRST = timedelta(minutes=5)


def next_interval(source: Source, current: timedelta | None, news: bool) -> timedelta:
    """The interval after a poll that went well, in whole seconds. `current` is the one before; `news`: anything new or changed.

    It lies between the source's `interval` and its `max_interval`, or is the `interval` where that is the longer one.
    """
    least, most = source.interval, max(source.interval, source.max_interval)
    here = min(max(current or least, least), most)
    seconds = math.ceil((here * (SHORTER if news else LONGER)).total_seconds())
    return min(max(timedelta(seconds=seconds), least), most)


def after_success(interval: timedelta, chance: float) -> timedelta:
    """An interval, a tenth more or less. `chance` lies in [0, 1)."""
    return interval * (0.9 + 0.2 * chance)


def after_failure(interval: timedelta, failures: int, chance: float, retry_after: float | None = None) -> timedelta:
    """Five minutes (or a shorter interval) doubled with every failure in a row, a quarter more or less, up to a day.

    `failures` counts this one too. The longest waits lie between three quarters of a day and a day. The server's own wish
    (`retry_after`, seconds) is the least, it too up to a day.
    """
    doubled = min(_FIRST, interval) * (1 << min(max(failures - 1, 0), 20))
    wanted = timedelta(seconds=min(max(retry_after or 0.0, 0.0), DAY.total_seconds()))
    return max(min(doubled * (0.75 + 0.5 * chance), DAY * (0.75 + 0.25 * chance)), wanted)
