"""Is so much new at once that a person should look first? A rebuilt site shows its old stories at new addresses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.model.health import Alarm

CODE = "burst"
"""The alarm's code."""

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


def alarm(slug: str, held: int) -> tuple[Alarm, ...]:
    """What the admin is told while a burst of the source still holds so many stories: nothing where it holds none."""
    if not held:
        return ()
    waiting = "1 story of a burst waits" if held == 1 else f"{held} stories of a burst wait"
    sentence = (
        f"{waiting} for a look: so much new at once may be old stories at new addresses. Look at them with `feedsvc article "
        f"list --state held --source {slug}`; publish them (that mails none of them without --mail) or withdraw them."
    )
    return (Alarm(CODE, sentence),)
