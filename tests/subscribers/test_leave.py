"""Leaving at one click."""

from dataclasses import replace
from datetime import timedelta

from feedsvc.clock import FixedClock
from feedsvc.model.subscriber import SubscriberState, Subscription, SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import digests, subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.subscribers import leave
from tests.subscribers.people import (
    EMAIL,
    confirm_token,
    newsroom,
    preferences_token,
    reader,
    unsubscribe_token,
    who,
)


async def test_every_list_that_brings_the_digest_is_left(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now(), lists=("alumni", "press"))
    inside = replace(before, subscriptions=(*before.subscriptions, Subscription("staff", {"*": 1})))
    async with db.write() as conn:
        await subscribers.save(conn, before, inside, clock.now())
    keys, token = settings.signing_keys(), await unsubscribe_token(db, settings, "weekly")
    async with db.read() as conn:
        seen = await leave.look(conn, keys, token)
    assert seen is not None
    assert (seen.leaving, seen.staying, seen.digest) == (("alumni", "staff"), ("press",), "weekly")
    assert await who(db) == inside
    done = await leave.leave(db, keys, token, clock.now())
    assert done is not None
    assert done.subscriber == await who(db)
    assert (done.subscriber.lists, done.subscriber.state) == (("press",), SubscriberState.ACTIVE)
    async with db.read() as conn:
        assert await suppressions.reason(conn, EMAIL) is None


async def test_the_last_list_makes_unsubscribed_and_again_is_harmless(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    keys, token = settings.signing_keys(), await unsubscribe_token(db, settings, "weekly")
    for _ in range(3):
        done = await leave.leave(db, keys, token, clock.advance(timedelta(days=1000)))
        assert done is not None
        assert await who(db) == done.subscriber
        assert done.subscriber.state is SubscriberState.UNSUBSCRIBED
        async with db.read() as conn:
            assert await suppressions.reason(conn, EMAIL) is SuppressionReason.LEFT


async def test_a_digest_that_is_gone_or_none_leaves_everything(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    keys = settings.signing_keys()
    await reader(db, settings, clock.now(), lists=("alumni", "press"))
    await reader(db, settings, clock.now(), "b@example.edu", lists=("alumni", "press"))
    token = await unsubscribe_token(db, settings, "weekly")
    async with db.write() as conn:
        await digests.remove(conn, "weekly")
    for each in (token, await unsubscribe_token(db, settings, "", "b@example.edu")):
        done = await leave.leave(db, keys, each, clock.now())
        assert done is not None
        assert (done.subscriber.state, done.leaving) == (SubscriberState.UNSUBSCRIBED, ("alumni", "press"))


async def test_a_digest_that_comes_by_no_list_of_theirs_leaves_nothing(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now())
    done = await leave.leave(db, settings.signing_keys(), await unsubscribe_token(db, settings, "daily"), clock.now())
    assert done is not None
    assert (done.leaving, done.staying) == ((), ("alumni",))
    assert await who(db) == before


async def test_a_link_signed_with_a_former_key_still_leaves(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    token = await unsubscribe_token(db, settings, "weekly")
    keys = (b"a-newer-key-0123456789abcdef0123456789", *settings.signing_keys())
    assert await leave.leave(db, keys, token, clock.now()) is not None
    assert (await who(db)).state is SubscriberState.UNSUBSCRIBED


async def test_other_tokens_leave_nothing(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now())
    keys, token = settings.signing_keys(), await unsubscribe_token(db, settings, "weekly")
    others = ("", token[1:], await confirm_token(db, settings, clock.now()), await preferences_token(db, settings))
    for other in others:
        assert await leave.leave(db, keys, other, clock.now()) is None
    async with db.write() as conn:
        await subscribers.save(conn, before, replace(before, nonce="another"), clock.now())
    assert await leave.leave(db, keys, token, clock.now()) is None
