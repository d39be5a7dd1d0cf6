"""Is so much new at once that a person should look first? A rebuilt site shows its old stories at new addresses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST = 10
_SHARE = 0.8
_TIMES = 3


@dataclass(frozen=True, slots=True)
class Usual:
    """What is known of a source: its newest article, stories a day, and the time since its last good poll."""

    newest: datetime | None
    per_day: float
    since_last: timedelta

    @property
    def expected(self) -> float:
        """Stories that are to be expected since the last good poll, at least one."""
        return max(self.per_day * (self.since_last / timedelta(days=1)), 1.0)


def is_burst(dates: list[datetime | None], found: int, usual: Usual) -> bool:
    """Are these too many? `dates` are those of the unknown stories among `found`.

    A burst is at least 10 unknown ones, over 80 % of all, and none newer than the newest known, or over three times as
    many as usual.
    """
    if len(dates) < LEAST or len(dates) <= _SHARE * found:
        return False
    none_newer = usual.newest is not None and not any(date is not None and date > usual.newest for date in dates)
    return none_newer or len(dates) > _TIMES * usual.expected


def notice(count: int) -> str:
    """What the admin is told."""
    return (
        f"{count} stories are new at once, more than this source ever brings: they are held and will not be mailed. "
        "Look at them with `feedsvc article list --state held`; publish or withdraw them."
    )
