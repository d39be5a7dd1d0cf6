"""The drain and a relay that is at fault: the queue waits, nobody is blamed, nobody gets more than they must."""

from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.delivery import breaker
from feedsvc.storage import suppressions
from feedsvc.storage.database import Database
from tests.delivery.drains import make, queue, row, seen
from tests.fakes.smtp import DROP, Relay


async def test_a_relay_that_is_down_stops_the_queue_and_blames_nobody(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock, 10)
    relay.say("connect", "554 5.3.2 Closed for the night")
    sender = make(db, clock, relay)
    report = await sender.run_once()
    assert report.sent == 0
    assert "Closed for the night" in report.waiting
    assert set((await seen(db)).values()) == {"queued"}
    assert {(await row(db, i))["attempts"] for i in range(1, 11)} == {0}
    async with db.read() as conn:
        state = await breaker.broken(conn)
    assert state is not None
    assert (state.since, state.faults) == (clock.now(), 1)
    before = relay.sessions
    assert (await sender.run_once()).waiting == state.why
    assert relay.sessions == before


async def test_a_relay_that_comes_back_gets_everything(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 10)
    relay.say("mail", "451 4.3.0 Not now")
    sender = make(db, clock, relay)
    for _ in range(3):
        await sender.run_once()
        clock.advance(timedelta(minutes=2))
    relay.forget("mail")
    report = await sender.run_once()
    assert (report.sent, report.waiting) == (10, "")
    async with db.read() as conn:
        assert await breaker.broken(conn) is None


async def test_a_refused_login_stops_the_sending_with_the_servers_words(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock, 2)
    relay.extensions.append("AUTH PLAIN")
    relay.say("auth", "535 5.7.8 Wrong password")
    report = await make(db, clock, relay, mail={"username": "news", "password": "x", "connections": 1}).run_once()
    assert "535 5.7.8 Wrong password" in report.waiting
    async with db.read() as conn:
        state = await breaker.broken(conn)
    assert state is not None
    assert state.configuration
    assert state.retry_at == clock.now() + timedelta(hours=1)


async def test_a_message_the_relay_chokes_on_does_not_stand_before_all_others(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock, 4)
    relay.say("rcpt", DROP, recipient="r0@example.com")
    sender = make(db, clock, relay, mail={"connections": 1})
    for _ in range(3):
        await sender.run_once()
        clock.advance(timedelta(minutes=15))
    assert sorted(message.recipient for message in relay.messages) == [f"r{i}@example.com" for i in (1, 2, 3)]


async def test_421_after_a_recipient_leaves_the_recipient_alone(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 1)
    relay.say("rcpt", "421 4.3.2 Going down", times=1)
    sender = make(db, clock, relay)
    assert "Going down" in (await sender.run_once()).waiting
    clock.advance(timedelta(minutes=1))
    assert (await sender.run_once()).sent == 1
    assert (await row(db))["attempts"] == 1


# ---------------------------------------------------------------- nobody knows


@pytest.mark.parametrize("fault", [DROP, "x" * 9000, "999 Hm", "garbled"])
async def test_an_answer_lost_after_the_dot_adds_at_most_two_identical_copies(
    db: Database, clock: FixedClock, relay: Relay, fault: str
) -> None:
    await queue(db, clock)
    relay.say("body", fault)
    sender = make(db, clock, relay)
    for _ in range(10):
        await sender.run_once()
        clock.advance(timedelta(hours=1))
    assert (await row(db))["state"] == "unconfirmed"
    assert relay.count("r0@example.com") == 3
    assert len({message.data for message in relay.messages}) == 1
    async with db.read() as conn:
        assert await suppressions.reason(conn, "r0@example.com") is None


async def test_a_relay_that_always_breaks_off_is_not_fed_the_whole_queue(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock, 30)
    relay.say("body", DROP)
    report = await make(db, clock, relay).run_once()
    assert "breaks off" in report.waiting
    # Three in a row, and what the other connections had in hand.
    assert len(relay.messages) <= 3 + 2
    clock.advance(timedelta(minutes=1))
    before = len(relay.messages)
    assert "breaks off" in (await make(db, clock, relay, mail={"connections": 1}).run_once()).waiting
    assert len(relay.messages) == before + 1
