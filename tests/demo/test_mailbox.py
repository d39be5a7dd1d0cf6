"""The catch-all mailbox: takes everything by SMTP, shows it without letting it do anything."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from feedsvc.clock import FixedClock
from feedsvc.demo.mailbox import MOST_KEPT, Mailbox

Client = TestClient[Request, Application]


@dataclass
class Box:
    mailbox: Mailbox
    client: Client
    port: int

    async def send(self, message: EmailMessage, *recipients: str) -> None:
        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", self.port) as smtp:
                smtp.sendmail("news@example.edu", recipients, message.as_bytes())

        await asyncio.to_thread(deliver)


@pytest.fixture
async def box(clock: FixedClock) -> AsyncIterator[Box]:
    mailbox = Mailbox(clock)
    port = await mailbox.listen("127.0.0.1")
    async with TestClient(TestServer(mailbox.application())) as client:
        yield Box(mailbox, client, port)
    await mailbox.close()


def mail(subject: str = "Hello", html: str = "<html><head></head><body><p>Hi</p></body></html>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "USST News <news@example.edu>"
    message["To"] = "li@example.org"
    message["Subject"] = subject
    message.set_content("Hi in plain text\n")
    message.add_alternative(html, subtype="html")
    return message


async def test_a_mail_arrives_whole(box: Box) -> None:
    await box.send(mail("Grüße 新闻"), "li@example.org", "wang@example.org")
    got = box.mailbox.last_to("wang@example.org")
    assert got is not None
    assert got.recipients == ("li@example.org", "wang@example.org")
    assert got.parsed()["Subject"] == "Grüße 新闻"
    assert got.part("plain") == "Hi in plain text\n"
    assert "<p>Hi</p>" in got.part("html")
    assert box.mailbox.last_to("nobody@example.org") is None


async def test_the_pages_show_it_as_read_as_text_with_headers_and_source(box: Box) -> None:
    await box.send(mail("The week at USST"), "li@example.org")
    assert "The week at USST" in await (await box.client.get("/")).text()
    assert "sandbox=" in await (await box.client.get("/1")).text()
    assert "Hi in plain text" in await (await box.client.get("/1/plain")).text()
    headers = await (await box.client.get("/1/headers")).text()
    assert "Subject: The week at USST" in headers
    assert "Hi in plain text" not in headers
    assert "multipart/alternative" in await (await box.client.get("/1/source")).text()


async def test_a_mail_cannot_run_anything_in_the_page(box: Box) -> None:
    hostile = "<html><head></head><body><script>alert(1)</script></body></html>"
    await box.send(mail("<script>alert(2)</script>", hostile), "li@example.org")
    assert "<script>" not in await (await box.client.get("/")).text()
    assert "<script>" not in await (await box.client.get("/1")).text()
    frame = await box.client.get("/1/frame")
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


async def test_links_of_a_mail_open_in_a_tab_of_their_own(box: Box) -> None:
    await box.send(mail(), "li@example.org")
    assert '<base target="_blank">' in await (await box.client.get("/1/frame")).text()


async def test_an_empty_mailbox_says_how_mail_comes(box: Box) -> None:
    assert "Sign up" in await (await box.client.get("/")).text()


async def test_what_is_not_there_is_404(box: Box) -> None:
    assert (await box.client.get("/7")).status == 404


async def test_the_oldest_leave_when_it_is_full(box: Box) -> None:
    def flood() -> None:
        with smtplib.SMTP("127.0.0.1", box.port) as smtp:
            for number in range(MOST_KEPT + 3):
                smtp.sendmail("news@example.edu", ["li@example.org"], f"Subject: {number}\r\n\r\nhi\r\n")

    await asyncio.to_thread(flood)
    assert len(box.mailbox.mails) == MOST_KEPT
    assert box.mailbox.mails[0].number == 4
