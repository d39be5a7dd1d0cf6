"""A catch-all mail server whose mail is read in a browser: nothing that arrives here leaves this machine."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment, PackageLoader

from feedsvc.clock import Clock

MOST_KEPT = 500
FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'"
)
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it arrived: the envelope, the bytes, and when (UTC)."""

    number: int
    sender: str
    recipients: tuple[str, ...]
    source: bytes
    at: datetime

    def parsed(self) -> EmailMessage:
        """The mail, parsed by the standard library."""
        return message_from_bytes(self.source, policy=policy.default)

    def part(self, kind: str) -> str:
        """The text of the `html` or `plain` part; empty where there is none."""
        body = self.parsed().get_body((kind,))
        return str(body.get_content()) if body else ""


class Mailbox:
    """Keeps the newest mails in memory and shows them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mails: list[Received] = []
        self._count = 0
        self._servers: list[asyncio.Server] = []
        self._templates = Environment(loader=PackageLoader("feedsvc.demo"), autoescape=True, trim_blocks=True)

    @property
    def mails(self) -> tuple[Received, ...]:
        """What has arrived, oldest first."""
        return tuple(self._mails)

    def last_to(self, address: str) -> Received | None:
        """The newest mail to an address."""
        return next((mail for mail in reversed(self._mails) if address in mail.recipients), None)

    async def listen(self, host: str, port: int = 0) -> int:
        """Take mail by SMTP; returns the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, host, port)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="mailbox.localhost", enable_SMTPUTF8=True, ident="feedsvc demo mailbox")

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep one mail."""
        self._count += 1
        recipients = tuple(str(item) for item in envelope.rcpt_tos)
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self._mails.append(Received(self._count, envelope.mail_from or "", recipients, content, self._clock.now()))
        del self._mails[:-MOST_KEPT]
        return f"250 2.0.0 kept as {self._count}"

    async def close(self) -> None:
        """Stop taking mail."""
        for server in self._servers:
            server.close()
            await server.wait_closed()

    def application(self) -> web.Application:
        """The pages on which a person reads the mails."""
        app = web.Application()
        app.router.add_get("/", self._list)
        app.router.add_get("/mailbox.css", self._css)
        app.router.add_get("/{number:[0-9]+}", self._show)
        app.router.add_get("/{number:[0-9]+}/{view:plain|headers|source}", self._show)
        app.router.add_get("/{number:[0-9]+}/frame", self._frame)
        return app

    def _find(self, request: web.Request) -> Received:
        number = int(request.match_info["number"])
        for mail in self._mails:
            if mail.number == number:
                return mail
        raise web.HTTPNotFound(text="There is no such mail. The mailbox keeps the newest 500.")

    def _html(self, name: str, **values: Any) -> web.Response:
        text = self._templates.get_template(name).render(**values)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})

    async def _list(self, _request: web.Request) -> web.Response:
        rows = [(mail, mail.parsed()) for mail in reversed(self._mails)]
        return self._html("mailbox.html", rows=rows)

    async def _css(self, _request: web.Request) -> web.Response:
        source = self._templates.loader.get_source(self._templates, "mailbox.css")[0] if self._templates.loader else ""
        return web.Response(text=source, content_type="text/css")

    async def _show(self, request: web.Request) -> web.Response:
        mail = self._find(request)
        view = request.match_info.get("view", "html")
        head = re.split(rb"\r?\n\r?\n", mail.source, maxsplit=1)[0].decode("utf-8", "replace")
        text = {"plain": mail.part("plain"), "headers": head, "source": mail.source.decode("utf-8", "replace")}.get(
            view, ""
        )
        return self._html("mail.html", mail=mail, message=mail.parsed(), view=view, text=text)

    async def _frame(self, request: web.Request) -> web.Response:
        # Links open in a tab of their own: the frame stays with the mail.
        text = self._find(request).part("html").replace("<head>", '<head><base target="_blank">', 1)
        return web.Response(
            text=text,
            content_type="text/html",
            headers={"Content-Security-Policy": FRAME_POLICY, "Referrer-Policy": "no-referrer"},
        )
