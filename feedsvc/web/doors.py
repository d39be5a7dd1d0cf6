"""The socket: connections that idle, stall or talk nonsense are let go, and even then the answer is ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from feedsvc.logs import get_logger
from feedsvc.web.middleware import SECURITY_HEADERS, SERVER

log = get_logger(__name__)

IDLE_SECONDS = 75
"""For a request to begin and its head to be whole; longer than a proxy keeps a connection (nginx: 60)."""
STALL_SECONDS = 30
"""For a client to take some of what it asked for."""
LINGER_SECONDS = 5
"""For the rest of a body that nobody wants."""
GRACE_SECONDS = 10
"""For the requests that are being answered when the service stops."""


class Connection(web.RequestHandler):
    """One client's connection. The time limits of idleness and of unwanted bodies are aiohttp's own."""

    def __init__(self, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        # Bodies stay as they were sent: no form comes compressed, so nobody unpacks a bomb.
        super().__init__(
            server, loop=loop, keepalive_timeout=IDLE_SECONDS, lingering_time=LINGER_SECONDS, auto_decompress=False
        )
        self._stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Called when the client does not take what is written."""
        super().pause_writing()
        self._stalled = asyncio.get_running_loop().call_later(STALL_SECONDS, self._give_up)

    def resume_writing(self) -> None:
        """Called when the client has taken most of it."""
        super().resume_writing()
        self._forget()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Called at the end."""
        self._forget()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 (aiohttp passes it; it repeats what was sent)
    ) -> web.StreamResponse:
        """Answer what could not be read as a request at all, or what failed outside every handler.

        aiohttp's own answer repeats what was sent, and so does its log, which may hold a token.
        """
        if status >= 500:
            log.exception("request failed outside the pages", error=type(exc).__name__)
        if request.writer.output_size > 0:
            msg = "The answer had begun."
            raise ConnectionError(msg)
        text = "This is not a request we can read.\n" if status < 500 else "Something broke on our side. Try again.\n"
        headers = {**SECURITY_HEADERS, "Server": SERVER, "Cache-Control": "no-store"}
        response = web.Response(status=status, text=text, headers=headers)
        response.force_close()
        return response

    def _give_up(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def _forget(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


@asynccontextmanager
async def answering(application: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Answer on an address for as long as the block lasts; yields the port that was taken. Raises OSError."""
    loop = asyncio.get_running_loop()
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    try:
        server = runner.server
        assert server is not None
        listener = await loop.create_server(lambda: Connection(server, loop), host, port, backlog=128)
        try:
            yield int(listener.sockets[0].getsockname()[1])
        finally:
            listener.close()
    finally:
        await runner.cleanup()
