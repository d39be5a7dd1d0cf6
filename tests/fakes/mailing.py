"""Rows that a test of the outbox starts from: readers, an issue, its edition, its messages."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from feedsvc.model.issue import IssueState
from feedsvc.model.subscriber import SubscriberState
from feedsvc.storage import outbox as outbox_rows
from feedsvc.storage.schema import digests, lists
from feedsvc.storage.schema_mail import editions, issues, outbox, subscribers, subscriptions
from feedsvc.storage.types import Conn


async def add_reader(
    conn: Conn, email: str, now: datetime, state: SubscriberState = SubscriberState.ACTIVE, on_list: str = ""
) -> int:
    """A subscriber, on a list if one is named; returns the id."""
    row = {
        "email": email,
        "email_key": email.lower(),
        "language": "en",
        "state": state.value,
        "created_at": now,
        "nonce": "abcdef0123456789",
        "irregular": False,
    }
    reader_id = int((await conn.execute(insert(subscribers).values(row).returning(subscribers.c.id))).scalar_one())
    if on_list:
        await conn.execute(
            insert(subscriptions).values(subscriber_id=reader_id, list=on_list, wishes={"*": 0}, joined_at=now)
        )
    return reader_id


async def add_digest(conn: Conn, now: datetime, slug: str = "weekly", on_list: str = "alumni") -> None:
    """A list and a digest that goes to it."""
    await conn.execute(insert(lists).values(slug=on_list, title="Alumni", public=True, position=0))
    row = {
        "slug": slug,
        "title": "USST weekly",
        "schedule": "0 8 * * mon",
        "categories": [],
        "lists": [on_list],
        "frequency": "weekly",
        "timezone": "Asia/Shanghai",
        "language": "en",
        "template": "default",
        "min_items": 1,
        "max_items": 30,
        "lateness_seconds": 21_600,
        "position": 0,
        "scheduled_since": now,
    }
    await conn.execute(insert(digests).values(row))


async def add_issue(
    conn: Conn, now: datetime, state: IssueState = IssueState.SENDING, number: int = 1, slug: str = "weekly"
) -> tuple[int, int]:
    """An issue with one edition; returns both ids."""
    row = {
        "digest": slug,
        "digest_title": "USST weekly",
        "number": number,
        "period": f"2020-06-{number:02}T08:00",
        "due_at": now,
        "created_at": now,
        "state": state.value,
        "subject": "USST weekly",
        "upto": 0,
    }
    issue_id = int((await conn.execute(insert(issues).values(row).returning(issues.c.id))).scalar_one())
    share = {
        "issue_id": issue_id,
        "language": "en",
        "article_ids": [],
        "full": 0,
        "block_keys": [],
        "lead": "",
        "more": 0,
        "subject": "USST weekly",
        "public": False,
        "digest_key": "k",
    }
    edition_id = int((await conn.execute(insert(editions).values(share).returning(editions.c.id))).scalar_one())
    return issue_id, edition_id


async def queue_issue(conn: Conn, now: datetime, emails: list[str], state: IssueState = IssueState.SENDING) -> int:
    """A whole issue, one digest row for each address; returns the issue's id."""
    issue_id, edition_id = await add_issue(conn, now, state)
    rows = [(await add_reader(conn, email, now), edition_id) for email in emails]
    assert await outbox_rows.add_digest_rows(conn, issue_id, rows, now, now + timedelta(days=1)) == len(rows)
    return issue_id


async def set_issue(conn: Conn, issue_id: int, state: IssueState) -> None:
    """Put an issue into a state."""
    await conn.execute(update(issues).where(issues.c.id == issue_id).values(state=state.value))


async def outbox_row(conn: Conn, message_id: int) -> dict[str, Any]:
    """One outbox row as it stands."""
    return dict((await conn.execute(select(outbox).where(outbox.c.id == message_id))).mappings().one())


async def states(conn: Conn) -> dict[str, str]:
    """The state of each message by its reader's present address."""
    query = select(subscribers.c.email, outbox.c.state).join(subscribers, subscribers.c.id == outbox.c.subscriber_id)
    return {row[0]: row[1] for row in await conn.execute(query)}
