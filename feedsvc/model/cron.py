"""Standard cron, worked out in local wall time.

Five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday, names allowed), as in crontab(5). Where
both day fields are restricted a day counts when either matches. A schedule lives in a time zone: a local time that a
clock change skips is due at the first instant after the gap, one that happens twice is due at its first occurrence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_DAYS = {name: n for n, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
# A schedule that cannot come (30 February) is found out after one cycle of leap years.
_HORIZON = timedelta(days=366 * 8 + 2)


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed schedule. `days` and `weekdays` are allowed; `either` says that one of them matching is enough."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def on(self, day: date) -> bool:
        """Does the schedule fire on this local day?"""
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return (of_month or of_week) if self.either else (of_month and of_week)


@dataclass(frozen=True, slots=True)
class Period:
    """One turn of a schedule: its local wall time (naive) and the instant when it is due (aware, UTC)."""

    local: datetime
    due_at: datetime

    @property
    def name(self) -> str:
        """The name that makes an issue unique within its digest, such as 2020-06-08T08:00."""
        return self.local.strftime("%Y-%m-%dT%H:%M")


def parse(text: str) -> Cron:
    """Read `0 8 * * mon`. Raises ValueError with a sentence that names the field."""
    parts = _ALIASES.get(text.strip().lower(), text).split()
    if len(parts) != 5:
        msg = f"a schedule has five fields (minute, hour, day, month, day of the week), {text!r} has {len(parts)}"
        raise ValueError(msg)
    minutes, hours, days, months, weekdays = (_field(part, *spec) for part, spec in zip(parts, _FIELDS, strict=True))
    cron = Cron(
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        frozenset(days),
        frozenset(months),
        frozenset(day % 7 for day in weekdays),
        either=not parts[2].startswith("*") and not parts[4].startswith("*"),
    )
    if not cron.either and not any(_possible(cron, month) for month in cron.months):
        msg = f"the schedule {text!r} never comes: no such day in those months"
        raise ValueError(msg)
    return cron


def _possible(cron: Cron, month: int) -> bool:
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    return min(cron.days) <= longest


def _field(text: str, name: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        span, _, step_text = part.partition("/")
        step = _number(step_text, name, 1, high, {}) if step_text else 1
        if "/" in part and not step_text:
            msg = f"{part!r} in the {name} field lacks its step"
            raise ValueError(msg)
        if span == "*":
            first, last = low, high
        elif "-" in span:
            left, _, right = span.partition("-")
            first, last = _number(left, name, low, high, names), _number(right, name, low, high, names)
        else:
            first = _number(span, name, low, high, names)
            last = high if step_text else first
        if first > last:
            msg = f"{part!r} in the {name} field runs backwards"
            raise ValueError(msg)
        found.update(range(first, last + 1, step))
    return found


def _number(text: str, name: str, low: int, high: int, names: dict[str, int]) -> int:
    value = names.get(text, int(text) if text.isascii() and text.isdecimal() else None)
    if value is None or not low <= value <= high:
        msg = f"{text!r} in the {name} field is not between {low} and {high}"
        raise ValueError(msg)
    return value


def due_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a local wall time (naive) is due: after a gap, at the first of an overlap."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return first
    # In a gap the offset before it gives a later instant and the offset after it an earlier one; the change is between.
    low, high = local.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def periods(cron: Cron, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[Period]:
    """Periods due later than `after` and not later than `until` (aware), in order of local wall time."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    last = until.astimezone(zone).date()
    while day <= last:
        if cron.on(day):
            for period in _of_day(cron, zone, day):
                if after < period.due_at <= until:
                    yield period
        day += timedelta(days=1)


def _of_day(cron: Cron, zone: ZoneInfo, day: date) -> Iterator[Period]:
    for hour in cron.hours:
        for minute in cron.minutes:
            local = datetime.combine(day, time(hour, minute))
            yield Period(local, due_instant(local, zone))


def upcoming(cron: Cron, zone: ZoneInfo, after: datetime, count: int) -> list[Period]:
    """The next `count` periods after an instant."""
    found: list[Period] = []
    for period in periods(cron, zone, after, after + _HORIZON):
        found.append(period)
        if len(found) == count:
            break
    return found
