"""A subscriber's own page: what they have, and changing it. Looking changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from feedsvc.logs import get_logger
from feedsvc.model import subscriber as rules
from feedsvc.model.issue import MessageKind
from feedsvc.model.subscriber import MAILED, Choice, Subscriber
from feedsvc.storage import counters, subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from feedsvc.subscribers.join import send
from feedsvc.subscribers.offer import Offer, Refusal, faults, read_offer, tidy
from feedsvc.text import tokens

log = get_logger(__name__)


class Done(StrEnum):
    """What came of it."""

    SAVED = "saved"
    PAUSED = "paused"
    RESUMED = "resumed"
    LEFT = "left"
    ASKED = "asked"
    """Somebody who had left chose lists again: a confirmation is on its way, as with any sign-up."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Whom the link is for, what they have, and what there is to choose from (their private lists among it)."""

    subscriber: Subscriber
    choice: Choice
    offer: Offer

    @property
    def lists(self) -> tuple[str, ...]:
        """The slugs of the lists that they may be on."""
        open_lists = {item.slug for item in self.offer.open_lists()}
        return tuple(item.slug for item in self.offer.lists if item.slug in {*open_lists, *self.subscriber.lists})

    @property
    def may_leave(self) -> bool:
        """Are they on any list?"""
        return bool(self.subscriber.lists)

    @property
    def may_pause(self) -> bool:
        """Is there mail that could pause, or resume?"""
        return self.may_leave and self.subscriber.state in MAILED


@dataclass(frozen=True, slots=True)
class Saved:
    """How things stand now, and what was done or what was wrong with the form. `left`: slugs of lists just left.

    Neither where there was nothing to do: pausing, resuming or leaving, while on no list.
    """

    preferences: Preferences
    done: Done | None = None
    refusals: tuple[Refusal, ...] = ()
    left: tuple[str, ...] = ()


async def look(conn: Conn, keys: Sequence[bytes], token: str) -> Preferences | None:
    """What a subscriber has; None where the link is not valid."""
    subscriber = await _whose(conn, keys, token)
    return _preferences(subscriber, await read_offer(conn)) if subscriber else None


async def save(db: Database, keys: Sequence[bytes], token: str, now: datetime, choice: Choice) -> Saved | None:
    """Be on exactly these lists with these categories, frequency, name and language; None where the link is not valid.

    No list is leaving. Kept categories count from where they did, new ones from now on.
    """
    choice = tidy(choice)
    async with db.write() as conn:
        before = await _whose(conn, keys, token, lock=True)
        if before is None:
            return None
        offer = await read_offer(conn)
        refusals = faults(choice, offer, before.lists)
        if refusals:
            return Saved(_preferences(before, offer), refusals=refusals)
        if before.state not in MAILED:
            return await _ask_again(conn, before, choice, offer, now)
        after = rules.choose(before, choice, await counters.value(conn, counters.ENTRY))
        await subscribers.save(conn, before, after, now)
    log.info("preferences saved", subscriber=after.id, lists=len(after.lists))
    return Saved(_preferences(after, offer), Done.SAVED if after.lists else Done.LEFT, left=_left(before, after))


async def pause(db: Database, keys: Sequence[bytes], token: str, now: datetime) -> Saved | None:
    """No mail until they resume; None where the link is not valid."""
    return await _change(db, keys, token, now, rules.pause, Done.PAUSED)


async def resume(db: Database, keys: Sequence[bytes], token: str, now: datetime) -> Saved | None:
    """Mail again; None where the link is not valid."""
    return await _change(db, keys, token, now, rules.resume, Done.RESUMED)


async def leave_all(db: Database, keys: Sequence[bytes], token: str, now: datetime) -> Saved | None:
    """Leave every list; None where the link is not valid."""
    return await _change(db, keys, token, now, rules.leave, Done.LEFT)


async def _change(
    db: Database, keys: Sequence[bytes], token: str, now: datetime, rule: Callable[[Subscriber], Subscriber], done: Done
) -> Saved | None:
    async with db.write() as conn:
        before = await _whose(conn, keys, token, lock=True)
        if before is None:
            return None
        after = rule(before)
        await subscribers.save(conn, before, after, now)
        offer = await read_offer(conn)
    stood = _preferences(before, offer)
    if not (stood.may_leave if done is Done.LEFT else stood.may_pause):
        return Saved(_preferences(after, offer))
    log.info("preferences changed", subscriber=after.id, done=done.value)
    return Saved(_preferences(after, offer), done, left=_left(before, after))


async def _ask_again(conn: Conn, before: Subscriber, choice: Choice, offer: Offer, now: datetime) -> Saved:
    """Who is not subscribed comes back by the same door as everybody: a confirmation."""
    if not choice.lists:
        return Saved(_preferences(before, offer), refusals=(Refusal.LISTS_MISSING,))
    kind = rules.mail_after_joining(before, await suppressions.reason(conn, before.email_key), now)
    after = replace(before, asked=choice, confirmation_sent_at=now if kind else before.confirmation_sent_at)
    await subscribers.save(conn, before, after, now)
    if kind is not None:
        await send(conn, after, MessageKind.CONFIRMATION, choice.language or before.language, now)
    return Saved(_preferences(after, offer), Done.ASKED)


def _left(before: Subscriber, after: Subscriber) -> tuple[str, ...]:
    return tuple(slug for slug in before.lists if slug not in after.lists)


async def _whose(conn: Conn, keys: Sequence[bytes], token: str, lock: bool = False) -> Subscriber | None:
    parts = tokens.verify(keys, tokens.PREFERENCES, token)
    return await subscribers.by_token(conn, *parts, lock=lock) if parts and len(parts) == 2 else None


def _preferences(subscriber: Subscriber, offer: Offer) -> Preferences:
    return Preferences(subscriber, rules.current_choice(subscriber), offer)
