"""A whole world for a journey: a news site, a relay, a clock that a test moves, and the service between them."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from feedsvc.app import App, open_app, web_application
from feedsvc.clock import FixedClock
from feedsvc.delivery.drain import Drain, Drained
from feedsvc.demo.newsroom import newsroom
from feedsvc.demo.site.server import SampleSite
from feedsvc.ingest import run as ingest
from feedsvc.ingest.reading import Reader
from feedsvc.newsroom.apply import apply
from feedsvc.settings import Settings
from feedsvc.web.public.forms import TRAP_SECONDS
from tests.fakes.answers import Answer
from tests.fakes.smtp import Relay, serve_relay

# The reader process is started once for all journeys, so they share a loop: `pytestmark = JOURNEY` in each module.
JOURNEY = pytest.mark.asyncio(loop_scope="session")
# For what no engine can change: pages and answers over rows whose own tests run on both.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SOURCES = ("usst-news", "usst-yaowen", "library", "events")


@dataclass
class World:
    """Everything a journey needs; requests go to the real web application on a real port."""

    app: App
    site: SampleSite
    relay: Relay
    clock: FixedClock
    session: ClientSession
    base: str

    async def poll(self) -> dict[str, int]:
        """Poll every source; returns how many new articles each brought."""
        app, found = self.app, {}
        for slug in SOURCES:
            report = await ingest.poll(app.db, app.fetcher, app.reader, app.settings, self.clock, slug)
            assert report.error == "", report
            found[slug] = report.new
        return found

    def settle(self) -> None:
        """Let a second pass, after which feeds ask whether they changed."""
        self.clock.advance(timedelta(seconds=1))

    async def drain(self) -> Drained:
        """Send everything that is due."""
        return await Drain(self.app.db, self.app.settings, self.clock, jitter=lambda: 0.5).run_once()

    async def get(self, url: str, **options: Any) -> Answer:
        """GET an address or a path; the body is read."""
        return await self._ask("GET", url, **options)

    async def post(self, url: str, **options: Any) -> Answer:
        """POST to an address or a path; the body is read."""
        return await self._ask("POST", url, **options)

    async def _ask(self, method: str, url: str, **options: Any) -> Answer:
        address = url if url.startswith("http") else self.base + url
        async with self.session.request(method, address, allow_redirects=False, **options) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def sign_up(self, email: str, *lists: str, **fields: Any) -> Answer:
        """Fill in the form as a person would: read it, take a moment, send it."""
        page = (await self.get("/subscribe")).text
        started = re.search(r'name="started"[^>]*value="([^"]*)"', page)
        assert started
        self.clock.advance(timedelta(seconds=TRAP_SECONDS + 1))
        form = {"email": email, "lists": list(lists) or ["alumni"], "started": unescape(started[1]), "hp": "", **fields}
        pairs = [(key, item) for key, value in form.items() for item in (value if isinstance(value, list) else [value])]
        return await self.post("/subscribe", data=pairs)

    async def subscribe(self, email: str, *lists: str, **fields: Any) -> None:
        """Sign up and confirm by the link in the mail."""
        assert (await self.sign_up(email, *lists, **fields)).status == 200
        await self.drain()
        assert (await self.post(self.link(email, "/confirm/"))).status == 200

    def mails(self, email: str) -> list[EmailMessage]:
        """What the relay took for an address, oldest first."""
        taken = [mail.data for mail in self.relay.messages if mail.recipient == email]
        return [message_from_bytes(data, policy=policy.default) for data in taken]

    def text(self, email: str) -> str:
        """The plain text of the newest mail to an address."""
        body = self.mails(email)[-1].get_body(("plain",))
        return str(body.get_content()) if body else ""

    def link(self, email: str, path: str) -> str:
        """The link to a path in the newest mail to an address."""
        found = re.search(rf"https?://\S*{path}\S+", self.text(email))
        assert found, self.text(email)
        return found[0]


def service_settings(url: str, base: str, smtp_port: int) -> Settings:
    """Settings of a service on loopback."""
    return Settings.model_validate(
        {
            "site": {
                "base_url": base,
                "title": "USST News",
                "contact": "news@example.edu",
                "timezone": "Asia/Shanghai",
            },
            "database": {"url": url},
            "mail": {"port": smtp_port, "tls": "none", "sender": "USST News <news@example.edu>", "connections": 2},
            "security": {"secret_key": "a-key-for-tests-only-0123456789abcdef"},
        }
    )


@asynccontextmanager
async def build_world(
    url: str, clock: FixedClock, reader: Reader, unused_port: Callable[[], int]
) -> AsyncIterator[World]:
    """The world over one database."""
    async with AsyncExitStack() as stack:
        site = SampleSite(clock.now().date())
        server = TestServer(site.application())
        await server.start_server()
        stack.push_async_callback(server.close)
        relay = await stack.enter_async_context(serve_relay())
        port = unused_port()
        base = f"http://127.0.0.1:{port}"
        opened = await stack.enter_async_context(open_app(service_settings(url, base, relay.port), clock))
        app = replace(opened, reader=reader)
        pages = TestServer(web_application(app, timer=lambda: clock.now().timestamp()), port=port)
        await pages.start_server()
        stack.push_async_callback(pages.close)
        session = await stack.enter_async_context(ClientSession())
        await apply(app.db, newsroom(str(server.make_url("")).rstrip("/")), clock.now())
        yield World(app, site, relay, clock, session, base)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reader() -> AsyncIterator[Reader]:
    """One reader process for all journeys: starting it takes longer than most of them."""
    shared = Reader()
    yield shared
    await shared.close()


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    database_url: str, clock: FixedClock, reader: Reader, unused_tcp_port_factory: Callable[[], int]
) -> AsyncIterator[World]:
    """The world, on each engine in turn."""
    async with build_world(database_url, clock, reader, unused_tcp_port_factory) as made:
        yield made
