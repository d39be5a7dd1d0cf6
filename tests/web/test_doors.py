"""The socket: clients that idle, stall, leave or talk nonsense; what they get is ours, and they hold nothing up."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from feedsvc import app as composition
from feedsvc.clock import FixedClock
from feedsvc.errors import PortInUse
from feedsvc.web import doors
from feedsvc.web.middleware import SECURITY_HEADERS
from feedsvc.web.public import forms
from tests.web.rooms import Pages, serve, settings_for, story


async def say(pages: Pages, *said: bytes, pause: float = 0) -> bytes:
    """What a client that says this hears, until the connection is closed."""
    host, port = pages.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for part in said:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


@pytest.fixture
async def hurried(sqlite_url: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pages]:
    """The service with limits that a test can wait for."""
    for name in ("IDLE_SECONDS", "STALL_SECONDS", "LINGER_SECONDS"):
        monkeypatch.setattr(doors, name, 0.3)
    async with serve(settings_for(sqlite_url), clock) as made:
        yield made


@pytest.mark.parametrize(
    "said",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
        b"GET /preferences/secret-token HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n\x00",
        b"GET /secret-token HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n",
        b"GET /" + b"secret-token" * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"secret-token" * 2000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"secret-token: x\r\n" * 500 + b"\r\n",
        b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: secret-token\r\n\r\n",
        b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
    ],
)
async def test_what_is_no_request_gets_a_plain_400(pages: Pages, said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        heard = await say(pages, said)
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))
    assert body == b"This is not a request we can read.\n"
    for name, value in SECURITY_HEADERS.items():
        assert f"\r\n{name}: {value}".encode() in head
    assert b"\r\nServer: feedsvc\r\n" in head
    assert "secret-token" not in caplog.text + str(logs)
    assert (await pages.get("/healthz")).status == 200


async def test_a_form_whose_chunks_break_is_not_waited_for(hurried: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "READ_SECONDS", 0.3)
    head = (
        b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    with capture_logs() as logs:
        heard = await say(hurried, head, b"zz\r\nnonsense\r\n\r\n", pause=0.05)
    assert heard.startswith((b"HTTP/1.1 400", b"HTTP/1.1 408"))
    assert logs == []


async def test_a_client_that_leaves_in_the_middle_is_no_failure(pages: Pages, caplog: pytest.LogCaptureFixture) -> None:
    head = b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    host, port = pages.address.removeprefix("http://").split(":")
    with capture_logs() as logs:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(head + b"Content-Length: 999\r\n\r\nemail=")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        await asyncio.sleep(0.1)
    assert logs == []
    assert caplog.text == ""


@pytest.mark.parametrize("said", [[], [b"GET / HT"], [b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /"]])
async def test_who_does_not_go_on_is_let_go(hurried: Pages, said: list[bytes]) -> None:
    heard = await say(hurried, *said, pause=0.02)
    assert heard.endswith(b"ok\n") is (len(said) == 2)


async def test_who_does_not_take_what_they_asked_for_is_let_go(hurried: Pages) -> None:
    pages = hurried
    one = await story(pages.db, pages.clock.now(), "Long", content_html=f"<p>{'long ' * 3_000_000}</p>")
    whole = len((await pages.get(f"/articles/{one.id}/long")).body)
    host, port = pages.address.removeprefix("http://").split(":")
    loop = asyncio.get_running_loop()
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.setblocking(False)
        await loop.sock_connect(plain, (host, int(port)))
        await loop.sock_sendall(plain, f"GET /articles/{one.id}/long HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await asyncio.sleep(2)
        taken = 0
        with suppress(ConnectionResetError):
            while got := len(await loop.sock_recv(plain, 65536)):
                taken += got
    assert 0 < taken < whole


async def test_a_body_that_nobody_reads_may_come_but_not_for_long(
    hurried: Pages,
) -> None:
    head = b"POST /unsubscribe/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    heard = await say(hurried, head, b"List-Unsubscribe=One-Click")
    assert heard.startswith(b"HTTP/1.1 410")


async def test_a_compressed_body_is_not_unpacked(pages: Pages) -> None:
    head = (
        b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope"
    )
    assert (await say(pages, head)).startswith(b"HTTP/1.1 415")


@pytest.mark.parametrize(
    "target", [b"*", b"http://evil.example/docs/", b"//evil.example//", b"evil.example:443", b"/?%00", b"/\xc3\x28"]
)
async def test_odd_targets(pages: Pages, target: bytes) -> None:
    for method in (b"GET", b"OPTIONS", b"CONNECT"):
        heard = await say(
            pages, method + b" " + target + b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        )
        status = int(heard.split(b" ", 2)[1])
        assert status < 500, heard[:200]
        head = heard.partition(b"\r\n\r\n")[0]
        assert b"X-Frame-Options: DENY" in head
        if b"Location:" in head:
            assert b"Location: https://news.example.edu/" in head


async def test_a_port_that_is_taken(pages: Pages) -> None:
    port = int(pages.address.rpartition(":")[2])
    with pytest.raises(PortInUse, match=f"Port {port} on 127.0.0.1 is in use"):
        async with composition.listening(web.Application(), "127.0.0.1", port):
            pass
    with pytest.raises(PortInUse, match=r"Cannot listen on 192\.0\.2\.1"):
        async with composition.listening(web.Application(), "192.0.2.1", 0):
            pass


def test_limits_fit_behind_a_proxy() -> None:
    # A proxy that keeps a connection longer than we do would send requests into a closed one.
    assert doors.IDLE_SECONDS > 60
