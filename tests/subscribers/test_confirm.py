"""Confirming: looking changes nothing, acting joins, acting again is harmless."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.model.subscriber import Choice, SubscriberState, Subscription, SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import lists, subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.subscribers import confirm, leave
from tests.subscribers.people import (
    EMAIL,
    ask,
    confirm_token,
    entries,
    newsroom,
    preferences_token,
    reader,
    unsubscribe_token,
    who,
)


async def test_looking_changes_nothing_and_confirming_joins(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await ask(db, settings, clock.now(), lists=("alumni", "press"), categories=("news",), frequency="weekly")
    token, keys = await confirm_token(db, settings, clock.now()), settings.signing_keys()
    before = await who(db)
    async with db.read() as conn:
        seen = await confirm.look(conn, keys, token, clock.now())
    assert seen is not None
    assert (seen.done, seen.subscriber, seen.choice.lists) == (False, before, ("alumni", "press"))
    assert [item.slug for item in seen.offer.lists_of(seen.choice.lists)] == ["alumni", "press"]
    assert [digest.slug for digest in seen.offer.digests_of("press")] == ["daily"]
    assert await who(db) == before
    done = await confirm.confirm(db, keys, token, clock.advance(timedelta(hours=1)))
    after = await who(db)
    assert done is not None
    assert (done.done, done.subscriber) == (True, after)
    assert after.state is SubscriberState.ACTIVE
    assert after.confirmed_at == after.consent_at == clock.now()
    assert after.subscriptions == (
        Subscription("alumni", {"news": 10}, "weekly"),
        Subscription("press", {"news": 10}, "weekly"),
    )


async def test_again_is_harmless(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    once = await reader(db, settings, clock.now())
    await entries(db, 5)
    token = await confirm_token(db, settings, clock.now())
    again = await confirm.confirm(db, settings.signing_keys(), token, clock.advance(timedelta(days=1)))
    assert again is not None
    assert again.done
    assert again.choice == Choice(("alumni",), language="en")
    assert await who(db) == once


async def test_a_link_works_for_seven_days_and_for_its_purpose_only(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await ask(db, settings, clock.now())
    token, keys = await confirm_token(db, settings, clock.now()), settings.signing_keys()
    for wrong in (
        "",
        "x",
        token[:-1],
        await preferences_token(db, settings),
        await unsubscribe_token(db, settings, ""),
    ):
        assert await confirm.confirm(db, keys, wrong, clock.now()) is None
    assert await confirm.confirm(db, keys, token, clock.now() + timedelta(days=7)) is None
    assert (await who(db)).state is SubscriberState.PENDING
    assert await confirm.confirm(db, keys, token, clock.now() + timedelta(days=6)) is not None


@pytest.mark.parametrize("reason", [SuppressionReason.LEFT, SuppressionReason.ERASED, SuppressionReason.BOUNCED])
async def test_the_owner_lifts_a_suppression(
    db: Database, clock: FixedClock, settings: Settings, reason: SuppressionReason
) -> None:
    await newsroom(db, clock.now())
    async with db.write() as conn:
        await suppressions.add(conn, EMAIL, reason, clock.now())
    assert (await reader(db, settings, clock.now())).state is SubscriberState.ACTIVE
    async with db.read() as conn:
        assert await suppressions.reason(conn, EMAIL) is None


async def test_a_complaint_is_never_lifted(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    await ask(db, settings, clock.now())
    async with db.write() as conn:
        await suppressions.add(conn, EMAIL, SuppressionReason.COMPLAINED, clock.now())
    token = await confirm_token(db, settings, clock.now())
    assert await confirm.confirm(db, settings.signing_keys(), token, clock.now()) is None
    assert (await who(db)).state is SubscriberState.PENDING


async def test_an_old_link_does_not_bring_back_who_has_left(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    keys = settings.signing_keys()
    await leave.leave(db, keys, await unsubscribe_token(db, settings, "weekly"), clock.now())
    assert await confirm.confirm(db, keys, await confirm_token(db, settings, clock.now()), clock.now()) is None
    assert (await who(db)).state is SubscriberState.UNSUBSCRIBED


async def test_coming_back_counts_from_now_and_is_worked_out_singly(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    await leave.leave(db, settings.signing_keys(), await unsubscribe_token(db, settings, "weekly"), clock.now())
    await entries(db, 3)
    back = await reader(db, settings, clock.advance(timedelta(days=2)))
    assert back.state is SubscriberState.ACTIVE
    assert back.subscriptions == (Subscription("alumni", {"*": 13}),)
    assert back.irregular


async def test_a_list_that_has_gone_meanwhile_is_not_joined(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await ask(db, settings, clock.now(), lists=("alumni", "press"))
    keys, token = settings.signing_keys(), await confirm_token(db, settings, clock.now())
    async with db.write() as conn:
        await lists.remove(conn, "press")
    done = await confirm.confirm(db, keys, token, clock.now())
    assert done is not None
    assert done.subscriber.lists == ("alumni",)
    await ask(db, settings, clock.now(), "b@example.edu")
    token = await confirm_token(db, settings, clock.now(), "b@example.edu")
    async with db.write() as conn:
        await lists.remove(conn, "alumni")
    assert await confirm.confirm(db, keys, token, clock.now()) is None


async def test_a_new_nonce_makes_the_link_worthless(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    await ask(db, settings, clock.now())
    token, person = await confirm_token(db, settings, clock.now()), await who(db)
    async with db.write() as conn:
        await subscribers.save(conn, person, replace(person, nonce=subscribers.new_nonce()), clock.now())
    assert await confirm.confirm(db, settings.signing_keys(), token, clock.now()) is None
