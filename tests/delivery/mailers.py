"""A mailer for a relay on a socket."""

from typing import Any

from feedsvc.delivery.reply import Reply
from feedsvc.delivery.smtp import Mailer
from feedsvc.settings import Settings
from tests.fakes.smtp import Relay, client_tls

DATA = b"From: news@example.edu\r\nSubject: Test\r\n\r\nHello.\r\n"
READER = "a@example.com"


def settings_for(port: int, **mail: Any) -> Settings:
    return Settings.model_validate(
        {
            "site": {"base_url": "https://news.example.edu"},
            "mail": {"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 0.5, **mail},
        }
    )


async def send_one(relay: Relay, recipient: str = READER, data: bytes = DATA, **mail: Any) -> Reply:
    mailer = Mailer(settings_for(relay.port, **mail), client_tls())
    try:
        return await mailer.send("news@example.edu", recipient, data)
    finally:
        await mailer.close()
