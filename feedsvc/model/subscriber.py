"""Readers who get mail, and the rules of joining, choosing and leaving: old state and a wish in, new state out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from feedsvc.model.issue import MessageKind

EVERYTHING = "*"
"""The key of a wish for every category a digest offers."""

FREQUENCIES = ("daily", "weekly", "monthly")
"""What a reader may choose by; empty takes every digest of a list."""

_BETWEEN_MAILS = timedelta(days=1)
_AFTER_A_BOUNCE = timedelta(days=30)


class SubscriberState(StrEnum):
    """Where a subscriber stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


MAILED = (SubscriberState.ACTIVE, SubscriberState.PAUSED)
"""States of those who are subscribed, whether or not mail comes at present."""


class SuppressionReason(StrEnum):
    """Why an address must not be mailed, the weakest first: a stronger one replaces a weaker."""

    LEFT = "left"
    ERASED = "erased"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber's membership of a list.

    `wishes` maps a category slug, or `EVERYTHING`, to the entry number after which it counts: an article is wanted
    where it entered that category later. Beside `EVERYTHING` may stand single slugs that were chosen earlier and count
    from there. `frequency` empty takes every digest of the list, else those of that frequency.
    """

    list_slug: str
    wishes: dict[str, int] = field(default_factory=dict)
    frequency: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The categories chosen, sorted; none = all."""
        return () if EVERYTHING in self.wishes else tuple(sorted(self.wishes))


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody asks for on a form or in a file: lists, categories (none = all), and how to be addressed."""

    lists: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    frequency: str = ""
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One e-mail address and what its owner asked for. Instants are aware, in UTC.

    `email` is ASCII: an international domain is in its xn-- form. `asked` is what waits for the owner's confirmation.
    `irregular`: what they received is worked out singly, see digests.choose.
    """

    id: int
    email: str
    name: str
    language: str
    timezone: str
    state: SubscriberState
    created_at: datetime
    confirmed_at: datetime | None
    consent_at: datetime | None
    consent_source: str
    nonce: str
    subscriptions: tuple[Subscription, ...] = ()
    asked: Choice | None = None
    confirmation_sent_at: datetime | None = None
    irregular: bool = False

    @property
    def email_key(self) -> str:
        """The address as compared: one mailbox, one key."""
        return self.email.lower()

    @property
    def lists(self) -> tuple[str, ...]:
        """The slugs of the lists they are on."""
        return tuple(subscription.list_slug for subscription in self.subscriptions)


def mail_after_joining(
    subscriber: Subscriber | None, suppressed: SuppressionReason | None, now: datetime
) -> MessageKind | None:
    """The mail that a sign-up brings to an address, which the page never tells; None for none.

    One mail a day, of those that nobody answered: a confirmation that was used, and the links of somebody who left
    since, took access to the mailbox, and no longer count. One in 30 days to an address that bounced; none after a
    complaint. Who is subscribed already gets the link to their preferences, everybody else a confirmation.
    """
    state = subscriber.state if subscriber else SubscriberState.PENDING
    if SuppressionReason.COMPLAINED in (suppressed, state):
        return None
    wait = _AFTER_A_BOUNCE if SuppressionReason.BOUNCED in (suppressed, state) else _BETWEEN_MAILS
    last = subscriber.confirmation_sent_at if subscriber else None
    if last is not None and now - last < wait:
        return None
    return MessageKind.LINKS if state in MAILED and suppressed is None else MessageKind.CONFIRMATION


def confirm(subscriber: Subscriber, suppressed: SuppressionReason | None, entry: int, now: datetime) -> Subscriber:
    """Apply what was asked for, wishes counting from `entry`. Unchanged where nothing waits, or after a complaint."""
    if subscriber.asked is None or SuppressionReason.COMPLAINED in (suppressed, subscriber.state):
        return subscriber
    asked = subscriber.asked
    joined = {old.list_slug: old for old in subscriber.subscriptions}
    for slug in asked.lists:
        joined[slug] = _chosen(slug, asked, joined.get(slug), entry)
    return replace(
        subscriber,
        state=SubscriberState.ACTIVE,
        name=asked.name or subscriber.name,
        language=asked.language or subscriber.language,
        confirmed_at=now,
        consent_at=now,
        subscriptions=tuple(joined.values()),
        asked=None,
        # A confirmation that was used does not count against the day: whoever leaves may come back at once.
        confirmation_sent_at=None,
        # Whoever was here before may have received articles that a new wish would bring again.
        irregular=subscriber.irregular or subscriber.state is not SubscriberState.PENDING,
    )


