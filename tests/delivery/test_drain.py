"""The drain from the outbox to a relay on a socket: nothing lost, nothing sent twice but what nobody can know."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from feedsvc.clock import FixedClock
from feedsvc.delivery import breaker, drain, record
from feedsvc.delivery.drain import Drain, Drained
from feedsvc.delivery.outgoing import Outgoing, Postpone, Withheld
from feedsvc.errors import RenderError, SettingsError, StorageError
from feedsvc.model.issue import IssueState, Message, MessageState
from feedsvc.model.subscriber import SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import outbox, suppressions, switches
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from tests.fakes.mailing import outbox_row, queue_issue, set_issue, states
from tests.fakes.smtp import DROP, STALL, Relay, serve_relay
from tests.fakes.waiting import eventually


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with serve_relay() as running:
        yield running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(record, "RETRY_SECONDS", 0.02)


async def compose(_conn: Conn, message: Message) -> Outgoing | Withheld | Postpone:
    """A message that says nothing but which row it is."""
    data = f"Message-ID: <{message.id}@example.edu>\r\nSubject: {message.queued_at}\r\n\r\nHello.\r\n".encode()
    return Outgoing("news@example.edu", message.recipient, data)


def configured(relay: Relay, **sections: dict[str, Any]) -> Settings:
    mail = {"host": "127.0.0.1", "port": relay.port, "tls": "none", "timeout": 1.0, "connections": 3}
    return Settings.model_validate(
        {
            "mail": {**mail, **sections.get("mail", {})},
            "delivery": {"batch": 4, "lease": 300, "grace": 2, **sections.get("delivery", {})},
            "security": {"secret_key": "a-key-for-tests-only-0123456789abcdef"},
        }
    )


def make(db: Database, clock: FixedClock, relay: Relay, prepare: Any = compose, **sections: dict[str, Any]) -> Drain:
    return Drain(db, configured(relay, **sections), clock, prepare=prepare, jitter=lambda: 0.5)


async def queue(db: Database, clock: FixedClock, count: int = 1) -> int:
    async with db.write() as conn:
        return await queue_issue(conn, clock.now(), [f"r{i}@example.com" for i in range(count)])


async def seen(db: Database) -> dict[str, str]:
    async with db.read() as conn:
        return await states(conn)


async def row(db: Database, message_id: int = 1) -> dict[str, Any]:
    async with db.read() as conn:
        return await outbox_row(conn, message_id)


async def issue_state(db: Database) -> str:
    async with db.read() as conn:
        return str((await conn.execute(text("SELECT state FROM issues"))).scalar_one())


# ---------------------------------------------------------------- the usual day


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


# ---------------------------------------------------------------- the relay is at fault


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


# ---------------------------------------------------------------- killed, stopped, doubled


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
