"""A drain against a fake relay, and how the rows stand afterwards."""

from typing import Any

from sqlalchemy import text

from feedsvc.clock import FixedClock
from feedsvc.delivery.drain import Drain
from feedsvc.delivery.outgoing import Outgoing, Postpone, Withheld
from feedsvc.model.issue import Message
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from tests.fakes.mailing import outbox_row, queue_issue, states
from tests.fakes.smtp import Relay


async def compose(_conn: Conn, message: Message) -> Outgoing | Withheld | Postpone:
    """A message that says nothing but which row it is."""
    data = f"Message-ID: <{message.id}@example.edu>\r\nSubject: {message.queued_at}\r\n\r\nHello.\r\n".encode()
    return Outgoing("news@example.edu", message.recipient, data)


def configured(relay: Relay, **sections: dict[str, Any]) -> Settings:
    mail = {"host": "127.0.0.1", "port": relay.port, "tls": "none", "timeout": 1.0, "connections": 3}
    return Settings.model_validate(
        {
            "mail": {**mail, **sections.get("mail", {})},
            "delivery": {"batch": 4, "lease": 300, "grace": 2, **sections.get("delivery", {})},
            "security": {"secret_key": "a-key-for-tests-only-0123456789abcdef"},
        }
    )


def make(db: Database, clock: FixedClock, relay: Relay, prepare: Any = compose, **sections: dict[str, Any]) -> Drain:
    return Drain(db, configured(relay, **sections), clock, prepare=prepare, jitter=lambda: 0.5)


async def queue(db: Database, clock: FixedClock, count: int = 1) -> int:
    async with db.write() as conn:
        return await queue_issue(conn, clock.now(), [f"r{i}@example.com" for i in range(count)])


async def seen(db: Database) -> dict[str, str]:
    async with db.read() as conn:
        return await states(conn)


async def row(db: Database, message_id: int = 1) -> dict[str, Any]:
    async with db.read() as conn:
        return await outbox_row(conn, message_id)


async def issue_state(db: Database) -> str:
    async with db.read() as conn:
        return str((await conn.execute(text("SELECT state FROM issues"))).scalar_one())
