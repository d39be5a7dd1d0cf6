"""Two processes on one database: the same bytes, and a change is seen in both."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from feedsvc.publish.cache import FeedCache
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from tests.publish import newsroom
from tests.publish.other_process import VALUES, told

PATHS = [
    *(f"/feeds/{name}.{form}" for name in ("all", "news", "news+xinwen") for form in ("rss", "atom", "json")),
    *(f"/feeds/{name}/archive/1.{form}" for name in ("all", "news") for form in ("rss", "atom", "json")),
    "/feeds.opml",
]


@dataclass
class Other:
    """A running process."""

    process: asyncio.subprocess.Process

    async def told(self, path: str) -> str:
        """What it says of the feed at a path."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{path}\n".encode())
        await self.process.stdin.drain()
        return (await self.process.stdout.readline()).decode().strip()


@asynccontextmanager
async def other(db: Database) -> AsyncIterator[Other]:
    """Another process, whose sets have an order of their own (each has its own seed of hashes)."""
    command = (sys.executable, "-m", "tests.publish.other_process", db.url)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        yield Other(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


async def seen(there: Other, path: str, expected: str) -> str:
    """What the process says once it says what is expected, or at last."""
    said = ""
    for _ in range(100):
        said = await there.told(path)
        if said == expected:
            break
        await asyncio.sleep(0.1)
    return said


async def test_two_processes_have_the_same_bytes_and_see_each_change(filled: Database) -> None:
    here = FeedCache(filled, Settings.model_validate(VALUES))
    await newsroom.publish(filled, "both", "news", "xinwen")
    async with other(filled) as there:
        for path in PATHS:
            expected = await told(here, path)
            assert expected != "none"
            assert await there.told(path) == expected
        before = {path: await told(here, path) for path in PATHS}
        await newsroom.publish(filled, "second", "news")
        for path in PATHS[:-1]:
            # A process that has just started has no memory, so it sees what is.
            expected = await told(FeedCache(filled, Settings.model_validate(VALUES)), path)
            assert expected != before[path]
            assert await seen(there, path, expected) == expected
        assert await there.told("/feeds/unknown.rss") == "none"
    async with other(filled) as restarted:
        for path in PATHS:
            assert await restarted.told(path) == await told(FeedCache(filled, Settings.model_validate(VALUES)), path)
