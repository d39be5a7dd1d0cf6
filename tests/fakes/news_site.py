"""A small news site on a loopback port that serves what a test gives it, and misbehaves when told to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from multidict import CIMultiDict

from feedsvc.clock import Clock


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers. With `etag` it honours If-None-Match; `delay` is seconds before the answer."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes written to the wire as they are, with `pause` seconds after each; then the connection is cut."""

    chunks: tuple[bytes, ...]
    pause: float = 0.0
    repeat: int = 1
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came, and when by the site's clock, if it has one."""

    method: str
    path: str
    headers: CIMultiDict[str]
    at: datetime | None = None


class NewsSite:
    """Start it with `serving()`. `asked` holds every request, `most` the most answered at once for each host.

    `answered` holds those that got a whole answer, with its status. Give it a `clock` to have the instants noted.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.asked: list[Asked] = []
        self.answered: list[tuple[Asked, int]] = []
        self.clock: Clock | None = None
        self.most: Counter[str] = Counter()
        self.port = 0
        self._now: Counter[str] = Counter()
        self._answers: dict[str, list[Answer | Raw]] = {}

    @property
    def base(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://{self.host}:{self.port}"

    def url(self, path: str) -> str:
        """The address of a path."""
        return self.base + path

    def put(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        headers: dict[str, str] | None = None,
        delay: float = 0.0,
    ) -> str:
        """Let `path` answer this from now on; gives its address."""
        content = body.encode() if isinstance(body, str) else body
        self._answers[path] = [Answer(content, status, content_type, headers or {}, delay)]
        return self.url(path)

    def redirect(self, path: str, target: str, status: int = 301) -> str:
        """Let `path` redirect to `target`; gives its address."""
        return self.put(path, status=status, headers={"Location": target})

    def then(self, path: str, *answers: Answer | Raw) -> str:
        """Let `path` answer these one after another; the last one stays."""
        self._answers[path] = list(answers)
        return self.url(path)

    def raw(self, path: str, *chunks: bytes, pause: float = 0.0, repeat: int = 1, reset: bool = False) -> str:
        """Let `path` answer these very bytes; gives its address."""
        return self.then(path, Raw(chunks, pause, repeat, reset))

    def take_away(self, path: str) -> None:
        """Let `path` answer 404 again."""
        self._answers.pop(path, None)

    def count(self, path: str) -> int:
        """How often `path` was asked for."""
        return sum(asked.path == path for asked in self.asked)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        at = self.clock.now() if self.clock else None
        asked = Asked(request.method, request.path_qs, CIMultiDict(request.headers), at)
        self.asked.append(asked)
        host = request.host
        self._now[host] += 1
        self.most[host] = max(self.most[host], self._now[host])
        try:
            answer = await self._answer(request)
            self.answered.append((asked, answer.status))
            return answer
        finally:
            self._now[host] -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        waiting = self._answers.get(request.path_qs) or self._answers.get(request.path)
        if not waiting:
            return web.Response(status=404, text="<h1>Not Found</h1>", content_type="text/html")
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Raw):
            await _write_raw(request, answer)
            return web.Response(status=500)
        await asyncio.sleep(answer.delay)
        headers = {"Content-Type": answer.content_type, **answer.headers}
        etag = headers.get("ETag")
        if etag and etag == request.headers.get("If-None-Match"):
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(status=answer.status, body=answer.body, headers=headers)


async def _write_raw(request: web.Request, raw: Raw) -> None:
    transport = request.transport
    for _ in range(raw.repeat):
        for chunk in raw.chunks:
            if transport is None or transport.is_closing():
                return
            transport.write(chunk)
            await asyncio.sleep(raw.pause)
    if transport is not None:
        if raw.reset:
            transport.abort()
        else:
            transport.close()


@asynccontextmanager
async def serving(host: str = "127.0.0.1") -> AsyncIterator[NewsSite]:
    """A running site, on an address of the loopback network."""
    site = NewsSite(host)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.handle)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    listener = web.TCPSite(runner, host, 0)
    await listener.start()
    site.port = runner.addresses[0][1]
    try:
        yield site
    finally:
        await runner.cleanup()
