"""The tour: a sample university, the whole service over it, and every step checked as it happens."""

import asyncio
import re
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from feedsvc import app as application
from feedsvc.app import App
from feedsvc.clock import SystemClock
from feedsvc.delivery.drain import Drain
from feedsvc.demo.mailbox import Mailbox, Received
from feedsvc.demo.newsroom import DIGEST, LIST, newsroom
from feedsvc.demo.site.server import SampleSite
from feedsvc.digests.manual import send_now
from feedsvc.errors import DemoFailed, PortInUse
from feedsvc.ingest import run as ingest
from feedsvc.model.issue import MessageState
from feedsvc.newsroom.apply import apply
from feedsvc.settings import Settings
from feedsvc.storage import outbox
from feedsvc.web.public.forms import TRAP_SECONDS

HOST = "127.0.0.1"
READER = "ada.lu@example.org"
SOURCES = ("usst-news", "usst-yaowen", "library", "events")
FEEDS = ("all.rss", "all.atom", "all.json", "news.rss", "research.atom", "yaowen.json")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the tour: what it does, and, once done, what came of it."""

    title: str
    said: str = ""


@dataclass(slots=True)
class Places:
    """Where things are: addresses to open, and the folder of the data."""

    pages: str
    mailbox: str
    site: str
    folder: Path
    digest_mail: str = ""
    preferences: str = ""
    steps: list[Step] = field(default_factory=list)


Progress = Callable[[str, str | None], None]
"""Told the title of a step when it begins (with None) and again when it is done (with what came of it)."""


@asynccontextmanager
async def touring(port: int, data: Path | None, progress: Progress) -> AsyncIterator["Tour"]:
    """Start the sample site, the mailbox and the service; everything stops with the block. Raises PortInUse.

    Each tour below `data` has a folder of its own, tour-1, tour-2 and so on: a tour begins with nothing known.
    """
    async with AsyncExitStack() as stack:
        folder = (
            _next_folder(data)
            if data
            else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedsvc-demo-")))
        )
        clock = SystemClock()
        site = SampleSite(clock.now().date())
        site_address = await stack.enter_async_context(application.listening(site.application(), HOST, 0))
        mailbox = Mailbox(clock)
        smtp_port = await mailbox.listen(HOST)
        stack.push_async_callback(mailbox.close)
        box_address = await stack.enter_async_context(application.listening(mailbox.application(), HOST, 0))
        settings = _settings(port or _free_port(), smtp_port, folder)
        opened = await stack.enter_async_context(application.open_app(settings, clock, create=True))
        pages = application.web_application(opened)
        await stack.enter_async_context(_pages(pages, settings.http.port))
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=20)))
        places = Places(settings.site.base_url, box_address, site_address, folder)
        yield Tour(opened, site, mailbox, session, places, progress)


def _next_folder(data: Path) -> Path:
    number = 1
    while (data / f"tour-{number}").exists():
        number += 1
    folder = data / f"tour-{number}"
    folder.mkdir(parents=True)
    return folder


@asynccontextmanager
async def _pages(pages: web.Application, port: int) -> AsyncIterator[str]:
    async with AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(application.listening(pages, HOST, port))
        except PortInUse as error:
            msg = f"Port {port} is in use. Give the tour another: `feedsvc demo --port 0` takes a free one."
            raise PortInUse(msg) from error
        yield address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _settings(port: int, smtp_port: int, folder: Path) -> Settings:
    key_file = folder / "secret.key"
    if not key_file.exists():
        key_file.write_text(secrets.token_urlsafe(32), "utf-8")
        key_file.chmod(0o600)
    return Settings.model_validate(
        {
            "site": {
                "base_url": f"http://{HOST}:{port}",
                "title": "USST News",
                "description": "News from the University of Shanghai for Science and Technology, as feeds and as a mail.",
                "timezone": "Asia/Shanghai",
                "contact": "news@usst.example",
                "postal_address": "News Office, 516 Jungong Road, Shanghai 200093",
                "accent": "#8a1c2b",
            },
            "database": {"url": f"sqlite:///{folder / 'feedsvc.db'}"},
            "http": {"host": HOST, "port": port},
            "mail": {"host": HOST, "port": smtp_port, "tls": "none", "sender": "USST News <news@usst.example>"},
            "security": {"secret_key": key_file.read_text("utf-8").strip()},
        }
    )


class Tour:
    """The steps, over what `touring` has started. A step that does not happen raises DemoFailed."""

    def __init__(
        self, app: App, site: SampleSite, mailbox: Mailbox, session: ClientSession, places: Places, progress: Progress
    ) -> None:
        self.app = app
        self.site = site
        self.mailbox = mailbox
        self.session = session
        self.places = places
        self._progress = progress

    async def round(self) -> Places:
        """Every step once, in order. Raises DemoFailed, and what else a step raises on purpose."""
        steps: tuple[tuple[str, Callable[[], Awaitable[str]]], ...] = (
            ("Set up the newsroom", self._newsroom),
            ("Read the university's pages", self._first_poll),
            ("Open the feeds", self._feeds),
            ("Sign up a reader", self._sign_up),
            ("Confirm by the link in the mail", self._confirm),
            ("The university publishes; read again", self._second_poll),
            ("Make and send the weekly digest", self._digest),
            ("Read the digest in the mailbox", self._arrival),
        )
        for title, step in steps:
            self._progress(title, None)
            try:
                said = await step()
            except (ClientError, TimeoutError) as error:
                msg = f"{title}: the service did not answer ({error or type(error).__name__})."
                raise DemoFailed(msg) from error
            self._progress(title, said)
            self.places.steps.append(Step(title, said))
        return self.places

    async def _newsroom(self) -> str:
        made = newsroom(self.places.site)
        await apply(self.app.db, made, self.app.clock.now())
        return f"{len(made.sources)} sources, {len(made.categories)} categories, {len(made.digests)} digests"

    async def _poll(self) -> tuple[int, int]:
        app = self.app
        new = changed = 0
        for slug in SOURCES:
            report = await ingest.poll(app.db, app.fetcher, app.reader, app.settings, app.clock, slug)
            if report.error:
                msg = f"The source {slug} could not be read: {report.error}"
                raise DemoFailed(msg)
            new, changed = new + report.new, changed + report.changed
        return new, changed

    async def _first_poll(self) -> str:
        new, _ = await self._poll()
        _expect(new >= 10, f"The first poll found {new} stories, at least 10 were to be found.")
        return f"{new} stories from {len(SOURCES)} sources"

    async def _second_poll(self) -> str:
        expected = self.site.publish()
        new, changed = await self._poll()
        _expect(new == expected, f"{expected} stories were published, {new} came in.")
        _expect(changed == 1, f"One story was corrected, {changed} were seen to change.")
        return f"{new} new stories, {changed} correction"

    async def _feeds(self) -> str:
        # Feeds show a change within two seconds: their change stamps are read once a second.
        await asyncio.sleep(1.1)
        for name in FEEDS:
            async with self.session.get(f"{self.places.pages}/feeds/{name}") as answer:
                body = await answer.read()
                _expect(answer.status == 200 and len(body) > 500, f"The feed {name} answered {answer.status}.")
                etag = answer.headers.get("ETag", "")
            async with self.session.get(f"{self.places.pages}/feeds/{name}", headers={"If-None-Match": etag}) as again:
                _expect(again.status == 304, f"The feed {name}, unchanged, answered {again.status} and not 304.")
        return f"{len(FEEDS)} feeds in three formats: 200, then 304"

    async def _sign_up(self) -> str:
        async with self.session.get(f"{self.places.pages}/subscribe") as answer:
            page = await answer.text()
        # The form refuses what is sent faster than a person types.
        await asyncio.sleep(TRAP_SECONDS + 0.2)
        fields = {
            "email": READER,
            "name": "Ada Lu",
            "lists": LIST,
            "frequency": "",
            "hp": "",
            "started": _hidden(page, "started"),
        }
        async with self.session.post(f"{self.places.pages}/subscribe", data=fields) as answer:
            _expect(answer.status == 200, f"The sign-up form answered {answer.status}.")
        mail = await self._mail("the confirmation")
        return f"{mail.parsed()['Subject']}"

    async def _confirm(self) -> str:
        mail = await self._mail("the confirmation")
        link = _link(mail.part("plain"), "/confirm/")
        async with self.session.get(link) as answer:
            _expect(answer.status == 200, f"The confirmation page answered {answer.status}.")
        async with self.session.post(link) as answer:
            _expect(answer.status == 200, f"The confirmation answered {answer.status}.")
        return f"{READER} reads {LIST}"

    async def _digest(self) -> str:
        issue = await send_now(self.app.db, self.app.settings, self.app.clock, DIGEST)
        _expect(issue.number is not None, f"The digest was not made: {issue.reason}.")
        await self._send()
        async with self.app.db.read() as conn:
            counts = await outbox.for_issue(conn, issue.id)
        sent = counts.by_state.get(MessageState.SENT, 0)
        _expect(sent == 1, f"The relay took {sent} digests of 1: {counts.failures}.")
        return f"issue {issue.number}, accepted by the mail server"

    async def _arrival(self) -> str:
        mail = await self._mail("the digest")
        message = mail.parsed()
        _expect("List-Unsubscribe-Post" in message, "The mail that came is not the digest.")
        text = mail.part("plain")
        for title in ("Optics Team Builds a Lens", "A night among the books", "Open day at the wind tunnel"):
            _expect(title in text, f"The digest lacks the story {title!r}.")
        self.places.digest_mail = f"{self.places.mailbox}/{mail.number}"
        self.places.preferences = _link(text, "/preferences/")
        return str(message["Subject"])

    async def _send(self) -> None:
        report = await Drain(self.app.db, self.app.settings, self.app.clock).run_once()
        _expect(not report.waiting, f"Mail could not be sent: {report.waiting}")

    async def _mail(self, what: str) -> Received:
        await self._send()
        mail = self.mailbox.last_to(READER)
        if mail is None:
            msg = f"{what.capitalize()} did not arrive."
            raise DemoFailed(msg)
        return mail


def _expect(happened: bool, otherwise: str) -> None:
    if not happened:
        raise DemoFailed(otherwise)


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    _expect(found is not None, f"The sign-up page lacks its field {name!r}.")
    return unescape(found.group(1)) if found else ""


def _link(text: str, path: str) -> str:
    found = re.search(rf"https?://\S+{path}\S+", text)
    _expect(found is not None, f"The mail lacks its link to {path}.")
    return found.group(0) if found else ""
