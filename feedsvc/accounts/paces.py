"""How fast a token may ask. Counted in this process's memory: asking leaves no trace in any table."""

from datetime import datetime

PER_MINUTE = 600
"""Requests a minute for each token and process; as many may come at once after a pause."""
_MOST_TOKENS = 10_000


class Paces:
    """What each token has left: a bucket that fills evenly. Lives as long as the web application."""

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._per_minute = per_minute
        self._left: dict[str, tuple[float, datetime]] = {}

    def wait(self, token_id: str, now: datetime) -> float:
        """Count one request at `now` (aware): 0 where it may go on, else the seconds after which the next one may."""
        left, since = self._left.get(token_id, (float(self._per_minute), now))
        grown = max(0.0, (now - since).total_seconds()) * self._per_minute / 60
        left = min(float(self._per_minute), left + grown)
        if len(self._left) >= _MOST_TOKENS and token_id not in self._left:
            self._left.clear()
        if left < 1:
            self._left[token_id] = (left, max(now, since))
            return (1 - left) * 60 / self._per_minute
        self._left[token_id] = (left - 1, max(now, since))
        return 0.0
