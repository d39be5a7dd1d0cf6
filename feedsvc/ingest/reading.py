"""Reading pages and feeds in a process of its own.

The libraries that read are large, slow on some pages, and meet whatever the network sends: they live in a child that is
limited in time and memory, ends when idle, and is replaced when it dies. The service imports none of them.
"""

import asyncio
import sys
from contextlib import suppress
from typing import Any, TypeVar

from feedsvc.errors import ReadError
from feedsvc.ingest.answers import check_addresses, length_of, unpack
from feedsvc.ingest.readers.wire import LENGTH, pack_call
from feedsvc.logs import get_logger
from feedsvc.model.article import Story
from feedsvc.model.discovery import PageFacts
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead, ListItem, ListPage
from feedsvc.net.answers import Fetched

log = get_logger(__name__)
T = TypeVar("T")

_START = "import sys; sys.path[:] = sys.argv[2:]; from feedsvc.ingest.readers.child import main; main(int(sys.argv[1]))"
_READERS = "feedsvc.ingest.readers"


class Reader:
    """A reader process that is started at the first call.

    `limit` is seconds for one call, `idle` seconds without calls after which the process ends, `memory` bytes of its
    address space, `calls` the calls after which a fresh one takes over (its libraries keep caches that only grow).
    Calls wait for one another. Close it when done; it starts again if it is called after that.
    """

    def __init__(
        self, *, limit: float = 30.0, idle: float = 300.0, memory: int = 1_500_000_000, calls: int = 2000
    ) -> None:
        self._limit = limit
        self._idle = idle
        self._memory = memory
        self._calls = calls
        self._left = calls
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._leaving: asyncio.subprocess.Process | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def list_page(self, fetched: Fetched, source: Source) -> ListPage:
        """The list on a page (`readers.listing.lists.read_list`). Raises ReadError."""
        return await self._read("listing.lists:read_list", ListPage, fetched, source)

    async def article_page(self, fetched: Fetched, source: Source, item: ListItem | None = None) -> Story:
        """The story on a page (`readers.story.articles.read_article`). Raises ReadError."""
        story = await self._read("story.articles:read_article", Story, fetched, source, item)
        check_addresses(story)
        return story

    async def feed(self, fetched: Fetched, source: Source, known: frozenset[str] = frozenset()) -> FeedRead:
        """An upstream feed (`readers.upstream.feeds.read_feed`). Entries with a `known` fingerprint are only counted.

        Raises ReadError.
        """
        feed = await self._read("upstream.feeds:read_feed", FeedRead, fetched, source, known)
        check_addresses(*feed.stories)
        return feed

    async def older_feed(self, fetched: Fetched, source: Source) -> str:
        """Where an upstream feed's older entries are (`readers.upstream.archives.older_feed`); "" where it names no such place."""
        return await self._read("upstream.archives:older_feed", str, fetched, source)

    async def sitemap(self, fetched: Fetched, source: Source) -> ListPage:
        """A sitemap or an index of them (`readers.listing.sitemaps.read_sitemap`). Raises ReadError."""
        return await self._read("listing.sitemaps:read_sitemap", ListPage, fetched, source)

    async def examine(self, fetched: Fetched, source: Source) -> PageFacts:
        """What an address offers to whoever looks for news (`readers.listing.discovery.examine`). Raises ReadError."""
        return await self._read("listing.discovery:examine", PageFacts, fetched, source)

    async def call(self, target: str, returns: type[T], *arguments: Any) -> T:
        """Call `module:function` in the process. What it gives must be a `returns`: any type that pydantic knows.

        Raises ReadError for every other end; an error of ours keeps its sentence.
        """
        async with self._turn:
            self._stop_timer()
            try:
                async with asyncio.timeout(self._limit):
                    process = await self._running()
                    answer = await _exchange(process, pack_call(target, arguments))
            except TimeoutError as error:
                await self._end()
                msg = f"The page could not be read within {self._limit:g} seconds. Check its address in a browser."
                raise ReadError(msg) from error
            except (OSError, EOFError, asyncio.IncompleteReadError) as error:
                code = await self._end()
                log.warning("the reader process died", exit_code=code)
                msg = "The page could not be read: the reader process died of it. Check the address in a browser."
                raise ReadError(msg) from error
            except BaseException:
                # Cancelled in the middle: its answer would be taken for the next call's.
                await self._end()
                raise
            await self._after_call()
        return unpack(answer, returns)

    async def close(self) -> None:
        """End the process, if it runs, after the call that is under way."""
        async with self._turn:
            self._stop_timer()
            await self._end()
            if self._leaving is not None:
                await self._leaving.wait()

    async def _read(self, name: str, returns: type[T], fetched: Fetched, source: Source, *more: Any) -> T:
        page = (fetched.body, fetched.content_type, fetched.url)
        return await self.call(f"{_READERS}.{name}", returns, *page, source, *more)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._left = self._calls
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _START, str(self._memory), *sys.path,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                # Ctrl+C is for the service, which ends its reader itself.
                start_new_session=True,
            )  # fmt: skip
        return self._process

    async def _after_call(self) -> None:
        self._left -= 1
        if self._left <= 0:
            await self._end()
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._idle, self._let_go)

    def _let_go(self) -> None:
        # Without input the process ends by itself; the next call finds it gone and starts another.
        self._leaving, self._process, self._timer = self._process, None, None
        if self._leaving is not None and self._leaving.stdin is not None:
            self._leaving.stdin.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        return await process.wait()


async def _exchange(process: asyncio.subprocess.Process, call: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(call)
    await process.stdin.drain()
    return await process.stdout.readexactly(length_of(await process.stdout.readexactly(LENGTH.size)))
