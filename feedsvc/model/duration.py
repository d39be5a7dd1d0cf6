"""Durations as people write them: 90s, 30m, 6h, 7d, 2w."""

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PATTERN = re.compile(r"(\d+)\s*([smhdw])")


def parse_duration(text: str) -> timedelta:
    """`30m` or `1d 12h`. Raises ValueError with a sentence for a person."""
    compact = text.strip().lower()
    parts = _PATTERN.findall(compact)
    if not parts or _PATTERN.sub("", compact).strip():
        msg = f"{text!r} is not a duration: write a number and a unit, such as 30m, 6h or 7d"
        raise ValueError(msg)
    return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))


def format_duration(value: timedelta) -> str:
    """The shortest exact form that `parse_duration` reads back: 90 minutes are `90m`, a day is `1d`."""
    seconds = int(value.total_seconds())
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"
