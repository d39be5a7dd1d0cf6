"""The drain from the outbox to a relay on a socket, on a usual day and when people step in."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from feedsvc.clock import FixedClock
from feedsvc.delivery import breaker, drain
from feedsvc.delivery.drain import Drain, Drained
from feedsvc.delivery.outgoing import Outgoing, Postpone, Withheld
from feedsvc.errors import RenderError, SettingsError, StorageError
from feedsvc.model.issue import IssueState, Message, MessageState
from feedsvc.model.subscriber import SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import outbox, suppressions, switches
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from tests.delivery.drains import compose, issue_state, make, queue, row, seen
from tests.fakes.mailing import set_issue
from tests.fakes.smtp import Relay
from tests.fakes.waiting import eventually


async def test_everybody_gets_one_and_the_issue_is_sent(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 20)
    report = await make(db, clock, relay).run_once()
    assert (report.sent, report.waiting) == (20, "")
    assert {message.recipient for message in relay.messages} == {f"r{i}@example.com" for i in range(20)}
    assert len(relay.messages) == 20
    assert set((await seen(db)).values()) == {"sent"}
    assert await issue_state(db) == "sent"
    first = await row(db)
    assert (first["reply"], first["reply_code"], first["attempts"]) == ("250 2.0.0 Ok: queued", 250, 1)
    assert relay.most_open <= 3


async def test_an_empty_outbox_is_no_work(db: Database, clock: FixedClock, relay: Relay) -> None:
    assert await make(db, clock, relay).run_once() == Drained()
    assert relay.sessions == 0


async def test_a_limit_is_kept(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 9)
    assert (await make(db, clock, relay).run_once(limit=5)).sent == 5
    assert len(relay.messages) == 5
    assert await issue_state(db) == "sending"
    assert (await make(db, clock, relay).run_once()).sent == 4
    assert await issue_state(db) == "sent"


async def test_a_refused_reader_costs_nobody_else(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 5)
    relay.say("rcpt", "550 5.1.1 No such user", recipient="r1@example.com")
    relay.say("rcpt", "451 4.7.1 Greylisted", recipient="r2@example.com")
    report = await make(db, clock, relay).run_once()
    assert report.states == {MessageState.SENT: 3, MessageState.BOUNCED: 1, MessageState.DEFERRED: 1}
    assert (await seen(db))["r1@example.com"] == "bounced"
    async with db.read() as conn:
        assert await suppressions.reason(conn, "r1@example.com") is SuppressionReason.BOUNCED
        assert await suppressions.reason(conn, "r2@example.com") is None
    assert await issue_state(db) == "sending"


async def test_a_deferred_message_goes_when_its_time_has_come(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock)
    relay.say("rcpt", "451 4.7.1 Greylisted", times=1)
    sender = make(db, clock, relay)
    assert (await sender.run_once()).states == {MessageState.DEFERRED: 1}
    clock.advance(timedelta(minutes=4))
    assert (await sender.run_once()).states == {}
    clock.advance(timedelta(minutes=2))
    assert (await sender.run_once()).sent == 1
    assert await issue_state(db) == "sent"


async def test_a_message_that_nobody_takes_expires(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock)
    relay.say("rcpt", "451 4.7.1 Never")
    sender = make(db, clock, relay)
    for _ in range(30):
        await sender.run_once()
        clock.advance(timedelta(hours=1))
    assert (await row(db))["state"] == "expired"
    assert (await row(db))["reply"] == "451 4.7.1 Never"
    assert await issue_state(db) == "sent"


async def test_messages_leave_no_faster_than_the_rate(sqlite_db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(sqlite_db, clock, 6)
    started = asyncio.get_running_loop().time()
    await make(sqlite_db, clock, relay, mail={"rate": 20}).run_once()
    assert asyncio.get_running_loop().time() - started >= 5 / 20


async def test_a_session_that_is_full_is_left_and_the_rest_goes_at_once(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(db, clock, 6)
    relay.say("rcpt", "452 4.5.3 Too many recipients", recipient="r3@example.com", times=1)
    report = await make(db, clock, relay, mail={"connections": 1}).run_once()
    assert report.sent == 6
    assert relay.sessions == 2


# ---------------------------------------------------------------- people


async def test_a_freeze_stops_everything_and_a_thaw_goes_on(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 3)
    async with db.write() as conn:
        await switches.put(conn, breaker.FREEZE, "an admin", clock.now())
    report = await make(db, clock, relay).run_once()
    assert (report.sent, report.waiting) == (0, drain.FROZEN)
    assert relay.sessions == 0
    async with db.write() as conn:
        await switches.remove(conn, breaker.FREEZE)
    assert (await make(db, clock, relay).run_once()).sent == 3


async def test_a_message_put_off_goes_back_untried_with_all_that_is_in_hand(
    db: Database, clock: FixedClock, relay: Relay
) -> None:
    issue_id = await queue(db, clock, 8)

    async def pause_after_two(conn: Conn, message: Message) -> Outgoing | Withheld | Postpone:
        if len(relay.messages) < 2:
            return await compose(conn, message)
        return Postpone()

    async def pause() -> None:
        await eventually(lambda: len(relay.messages) >= 2)
        async with db.write() as conn:
            await set_issue(conn, issue_id, IssueState.PAUSED)

    sender = make(db, clock, relay, pause_after_two, mail={"connections": 1}, delivery={"batch": 8})
    report, _ = await asyncio.gather(sender.run_once(), pause())
    assert report.sent == 2
    assert sorted((await seen(db)).values()) == ["queued"] * 6 + ["sent"] * 2
    assert await issue_state(db) == "paused"


async def test_what_is_withheld_is_not_sent_and_says_why(db: Database, clock: FixedClock, relay: Relay) -> None:
    await queue(db, clock, 2)

    async def withhold(_conn: Conn, _message: Message) -> Outgoing | Withheld | Postpone:
        return Withheld(MessageState.CANCELLED, "The reader is unsubscribed.")

    report = await make(db, clock, relay, withhold).run_once()
    assert report.states == {MessageState.CANCELLED: 2}
    assert relay.sessions == 0
    found = await row(db)
    assert (found["reply"], found["attempts"]) == ("The reader is unsubscribed.", 0)
    assert await issue_state(db) == "sent"


@pytest.mark.parametrize("error", [RenderError("The mail has a slot nothing fills."), ZeroDivisionError("oops")])
async def test_a_message_that_cannot_be_composed_costs_itself(
    db: Database, clock: FixedClock, relay: Relay, error: Exception
) -> None:
    await queue(db, clock, 5)

    async def stumble(conn: Conn, message: Message) -> Outgoing | Withheld | Postpone:
        if message.recipient == "r2@example.com":
            raise error
        return await compose(conn, message)

    report = await make(db, clock, relay, stumble).run_once()
    assert report.states == {MessageState.SENT: 4, MessageState.REFUSED: 1}
    async with db.read() as conn:
        counts = await outbox.for_issue(conn, 1)
    assert counts.failures[0].reply.startswith("It could not be composed")


# ---------------------------------------------------------------- the database


async def test_a_database_that_is_away_is_an_error_for_one_round(
    sqlite_db: Database, clock: FixedClock, relay: Relay
) -> None:
    async with sqlite_db.write() as conn:
        await conn.execute(text("ALTER TABLE outbox RENAME TO away"))
    with pytest.raises(StorageError):
        await make(sqlite_db, clock, relay).run_once()


async def test_while_the_database_is_away_nothing_is_sent_and_afterwards_all(
    sqlite_db: Database, clock: FixedClock, relay: Relay
) -> None:
    await queue(sqlite_db, clock, 3)
    async with sqlite_db.write() as conn:
        await conn.execute(text("ALTER TABLE outbox RENAME TO away"))
    stop = asyncio.Event()
    sender = make(sqlite_db, clock, relay)
    running = asyncio.create_task(sender.run_forever(stop))
    await eventually(lambda: sender.trouble)
    assert relay.sessions == 0
    async with sqlite_db.write() as conn:
        await conn.execute(text("ALTER TABLE away RENAME TO outbox"))
    await eventually(lambda: len(relay.messages) == 3 and not sender.trouble)
    stop.set()
    await running


def test_a_relay_elsewhere_without_tls_is_refused_at_the_start(
    sqlite_db: Database, clock: FixedClock, settings: Settings
) -> None:
    plain = settings.model_copy(
        update={"mail": settings.mail.model_copy(update={"host": "relay.example.edu", "tls": "none"})}
    )
    with pytest.raises(SettingsError):
        Drain(sqlite_db, plain, clock)
