"""The drain killed, stopped, doubled: nothing lost, nothing sent twice but what nobody can know."""

import asyncio
from datetime import timedelta
from typing import Any

from feedsvc.clock import FixedClock
from feedsvc.delivery.drain import Drain
from feedsvc.delivery.outgoing import Outgoing, Postpone, Withheld
from feedsvc.model.issue import Message
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from tests.delivery.drains import compose, configured, issue_state, make, queue, row, seen
from tests.fakes.smtp import STALL, Relay
from tests.fakes.waiting import eventually


async def test_two_drains_on_one_database_send_each_message_once(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 40)
    other = Database.open(db.url)
    try:
        reports = await asyncio.gather(make(db, clock, relay).run_once(), make(other, clock, relay).run_once())
    finally:
        await other.close()
    assert sum(report.sent for report in reports) == 40
    assert sorted(message.recipient for message in relay.messages) == sorted(f"r{i}@example.com" for i in range(40))


async def killed(sender: Drain, until: Any) -> None:
    """Run a drain and cut its connections off in the middle of what they do, once `until` says so."""
    task = asyncio.create_task(sender.run_once())
    await eventually(until)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_killed_before_the_dot_the_message_goes_once_with_a_higher_epoch(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock)
    relay.say("rcpt", STALL, times=1)
    await killed(make(db, clock, relay, mail={"timeout": 30}), lambda: any("RCPT" in c for c in relay.commands))
    assert (await row(db))["state"] == "sending"
    assert (await make(db, clock, relay).run_once()).sent == 0
    clock.advance(timedelta(seconds=301))
    assert (await make(db, clock, relay).run_once()).sent == 1
    after = await row(db)
    assert (after["epoch"], after["crashes"], relay.count("r0@example.com")) == (2, 1, 1)


async def test_killed_after_the_dot_the_second_copy_is_identical(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock)
    relay.say("body", STALL, times=1)
    await killed(make(db, clock, relay, mail={"timeout": 30}), lambda: len(relay.messages) == 1)
    clock.advance(timedelta(seconds=301))
    assert (await make(db, clock, relay).run_once()).sent == 1
    first, second = relay.messages
    assert first.data == second.data
    assert (await row(db))["state"] == "sent"


async def test_the_late_outcome_of_a_worker_that_slept_is_fenced(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock)
    relay.say("body", STALL, times=1)
    slow = asyncio.create_task(make(db, clock, relay, mail={"timeout": 2.0}).run_once())
    await eventually(lambda: relay.messages)
    clock.advance(timedelta(seconds=301))
    assert (await make(db, clock, relay).run_once()).sent == 1
    assert (await slow).states == {}
    after = await row(db)
    assert (after["state"], after["epoch"], after["unknowns"]) == ("sent", 2, 0)


async def test_a_message_whose_lease_is_nearly_over_is_not_begun(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 3)

    async def dawdle(conn: Conn, message: Message) -> Outgoing | Withheld | Postpone:
        clock.advance(timedelta(seconds=200))
        return await compose(conn, message)

    sender = make(db, clock, relay, dawdle, mail={"connections": 1})
    assert (await sender.run_once()).sent == 3
    # Each was claimed anew: what lay in hand when the time was up went back, untried.
    assert {(await row(db, i))["crashes"] for i in (1, 2, 3)} == {0}
    assert max([(await row(db, i))["epoch"] for i in (1, 2, 3)]) == 3


async def test_told_to_stop_it_finishes_what_is_in_flight_and_gives_the_rest_back(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock, 20)
    stop = asyncio.Event()

    async def until_stopped(conn: Conn, message: Message) -> Outgoing | Withheld | Postpone:
        if len(relay.messages) >= 3:
            stop.set()
        return await compose(conn, message)

    report = await make(db, clock, relay, until_stopped, delivery={"batch": 20}).run_forever(stop)
    assert 3 <= report.sent < 20
    assert report.sent == len(relay.messages)
    found = list((await seen(db)).values())
    assert found.count("sent") == report.sent
    assert found.count("queued") == 20 - report.sent


async def test_stopping_takes_no_longer_than_the_grace_time(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 2)
    relay.say("rcpt", STALL)
    stop = asyncio.Event()
    running = asyncio.create_task(make(db, clock, relay, mail={"timeout": 30}, delivery={"grace": 1}).run_forever(stop))
    await eventually(lambda: any("RCPT" in command for command in relay.commands))
    stop.set()
    async with asyncio.timeout(20):
        await running
    assert relay.messages == []


async def test_it_runs_on_and_sends_what_comes(db: Database, clock: FixedClock, relay: Relay) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(make(db, clock, relay).run_forever(stop))
    await asyncio.sleep(0.1)
    await queue(db, clock, 3)
    await eventually(lambda: len(relay.messages) == 3)
    stop.set()
    assert (await running).sent == 3
    assert await issue_state(db) == "sent"


async def test_a_worker_that_fails_on_a_message_goes_on_with_the_next(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock, 3)

    class Broken:
        """A mailer with a fault in it."""

        async def send(self, _sender: str, _recipient: str, _data: bytes) -> Any:
            raise ZeroDivisionError

        async def close(self) -> None:
            return None

    broken = Drain(db, configured(relay), clock, prepare=compose, mailer=Broken, jitter=lambda: 0.5)
    for _ in range(3):
        assert (await broken.run_once()).states == {}
        clock.advance(timedelta(seconds=301))
    assert (await make(db, clock, relay).run_once()).states == {}
    assert set((await seen(db)).values()) == {"shunted"}
