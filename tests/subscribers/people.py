"""A small newsroom and the steps by which somebody becomes a reader, for the tests of this stage."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from feedsvc.model.issue import MessageKind
from feedsvc.model.newsroom import Category, Digest, ReaderList
from feedsvc.model.subscriber import Subscriber
from feedsvc.settings import Settings
from feedsvc.storage import categories, counters, digests, lists, subscribers
from feedsvc.storage.database import Database
from feedsvc.storage.schema_mail import outbox
from feedsvc.subscribers.confirm import confirm
from feedsvc.subscribers.join import JoinOutcome, JoinRequest, join
from feedsvc.text.links import confirm_url, preferences_url, unsubscribe_url

EMAIL = "lu.wen@example.edu"


async def newsroom(db: Database, now: datetime) -> None:
    """Two public lists, a private one, three categories, two digests, and 10 entries."""
    async with db.write() as conn:
        for position, slug in enumerate(("news", "research", "yaowen")):
            await categories.put(conn, Category(slug, slug.title()), position)
        for position, (slug, public) in enumerate((("alumni", True), ("press", True), ("staff", False))):
            await lists.put(conn, ReaderList(slug, slug.title(), public), position)
        weekly = Digest("weekly", "Weekly", "0 8 * * mon", lists=("alumni", "staff"))
        daily = Digest("daily", "Daily", "0 7 * * *", lists=("press", "staff"), frequency="daily")
        await digests.put(conn, weekly, 0, now)
        await digests.put(conn, daily, 1, now)
        for _ in range(10):
            await counters.next_value(conn, counters.ENTRY)


async def entries(db: Database, number: int) -> None:
    """So many articles enter."""
    async with db.write() as conn:
        for _ in range(number):
            await counters.next_value(conn, counters.ENTRY)


async def ask(db: Database, settings: Settings, now: datetime, email: str = EMAIL, **fields: Any) -> JoinOutcome:
    """Sign up, for the list of the alumni unless told otherwise."""
    values: dict[str, Any] = {"email": email, "lists": ("alumni",), "remote": "192.0.2.1"} | fields
    return await join(db, settings, now, JoinRequest(**values))


async def reader(db: Database, settings: Settings, now: datetime, email: str = EMAIL, **fields: Any) -> Subscriber:
    """Somebody who has signed up and confirmed."""
    await ask(db, settings, now, email, **fields)
    assert await confirm(db, settings.signing_keys(), await confirm_token(db, settings, now, email), now)
    return await who(db, email)


async def who(db: Database, email: str = EMAIL) -> Subscriber:
    """The subscriber as stored."""
    async with db.read() as conn:
        found = await subscribers.by_email_key(conn, email.lower())
    assert found is not None
    return found


async def confirm_token(db: Database, settings: Settings, now: datetime, email: str = EMAIL) -> str:
    """The token of a confirmation link made at an instant."""
    person = await who(db, email)
    return confirm_url("", settings.signing_keys(), person.id, person.nonce, now).rpartition("/")[2]


async def preferences_token(db: Database, settings: Settings, email: str = EMAIL) -> str:
    """The token of their preferences link."""
    person = await who(db, email)
    return preferences_url("", settings.signing_keys(), person.id, person.nonce).rpartition("/")[2]


async def unsubscribe_token(db: Database, settings: Settings, digest: str, email: str = EMAIL) -> str:
    """The token of their unsubscribe link for a digest."""
    person = await who(db, email)
    return unsubscribe_url("", settings.signing_keys(), person.id, person.nonce, digest).rpartition("/")[2]


async def mails(db: Database) -> list[tuple[MessageKind, int]]:
    """What is in the outbox: kind and subscriber."""
    async with db.read() as conn:
        rows = await conn.execute(select(outbox.c.kind, outbox.c.subscriber_id).order_by(outbox.c.id))
        return [(MessageKind(row[0]), row[1]) for row in rows]