def choose(subscriber: Subscriber, choice: Choice, entry: int) -> Subscriber:
    """Be on exactly these lists with these categories: kept ones count from where they did, new ones from `entry`.

    Choosing no list is leaving. For somebody who is active or paused; others ask and confirm.
    """
    if not choice.lists:
        return leave(subscriber)
    before = {old.list_slug: old for old in subscriber.subscriptions}
    subscriptions = tuple(_chosen(slug, choice, before.get(slug), entry) for slug in choice.lists)
    changed = {new.list_slug: new for new in subscriptions} != before
    return replace(
        subscriber,
        name=choice.name,
        language=choice.language or subscriber.language,
        subscriptions=subscriptions,
        irregular=subscriber.irregular or changed,
    )


def current_choice(subscriber: Subscriber) -> Choice:
    """What they have, as one choice: all categories if any list brings all, the frequency if all lists share it."""
    chosen = {slug for subscription in subscriber.subscriptions for slug in subscription.choices}
    everything = any(not subscription.choices for subscription in subscriber.subscriptions)
    frequencies = {subscription.frequency for subscription in subscriber.subscriptions}
    return Choice(
        lists=subscriber.lists,
        categories=() if everything else tuple(sorted(chosen)),
        frequency=frequencies.pop() if len(frequencies) == 1 else "",
        name=subscriber.name,
        language=subscriber.language,
    )


def add_lists(subscriber: Subscriber, choice: Choice, entry: int) -> Subscriber:
    """Add the lists they are not on yet; nothing that they chose themselves changes, nor does their state."""
    joined = joined_with(subscriber.subscriptions, choice, entry)
    return replace(
        subscriber,
        name=subscriber.name or choice.name,
        subscriptions=joined,
        irregular=subscriber.irregular or joined != subscriber.subscriptions,
    )


def joined_with(subscriptions: tuple[Subscription, ...], choice: Choice, entry: int) -> tuple[Subscription, ...]:
    """The same and the lists that are not among them."""
    there = {subscription.list_slug for subscription in subscriptions}
    return (*subscriptions, *(_chosen(slug, choice, None, entry) for slug in choice.lists if slug not in there))


def leave(subscriber: Subscriber, lists: Iterable[str] | None = None) -> Subscriber:
    """Leave these lists, or all. On none any more: unsubscribed, and what waited for a confirmation is forgotten."""
    going = set(subscriber.lists if lists is None else lists)
    staying = tuple(kept for kept in subscriber.subscriptions if kept.list_slug not in going)
    if staying:
        return replace(subscriber, subscriptions=staying)
    gone = subscriber.state in (*MAILED, SubscriberState.PENDING)
    state = SubscriberState.UNSUBSCRIBED if gone else subscriber.state
    # What they got as a subscriber, their links, must not hold back the confirmation by which they return. A
    # confirmation that was not used does count on: leaving a second time, or while it waits, brings no more mail.
    sent_at = None if subscriber.state in MAILED else subscriber.confirmation_sent_at
    return replace(subscriber, subscriptions=(), state=state, asked=None, confirmation_sent_at=sent_at)


def pause(subscriber: Subscriber) -> Subscriber:
    """No mail until they resume. Unchanged for everybody who is not active."""
    if subscriber.state is not SubscriberState.ACTIVE:
        return subscriber
    return replace(subscriber, state=SubscriberState.PAUSED)


def resume(subscriber: Subscriber) -> Subscriber:
    """Mail again, with what they missed. Unchanged for everybody who is not paused."""
    if subscriber.state is not SubscriberState.PAUSED:
        return subscriber
    return replace(subscriber, state=SubscriberState.ACTIVE, irregular=True)


def suppress(subscriber: Subscriber, reason: SuppressionReason) -> Subscriber:
    """Not to be mailed any more, and why. A complaint outlasts whatever comes after it."""
    if subscriber.state is SubscriberState.COMPLAINED:
        return subscriber
    if reason in (SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED):
        return replace(subscriber, state=SubscriberState(reason.value), asked=None)
    return leave(subscriber)


def stronger(one: SuppressionReason | None, other: SuppressionReason) -> SuppressionReason:
    """Which of two reasons stands."""
    order = list(SuppressionReason)
    return other if one is None or order.index(other) > order.index(one) else one


def _chosen(slug: str, choice: Choice, old: Subscription | None, entry: int) -> Subscription:
    return Subscription(slug, _wishes(choice.categories, old.wishes if old else {}, entry), choice.frequency)


def _wishes(categories: Iterable[str], before: Mapping[str, int], entry: int) -> dict[str, int]:
    """Wishes for these categories (none = all). What was wished for before counts from where it did."""
    wanted = tuple(categories)
    everything = before.get(EVERYTHING, entry)
    if not wanted:
        return {**before, EVERYTHING: everything}
    return {slug: min(before.get(slug, everything), everything) for slug in wanted}
