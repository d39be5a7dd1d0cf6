"""Subscribers with their subscriptions. What may happen to one is in `model.subscriber`; this keeps it."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, delete, func, null, select, update

from feedsvc.model.subscriber import MAILED, Choice, Subscriber, SubscriberState, Subscription, SuppressionReason
from feedsvc.storage import suppressions
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_mail import subscribers, subscriptions
from feedsvc.storage.types import Conn

_REASONS = {
    SubscriberState.UNSUBSCRIBED: SuppressionReason.LEFT,
    SubscriberState.BOUNCED: SuppressionReason.BOUNCED,
    SubscriberState.COMPLAINED: SuppressionReason.COMPLAINED,
}


def new_nonce() -> str:
    """A fresh nonce: 12 letters, 72 bits."""
    return secrets.token_urlsafe(9)


async def get(conn: Conn, subscriber_id: int, lock: bool = False) -> Subscriber | None:
    """One subscriber; `lock` holds the row until the transaction ends."""
    return await _one(conn, select(subscribers).where(subscribers.c.id == subscriber_id), lock)


async def by_email_key(conn: Conn, email_key: str, lock: bool = False) -> Subscriber | None:
    """One subscriber by the address as compared (`Subscriber.email_key`)."""
    return await _one(conn, select(subscribers).where(subscribers.c.email_key == email_key), lock)


async def by_token(conn: Conn, subscriber_id: str, nonce: str, lock: bool = False) -> Subscriber | None:
    """The subscriber whom a verified token names; None where they are gone or the nonce is a former one."""
    found = await get(conn, int(subscriber_id), lock)
    if found is None or not hmac.compare_digest(found.nonce.encode(), nonce.encode()):
        return None
    return found


async def page(
    conn: Conn,
    *,
    after: int = 0,
    limit: int = 50,
    list_slug: str = "",
    state: SubscriberState | None = None,
    search: str = "",
) -> list[Subscriber]:
    """The next subscribers by id after `after`; on a list, in a state, with `search` in the address, where given."""
    query = select(subscribers).where(subscribers.c.id > after).order_by(subscribers.c.id).limit(limit)
    if list_slug:
        members = select(subscriptions.c.subscriber_id).where(subscriptions.c.list == list_slug)
        query = query.where(subscribers.c.id.in_(members))
    if state is not None:
        query = query.where(subscribers.c.state == state.value)
    if search:
        query = query.where(subscribers.c.email_key.contains(search.lower(), autoescape=True))
    return await many(conn, query)


async def counts(conn: Conn) -> dict[SubscriberState, int]:
    """How many subscribers are in each state; states without any are missing."""
    query = select(subscribers.c.state, func.count()).group_by(subscribers.c.state)
    return {SubscriberState(row[0]): row[1] for row in await conn.execute(query)}


async def add(conn: Conn, email: str, language: str, source: str, now: datetime) -> Subscriber:
    """A pending subscriber for a checked address, locked; the one that is there where the address is known already."""
    values = {
        "email": email,
        "email_key": email.lower(),
        "language": language,
        "state": SubscriberState.PENDING.value,
        "created_at": now,
        "consent_source": source,
        "nonce": new_nonce(),
        "irregular": False,
    }
    await conn.execute(
        insert_for(conn, subscribers).values(**values).on_conflict_do_nothing(index_elements=["email_key"])
    )
    found = await by_email_key(conn, email.lower(), lock=True)
    assert found is not None
    return found


async def save(conn: Conn, before: Subscriber, after: Subscriber, now: datetime) -> None:
    """Keep what a rule of `model.subscriber` made of a subscriber that was read with `lock`.

    Suppressions follow the state: leaving, a bounce and a complaint add theirs, becoming active lifts it.
    """
    if before == after:
        return
    await conn.execute(update(subscribers).where(subscribers.c.id == after.id).values(**_columns(after)))
    if before.subscriptions != after.subscriptions:
        await _save_subscriptions(conn, before, after, now)
    if after.state is not before.state:
        if after.state in _REASONS:
            await suppressions.add(conn, after.email_key, _REASONS[after.state], now)
        elif after.state in MAILED and before.state not in MAILED:
            await suppressions.lift(conn, after.email_key)


async def _save_subscriptions(conn: Conn, before: Subscriber, after: Subscriber, now: datetime) -> None:
    going = set(before.lists) - set(after.lists)
    if going:
        of_them = (subscriptions.c.subscriber_id == after.id, subscriptions.c.list.in_(going))
        await conn.execute(delete(subscriptions).where(*of_them))
    for subscription in after.subscriptions:
        values: dict[str, Any] = {"wishes": subscription.wishes, "frequency": subscription.frequency}
        statement = insert_for(conn, subscriptions).values(
            subscriber_id=after.id, list=subscription.list_slug, joined_at=now, **values
        )
        await conn.execute(statement.on_conflict_do_update(index_elements=["subscriber_id", "list"], set_=values))


def _columns(subscriber: Subscriber) -> dict[str, Any]:
    return {
        "name": subscriber.name,
        "language": subscriber.language,
        "timezone": subscriber.timezone,
        "state": subscriber.state.value,
        "confirmed_at": subscriber.confirmed_at,
        "consent_at": subscriber.consent_at,
        "consent_source": subscriber.consent_source,
        "nonce": subscriber.nonce,
        "confirmation_sent_at": subscriber.confirmation_sent_at,
        "asked": asked_json(subscriber.asked) or null(),
        "irregular": subscriber.irregular,
    }


def asked_json(asked: Choice | None) -> dict[str, Any] | None:
    """What waits for a confirmation, as its column holds it."""
    return asdict(asked) if asked else None


async def _one(conn: Conn, query: Select[Any], lock: bool) -> Subscriber | None:
    found = await many(conn, query.with_for_update() if lock else query)
    return found[0] if found else None


async def many(conn: Conn, query: Select[Any]) -> list[Subscriber]:
    """The subscribers that a query over the table finds, with their subscriptions."""
    people = (await conn.execute(query)).mappings().all()
    joined = await _subscriptions(conn, [person["id"] for person in people])
    return [_subscriber(person, tuple(joined.get(person["id"], ()))) for person in people]


async def _subscriptions(conn: Conn, ids: Sequence[int]) -> dict[int, list[Subscription]]:
    found: dict[int, list[Subscription]] = {}
    if not ids:
        return found
    query = select(subscriptions).where(subscriptions.c.subscriber_id.in_(ids)).order_by(subscriptions.c.list)
    for row in (await conn.execute(query)).mappings():
        subscription = Subscription(row["list"], dict(row["wishes"]), row["frequency"])
        found.setdefault(row["subscriber_id"], []).append(subscription)
    return found


def _subscriber(row: RowMapping, joined: tuple[Subscription, ...]) -> Subscriber:
    asked = row["asked"]
    return Subscriber(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        language=row["language"],
        timezone=row["timezone"],
        state=SubscriberState(row["state"]),
        created_at=row["created_at"],
        confirmed_at=row["confirmed_at"],
        consent_at=row["consent_at"],
        consent_source=row["consent_source"],
        nonce=row["nonce"],
        subscriptions=joined,
        asked=Choice(**{**asked, "lists": tuple(asked["lists"]), "categories": tuple(asked["categories"])})
        if asked
        else None,
        confirmation_sent_at=row["confirmation_sent_at"],
        irregular=row["irregular"],
    )
