"""How long a server asks us to stay away, and one request at a time for each host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 86_400.0
"""Seconds: a server that asks for more than a day is asked again after one."""


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, section 10.2.3: seconds or a date), at most a day.

    None where there is no header or it says nothing; 0 for a date that is past. `now` is aware.
    """
    text = (value or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), LONGEST)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    # An HTTP date without a zone is in UTC by its grammar.
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST)


class HostQueues:
    """One at a time for each host, `hosts` hosts at once. Waiting counts towards no time limit."""

    def __init__(self, hosts: int) -> None:
        self._free = asyncio.Semaphore(hosts)
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn, and hold it."""
        lock, waiting = self._locks.get(host, (asyncio.Lock(), 0))
        self._locks[host] = (lock, waiting + 1)
        try:
            async with lock, self._free:
                yield
        finally:
            lock, waiting = self._locks[host]
            if waiting == 1:
                del self._locks[host]
            else:
                self._locks[host] = (lock, waiting - 1)
