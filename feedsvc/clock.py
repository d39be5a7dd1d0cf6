"""The one place that asks what time it is.

Everything else takes `now` as an argument or a `Clock`. Instants are aware datetimes in UTC, everywhere; local wall time
appears only at the edges (a digest's schedule, a printed date) and always beside its zone.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is: an aware datetime in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for the demo's second day and for tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move by `step` (negative moves back) and return the new instant."""
        self._now += step
        return self._now

    def set(self, instant: datetime) -> None:
        """Jump to `instant` (aware)."""
        self._now = instant.astimezone(UTC)
