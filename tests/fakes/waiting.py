"""Wait for something to become true, never for a time."""

import asyncio
from collections.abc import Callable


async def eventually(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Returns once `condition` holds. Raises TimeoutError after `seconds`, long enough for a busy machine."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (the condition is anything: a server's list, a file, a flag)
            await asyncio.sleep(0.005)
