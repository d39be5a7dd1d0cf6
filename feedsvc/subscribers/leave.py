"""Leaving at one click (RFC 8058): everything that brings a digest, without cookie, question or delay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedsvc.logs import get_logger
from feedsvc.model import subscriber as rules
from feedsvc.model.subscriber import Subscriber
from feedsvc.storage import subscribers
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from feedsvc.subscribers.offer import Offer, read_offer
from feedsvc.text import tokens

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Whom the link is for, the slugs of the lists that they leave (or have left) by it, and of those that stay."""

    subscriber: Subscriber
    digest: str
    leaving: tuple[str, ...]
    staying: tuple[str, ...]
    offer: Offer


async def look(conn: Conn, keys: Sequence[bytes], token: str) -> Leaving | None:
    """What the link would do; None where it is not valid."""
    return await _read(conn, keys, token)


async def leave(db: Database, keys: Sequence[bytes], token: str, now: datetime) -> Leaving | None:
    """Leave every list that brings the token's digest; all lists where that digest is gone or the token names none.

    None where the link is not valid. A second time changes nothing. On no list any more: unsubscribed, and suppressed.
    """
    async with db.write() as conn:
        found = await _read(conn, keys, token, lock=True)
        if found is None:
            return None
        after = rules.leave(found.subscriber, found.leaving)
        await subscribers.save(conn, found.subscriber, after, now)
    log.info("lists left", subscriber=after.id, digest=found.digest, lists=len(found.leaving))
    return Leaving(after, found.digest, found.leaving, found.staying, found.offer)


async def _read(conn: Conn, keys: Sequence[bytes], token: str, lock: bool = False) -> Leaving | None:
    parts = tokens.verify(keys, tokens.UNSUBSCRIBE, token)
    if parts is None or len(parts) != 3:
        return None
    subscriber_id, nonce, slug = parts
    subscriber = await subscribers.by_token(conn, subscriber_id, nonce, lock=lock)
    if subscriber is None:
        return None
    offer = await read_offer(conn)
    digest = next((item for item in offer.digests if item.slug == slug), None)
    # A digest that is gone can no longer say which lists brought it: whoever clicks wants no more of our mail.
    brings = set(digest.lists) if digest else set(subscriber.lists)
    leaving = tuple(item for item in subscriber.lists if item in brings)
    staying = tuple(item for item in subscriber.lists if item not in brings)
    return Leaving(subscriber, slug, leaving, staying, offer)
