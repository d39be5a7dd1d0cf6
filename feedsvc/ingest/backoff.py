"""When to ask again: with jitter, so that many sources do not fall into step."""

from datetime import timedelta

DAY = timedelta(days=1)
_FIRST = timedelta(minutes=5)


def after_success(interval: timedelta, chance: float) -> timedelta:
    """The source's interval, a tenth more or less. `chance` lies in [0, 1)."""
    return interval * (0.9 + 0.2 * chance)


def after_failure(interval: timedelta, failures: int, chance: float, retry_after: float | None = None) -> timedelta:
    """Five minutes (or a shorter interval) doubled with every failure in a row, a quarter more or less, up to a day.

    `failures` counts this one too. The server's own wish (`retry_after`, seconds) is the least, it too up to a day.
    """
    doubled = min(_FIRST, interval) * (1 << min(max(failures - 1, 0), 20))
    wanted = timedelta(seconds=min(max(retry_after or 0.0, 0.0), DAY.total_seconds()))
    return max(min(min(doubled, DAY) * (0.75 + 0.5 * chance), DAY), wanted)
