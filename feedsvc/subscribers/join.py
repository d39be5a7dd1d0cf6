"""Signing up: whatever is known of an address, answer and cost are the same (FAULTS, "never possible", 5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from feedsvc.errors import InputError
from feedsvc.logs import get_logger
from feedsvc.model.issue import MessageKind
from feedsvc.model.subscriber import MAILED, Choice, Subscriber, mail_after_joining
from feedsvc.settings import Settings
from feedsvc.storage import outbox, subscribers, suppressions, throttles
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from feedsvc.subscribers import addresses
from feedsvc.subscribers.offer import Refusal, faults, read_offer, tidy

log = get_logger(__name__)

WINDOW = timedelta(hours=1)
PER_ADDRESS, PER_NETWORK, OVERALL = 60, 120, 2000
"""Sign-ups without fault an hour: from one IP address (behind which a campus may sit), one IPv6 /64, and in all."""


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What a visitor sent. `remote` is their IP address, `source` where they signed up (a page, an embedded box)."""

    email: str
    lists: tuple[str, ...]
    categories: tuple[str, ...] = ()
    frequency: str = ""
    name: str = ""
    language: str = ""
    remote: str = ""
    source: str = "web"


@dataclass(frozen=True, slots=True)
class JoinOutcome:
    """Accepted, or what was wrong with the request itself; never anything about the address."""

    refusals: tuple[Refusal, ...] = ()

    @property
    def accepted(self) -> bool:
        """Was nothing wrong?"""
        return not self.refusals


async def join(
    db: Database, settings: Settings, now: datetime, request: JoinRequest, *, test_environment: bool = False
) -> JoinOutcome:
    """Take a sign-up in one transaction; what mail follows, if any, is in the outbox. `now` is aware, in UTC.

    A form with faults is told what they are, writes nothing and counts against no cap: typing wrongly costs nothing.
    Who is subscribed already gets their links and nothing changes; others get a confirmation, and what they asked for
    waits for it. `test_environment` accepts addresses under .test.
    """
    choice = tidy(Choice(request.lists, request.categories, request.frequency, request.name, request.language))
    email, wrong = _address(request.email, test_environment)
    async with db.read() as conn:
        offer = await read_offer(conn)
    wrong = (*wrong, *([] if choice.lists else [Refusal.LISTS_MISSING]), *faults(choice, offer))
    if wrong:
        return JoinOutcome(wrong)
    choice = replace(choice, language=choice.language or settings.site.language)
    async with db.write() as conn:
        # Before anything is known of the address: the answer must not depend on it.
        if not await _may(conn, request.remote, now):
            return JoinOutcome((Refusal.TOO_MANY,))
        await _ask(conn, email, choice, request.source, now)
    return JoinOutcome()


def _address(text: str, test_environment: bool) -> tuple[str, tuple[Refusal, ...]]:
    if not text.strip():
        return "", (Refusal.EMAIL_MISSING,)
    try:
        return addresses.check(text, test_environment=test_environment), ()
    except InputError:
        return "", (Refusal.EMAIL_INVALID,)


async def _may(conn: Conn, remote: str, now: datetime) -> bool:
    """Count this request against every cap; False where one is passed."""
    await throttles.forget(conn, now - 2 * WINDOW)
    caps = [("join-all", "", OVERALL), *_caps_of(remote)]
    counts = [await throttles.count(conn, what, whom, WINDOW, now) for what, whom, _ in caps]
    passed = [what for (what, _, cap), count in zip(caps, counts, strict=True) if count > cap]
    if passed:
        log.warning("sign-up refused: too many", caps=passed)
    return not passed


def _caps_of(remote: str) -> list[tuple[str, str, int]]:
    try:
        address = ip_address(remote)
    except ValueError:
        # No address to be told apart by: whoever has none shares one count.
        return [("join-ip", "", PER_ADDRESS)]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return [("join-ip", str(address.ipv4_mapped), PER_ADDRESS)]
        network = str(int(address) >> 64)
        return [("join-ip", str(address), PER_ADDRESS), ("join-net", network, PER_NETWORK)]
    return [("join-ip", str(address), PER_ADDRESS)]


async def _ask(conn: Conn, email: str, choice: Choice, source: str, now: datetime) -> None:
    before = await subscribers.add(conn, email, choice.language, source, now)
    kind = mail_after_joining(before, await suppressions.reason(conn, before.email_key), now)
    if kind is MessageKind.CONFIRMATION or (kind is None and before.state not in MAILED):
        # Asked again within the day: the mail that is on its way confirms the latest wish.
        after = replace(before, asked=choice)
    else:
        after = before
    if kind is not None:
        after = replace(after, confirmation_sent_at=now)
    await subscribers.save(conn, before, after, now)
    if kind is not None:
        await send(conn, after, kind, choice.language, now)


async def send(conn: Conn, subscriber: Subscriber, kind: MessageKind, language: str, now: datetime) -> None:
    """Put a confirmation or a mail with their links into the outbox. The sender makes the links when it sends."""
    await outbox.enqueue(
        conn,
        kind,
        subscriber_id=subscriber.id,
        payload={"language": language},
        now=now,
        # Tried for a day only: after that they may ask again.
        expires_at=now + timedelta(days=1),
    )
