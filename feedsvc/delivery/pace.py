"""How fast messages may leave, over all connections of this process."""

import asyncio


class Pace:
    """At most `rate` messages a second, evenly spaced; 0 is no limit."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        """Returns when the next message may go."""
        if not self._gap:
            return
        now = asyncio.get_running_loop().time()
        at = max(self._next, now)
        self._next = at + self._gap
        if at > now:
            await asyncio.sleep(at - now)
