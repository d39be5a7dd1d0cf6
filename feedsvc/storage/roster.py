"""Subscribers by the thousand: what an import reads and writes, a few statements for each thousand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, null, select

from feedsvc.model.subscriber import Subscriber
from feedsvc.storage.schema_mail import subscribers, subscriptions
from feedsvc.storage.subscribers import asked_json, many
from feedsvc.storage.types import Conn


async def by_email_keys(conn: Conn, email_keys: Iterable[str], lock: bool = False) -> dict[str, Subscriber]:
    """Those of up to some thousands of addresses (as compared) that are subscribers; `lock` holds their rows."""
    query = select(subscribers).where(subscribers.c.email_key.in_(list(email_keys))).order_by(subscribers.c.id)
    return {found.email_key: found for found in await many(conn, query.with_for_update() if lock else query)}


async def add_many(conn: Conn, people: Sequence[Subscriber], now: datetime) -> list[int]:
    """Write new subscribers with their subscriptions; returns their ids, in order. What `id` they bear is ignored.

    Raises StorageError where an address is there already: look with `by_email_keys` in the same transaction.
    """
    if not people:
        return []
    rows = [_row(person) for person in people]
    # Adding, then looking up the ids, costs less than RETURNING, for which SQLAlchemy writes out every row's parameters.
    await conn.execute(insert(subscribers), rows)
    keys = [person.email_key for person in people]
    query = select(subscribers.c.email_key, subscribers.c.id).where(subscribers.c.email_key.in_(keys))
    ids: dict[str, int] = {row[0]: row[1] for row in await conn.execute(query)}
    joined = [
        {
            "subscriber_id": ids[person.email_key],
            "list": subscription.list_slug,
            "wishes": subscription.wishes,
            "frequency": subscription.frequency,
            "joined_at": now,
        }
        for person in people
        for subscription in person.subscriptions
    ]
    if joined:
        await conn.execute(insert(subscriptions), joined)
    return [ids[person.email_key] for person in people]


def _row(person: Subscriber) -> dict[str, Any]:
    return {
        "email": person.email,
        "email_key": person.email_key,
        "name": person.name,
        "language": person.language,
        "timezone": person.timezone,
        "state": person.state.value,
        "created_at": person.created_at,
        "confirmed_at": person.confirmed_at,
        "consent_at": person.consent_at,
        "consent_source": person.consent_source,
        "nonce": person.nonce,
        "confirmation_sent_at": person.confirmation_sent_at,
        "asked": asked_json(person.asked) or null(),
        "irregular": person.irregular,
    }
