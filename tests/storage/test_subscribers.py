"""Keeping subscribers, suppressions and throttles, on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.model.newsroom import ReaderList
from feedsvc.model.subscriber import Choice, Subscriber, SubscriberState, Subscription, SuppressionReason, leave
from feedsvc.storage import data_keys, lists, roster, subscribers, suppressions, throttles
from feedsvc.storage.database import Database
from feedsvc.storage.schema_mail import suppressions as table
from feedsvc.storage.schema_mail import throttles as throttles_table


async def stored(db: Database, clock: FixedClock, *emails: str) -> list[Subscriber]:
    async with db.write() as conn:
        for position, slug in enumerate(("alumni", "staff")):
            await lists.put(conn, ReaderList(slug, slug.title()), position)
        return [await subscribers.add(conn, email, "en", "web", clock.now()) for email in emails]


async def again(db: Database, subscriber: Subscriber) -> Subscriber:
    async with db.read() as conn:
        found = await subscribers.get(conn, subscriber.id)
    assert found is not None
    return found


async def test_a_new_subscriber_is_pending_and_the_second_time_the_same(db: Database, clock: FixedClock) -> None:
    (one,) = await stored(db, clock, "Lu.Wen@example.edu")
    (two,) = await stored(db, clock, "lu.wen@example.edu")
    assert one == two == await again(db, one)
    assert (one.email, one.email_key, one.state) == (
        "Lu.Wen@example.edu",
        "lu.wen@example.edu",
        SubscriberState.PENDING,
    )
    assert len(one.nonce) == 12


async def test_everything_of_a_subscriber_is_kept(db: Database, clock: FixedClock) -> None:
    (before,) = await stored(db, clock, "a@example.edu")
    after = replace(
        before,
        name="Lu Wen",
        language="zh",
        timezone="Asia/Shanghai",
        state=SubscriberState.ACTIVE,
        confirmed_at=clock.now(),
        consent_at=clock.now(),
        consent_source="fair",
        nonce="another",
        subscriptions=(Subscription("alumni", {"news": 3, "*": 9}), Subscription("staff", {"*": 0}, "daily")),
        asked=Choice(("staff",), ("news",), "weekly", "Lu", "en"),
        confirmation_sent_at=clock.now(),
        irregular=True,
    )
    async with db.write() as conn:
        await subscribers.save(conn, before, after, clock.now())
    assert await again(db, before) == after
    fewer = replace(after, subscriptions=(Subscription("staff", {"news": 1}, ""),), asked=None)
    async with db.write() as conn:
        await subscribers.save(conn, after, fewer, clock.now())
    assert await again(db, before) == fewer


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (SubscriberState.UNSUBSCRIBED, SuppressionReason.LEFT),
        (SubscriberState.BOUNCED, SuppressionReason.BOUNCED),
        (SubscriberState.COMPLAINED, SuppressionReason.COMPLAINED),
    ],
)
async def test_suppressions_follow_the_state(
    db: Database, clock: FixedClock, state: SubscriberState, reason: SuppressionReason
) -> None:
    (before,) = await stored(db, clock, "A@example.edu")
    active, gone = replace(before, state=SubscriberState.ACTIVE), replace(before, state=state)
    async with db.write() as conn:
        await subscribers.save(conn, before, active, clock.now())
        assert await suppressions.reason(conn, "a@example.edu") is None
        await subscribers.save(conn, active, gone, clock.now())
        assert await suppressions.reason(conn, "a@example.edu") is reason
        await subscribers.save(conn, gone, active, clock.now())
        assert await suppressions.reason(conn, "a@example.edu") is None


async def test_a_token_names_its_subscriber_until_the_nonce_changes(db: Database, clock: FixedClock) -> None:
    (one,) = await stored(db, clock, "a@example.edu")
    async with db.write() as conn:
        assert await subscribers.by_token(conn, str(one.id), one.nonce, lock=True) == one
        assert await subscribers.by_token(conn, str(one.id), "other") is None
        assert await subscribers.by_token(conn, str(one.id + 1), one.nonce) is None
        await subscribers.save(conn, one, replace(one, nonce=subscribers.new_nonce()), clock.now())
        assert await subscribers.by_token(conn, str(one.id), one.nonce) is None


async def test_pages_and_counts(db: Database, clock: FixedClock) -> None:
    people = await stored(db, clock, *(f"reader{number}@example.edu" for number in range(5)), "x_y%z@example.edu")
    joined = replace(people[3], state=SubscriberState.ACTIVE, subscriptions=(Subscription("alumni", {"*": 0}),))
    async with db.write() as conn:
        await subscribers.save(conn, people[3], joined, clock.now())
        people[3] = joined
        assert await subscribers.page(conn, limit=2) == people[:2]
        assert await subscribers.page(conn, after=people[1].id) == people[2:]
        assert await subscribers.page(conn, list_slug="alumni") == [joined]
        assert await subscribers.page(conn, state=SubscriberState.ACTIVE) == [joined]
        assert await subscribers.page(conn, search="READER2") == [people[2]]
        assert await subscribers.page(conn, search="_y%") == [people[5]]
        assert await subscribers.counts(conn) == {SubscriberState.PENDING: 5, SubscriberState.ACTIVE: 1}
        assert await lists.readers(conn) == {"alumni": 1}


async def test_many_at_once_come_back_in_order(db: Database, clock: FixedClock) -> None:
    (there,) = await stored(db, clock, "there@example.edu")
    people = [
        replace(
            there,
            id=0,
            email=f"P{number}@example.edu",
            nonce=str(number),
            subscriptions=(Subscription("staff", {"*": number}),) if number % 2 else (),
            asked=Choice(("alumni",)) if number % 3 == 1 else None,
        )
        for number in range(700)
    ]
    async with db.write() as conn:
        ids = await roster.add_many(conn, people, clock.now())
        assert await roster.add_many(conn, [], clock.now()) == []
    async with db.read() as conn:
        found = await roster.by_email_keys(conn, [person.email_key for person in people] + ["nobody@example.edu"])
    assert list(found) == [person.email_key for person in people]
    assert list(found.values()) == [replace(person, id=number) for person, number in zip(people, ids, strict=True)]


async def test_no_address_is_kept_in_a_suppression(db: Database, clock: FixedClock) -> None:
    async with db.write() as conn:
        assert await suppressions.reason(conn, "a@example.edu") is None
        await suppressions.lift(conn, "a@example.edu")
        await suppressions.add(conn, "A@example.edu", SuppressionReason.BOUNCED, clock.now())
        await suppressions.add(conn, "a@example.edu", SuppressionReason.LEFT, clock.now())
        assert await suppressions.reasons(conn, ["a@example.edu", "b@example.edu"]) == {
            "a@example.edu": SuppressionReason.BOUNCED
        }
        (row,) = (await conn.execute(select(table))).mappings()
        assert "example" not in str(dict(row))
        assert row["address_hash"] == data_keys.hashed(await data_keys.need(conn, "suppressions"), "a@example.edu")
        await suppressions.add(conn, "a@example.edu", SuppressionReason.COMPLAINED, clock.now())
        assert await suppressions.reason(conn, "a@example.edu") is SuppressionReason.COMPLAINED
        await suppressions.lift(conn, "a@example.edu")
        assert await suppressions.reason(conn, "a@example.edu") is None


async def test_data_keys_are_made_once_and_differ(db: Database) -> None:
    async with db.write() as conn:
        assert await data_keys.find(conn, "one") is None
        one = await data_keys.need(conn, "one")
        assert len(one) == 32
        assert await data_keys.need(conn, "one") == await data_keys.find(conn, "one") == one
        assert await data_keys.need(conn, "two") != one


async def test_throttles_count_within_a_window(db: Database, clock: FixedClock) -> None:
    hour = timedelta(hours=1)

    async def count(what: str, whom: str) -> int:
        async with db.write() as conn:
            return await throttles.count(conn, what, whom, hour, clock.now())

    assert [await count("join", "192.0.2.1") for _ in range(3)] == [1, 2, 3]
    assert await count("join", "192.0.2.2") == 1
    assert await count("other", "192.0.2.1") == 1
    clock.advance(hour - timedelta(seconds=1))
    assert await count("join", "192.0.2.1") == 4
    clock.advance(timedelta(seconds=1))
    assert await count("join", "192.0.2.1") == 1
    async with db.write() as conn:
        keys = list((await conn.execute(select(throttles_table.c.key))).scalars())
        assert not any("192" in key for key in keys)
        await throttles.forget(conn, clock.now())
        assert len((await conn.execute(select(throttles_table))).all()) == 1


async def test_leaving_is_saved_with_its_suppression(db: Database, clock: FixedClock) -> None:
    (before,) = await stored(db, clock, "a@example.edu")
    active = replace(before, state=SubscriberState.ACTIVE, subscriptions=(Subscription("alumni", {"*": 0}),))
    async with db.write() as conn:
        await subscribers.save(conn, before, active, clock.now())
        await subscribers.save(conn, active, leave(active), clock.now())
        assert await suppressions.reason(conn, "a@example.edu") is SuppressionReason.LEFT
    assert (await again(db, before)).subscriptions == ()
