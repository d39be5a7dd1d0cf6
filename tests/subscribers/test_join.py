"""Signing up: the same answer for every address, at most one mail a day, and caps."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.model.issue import MessageKind
from feedsvc.model.subscriber import Choice, SubscriberState, SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.storage.schema_mail import throttles
from feedsvc.subscribers.join import PER_ADDRESS, PER_NETWORK, JoinOutcome
from feedsvc.subscribers.offer import Refusal
from tests.subscribers.people import EMAIL, ask, mails, newsroom, reader, who

ACCEPTED = JoinOutcome()


async def test_a_new_address_is_pending_and_asked_to_confirm(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    outcome = await ask(
        db, settings, clock.now(), categories=("news", "news"), frequency="weekly", name=" Lu\r\n Wen ", source="box"
    )
    assert outcome == ACCEPTED
    person = await who(db)
    assert person.state is SubscriberState.PENDING
    assert person.asked == Choice(("alumni",), ("news",), "weekly", "Lu Wen", "en")
    assert (person.name, person.subscriptions, person.consent_source) == ("", (), "box")
    assert await mails(db) == [(MessageKind.CONFIRMATION, person.id)]


async def test_the_answer_says_nothing_about_the_address(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    for number, (state, reason) in enumerate(product(SubscriberState, (None, *SuppressionReason))):
        email = f"reader{number}@example.edu"
        async with db.write() as conn:
            before = await subscribers.add(conn, email, "en", "web", clock.now())
            await subscribers.save(conn, before, replace(before, state=state), clock.now())
            await suppressions.lift(conn, email)
            if reason:
                await suppressions.add(conn, email, reason, clock.now())
        assert await ask(db, settings, clock.now(), email, remote=f"192.0.2.{number}") == ACCEPTED
        after = await who(db, email)
        assert (after.state, after.subscriptions) == (state, ())
        kinds = [kind for kind, whose in await mails(db) if whose == after.id]
        if SuppressionReason.COMPLAINED in (state, reason):
            assert kinds == []
        elif state in (SubscriberState.ACTIVE, SubscriberState.PAUSED) and reason is None:
            assert kinds == [MessageKind.LINKS]
            assert after.asked is None
        else:
            assert kinds == [MessageKind.CONFIRMATION]
            assert after.asked == Choice(("alumni",), language="en")


async def test_one_mail_a_day_and_the_latest_wish_counts(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    for lists in (("alumni",), ("press",), ("press", "alumni")):
        assert await ask(db, settings, clock.advance(timedelta(hours=2)), EMAIL.upper(), lists=lists) == ACCEPTED
    assert len(await mails(db)) == 1
    asked = (await who(db)).asked
    assert asked is not None
    assert asked.lists == ("press", "alumni")
    await ask(db, settings, clock.advance(timedelta(days=1)))
    assert len(await mails(db)) == 2


async def test_who_is_subscribed_gets_their_links_and_nothing_changes(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now())
    outcome = await ask(
        db, settings, clock.advance(timedelta(days=2)), lists=("press",), name="Somebody", language="zh"
    )
    assert outcome == ACCEPTED
    assert await who(db) == replace(before, confirmation_sent_at=clock.now())
    assert [kind for kind, _ in await mails(db)] == [MessageKind.CONFIRMATION, MessageKind.LINKS]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"email": "  "}, Refusal.EMAIL_MISSING),
        ({"email": "nobody"}, Refusal.EMAIL_INVALID),
        ({"lists": ()}, Refusal.LISTS_MISSING),
        ({"lists": ("staff",)}, Refusal.UNKNOWN_CHOICE),
        ({"lists": ("nowhere",)}, Refusal.UNKNOWN_CHOICE),
        ({"categories": ("nothing",)}, Refusal.UNKNOWN_CHOICE),
        ({"frequency": "hourly"}, Refusal.UNKNOWN_CHOICE),
        ({"language": "../../etc"}, Refusal.UNKNOWN_CHOICE),
        ({"name": "x" * 101}, Refusal.NAME_TOO_LONG),
    ],
)
async def test_what_is_wrong_with_the_form_is_told(
    db: Database, clock: FixedClock, settings: Settings, fields: dict[str, Any], refusal: Refusal
) -> None:
    await newsroom(db, clock.now())
    assert await ask(db, settings, clock.now(), **({"email": EMAIL} | fields)) == JoinOutcome((refusal,))
    assert await mails(db) == []
    async with db.read() as conn:
        assert await subscribers.page(conn) == []


async def test_caps_per_address_whatever_it_signs_up(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    outcomes = [await ask(db, settings, clock.now(), f"r{number}@example.edu") for number in range(PER_ADDRESS + 2)]
    assert outcomes == [ACCEPTED] * PER_ADDRESS + [JoinOutcome((Refusal.TOO_MANY,))] * 2
    assert len(await mails(db)) == PER_ADDRESS
    mapped = await ask(db, settings, clock.now(), "m@example.edu", remote="::ffff:192.0.2.1")
    assert mapped.refusals == (Refusal.TOO_MANY,)
    assert (await ask(db, settings, clock.now(), "other@example.edu", remote="192.0.2.2")).accepted
    assert (await ask(db, settings, clock.advance(timedelta(hours=1)), "later@example.edu")).accepted


async def test_typing_wrongly_costs_nothing(sqlite_db: Database, clock: FixedClock, settings: Settings) -> None:
    db = sqlite_db
    await newsroom(db, clock.now())
    for _ in range(PER_ADDRESS + 1):
        assert (await ask(db, settings, clock.now(), "nobody")).refusals == (Refusal.EMAIL_INVALID,)
    assert (await ask(db, settings, clock.now(), lists=())).refusals == (Refusal.LISTS_MISSING,)
    async with db.read() as conn:
        assert (await conn.execute(select(throttles.c.key))).all() == []
    assert (await ask(db, settings, clock.now())).accepted


async def test_the_cap_is_the_same_for_known_and_unknown_addresses(
    sqlite_db: Database, clock: FixedClock, settings: Settings
) -> None:
    db = sqlite_db
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now(), "known@example.edu", remote="192.0.2.9")
    for remote, email in (("192.0.2.3", "known@example.edu"), ("192.0.2.4", "new@example.edu")):
        # Most of these bring no mail; they count all the same, or the cap would tell who is known.
        outcomes = [await ask(db, settings, clock.now(), email, remote=remote) for _ in range(PER_ADDRESS + 1)]
        assert [outcome.accepted for outcome in outcomes] == [True] * PER_ADDRESS + [False]


async def test_caps_per_ipv6_network(sqlite_db: Database, clock: FixedClock, settings: Settings) -> None:
    db = sqlite_db
    await newsroom(db, clock.now())
    outcomes = [
        await ask(db, settings, clock.now(), f"r{number}@example.edu", remote=f"2001:db8:1:2::{number:x}")
        for number in range(PER_NETWORK + 1)
    ]
    assert [outcome.accepted for outcome in outcomes] == [True] * PER_NETWORK + [False]
    assert (await ask(db, settings, clock.now(), "o@example.edu", remote="2001:db8:1:3::1")).accepted


async def test_test_domains_are_for_tests(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    assert (await ask(db, settings, clock.now(), "a@reader.test")).refusals == (Refusal.EMAIL_INVALID,)
