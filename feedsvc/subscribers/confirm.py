"""Confirming an address: looking changes nothing, pressing the button does (double opt-in)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.logs import get_logger
from feedsvc.model.subscriber import MAILED, Choice, Subscriber, SuppressionReason, current_choice
from feedsvc.model.subscriber import confirm as confirmed
from feedsvc.storage import counters, subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from feedsvc.subscribers.offer import Offer, read_offer
from feedsvc.text import tokens

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whom a confirmation link is for, and what it joins, or has joined where `done`."""

    subscriber: Subscriber
    choice: Choice
    done: bool
    offer: Offer


async def look(conn: Conn, keys: Sequence[bytes], token: str, now: datetime) -> Confirmation | None:
    """What the link would do; None where it is not valid (any more) or there is nothing to confirm."""
    return await _read(conn, keys, token, now)


async def confirm(db: Database, keys: Sequence[bytes], token: str, now: datetime) -> Confirmation | None:
    """Join what was asked for; None where the link is not valid. A second time changes nothing and answers the same."""
    async with db.write() as conn:
        found = await _read(conn, keys, token, now, lock=True)
        if found is None or found.done:
            return found
        before = found.subscriber
        asking = replace(before, asked=found.choice)
        suppressed = await suppressions.reason(conn, before.email_key)
        after = confirmed(asking, suppressed, await counters.value(conn, counters.ENTRY), now)
        await subscribers.save(conn, before, after, now)
        await suppressions.lift(conn, after.email_key)
    log.info("address confirmed", subscriber=after.id)
    return Confirmation(after, found.choice, True, found.offer)


async def _read(
    conn: Conn, keys: Sequence[bytes], token: str, now: datetime, lock: bool = False
) -> Confirmation | None:
    parts = tokens.verify(keys, tokens.CONFIRM, token, now)
    subscriber = await subscribers.by_token(conn, *parts, lock=lock) if parts and len(parts) == 2 else None
    if subscriber is None:
        return None
    reason = await suppressions.reason(conn, subscriber.email_key)
    if SuppressionReason.COMPLAINED in (reason, subscriber.state):
        return None
    offer = await read_offer(conn)
    if subscriber.asked is None:
        if subscriber.state not in MAILED:
            # Confirmed once and left since: an old link does not bring them back.
            return None
        return Confirmation(subscriber, current_choice(subscriber), True, offer)
    asked = _still_there(subscriber.asked, offer)
    return Confirmation(subscriber, asked, False, offer) if asked.lists else None


def _still_there(asked: Choice, offer: Offer) -> Choice:
    """Without lists and categories that have gone since it was asked for."""
    lists = {item.slug for item in offer.lists}
    categories = {item.slug for item in offer.categories}
    return replace(
        asked,
        lists=tuple(slug for slug in asked.lists if slug in lists),
        categories=tuple(slug for slug in asked.categories if slug in categories),
    )
