"""The recorder: outcomes of many connections in one transaction, and what they mean for readers."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from feedsvc.clock import FixedClock
from feedsvc.delivery import record
from feedsvc.delivery.record import Recorder
from feedsvc.errors import StorageError
from feedsvc.model.issue import Message, MessageKind, MessageState
from feedsvc.model.outcome import Outcome
from feedsvc.model.subscriber import SubscriberState, SuppressionReason
from feedsvc.storage import claims, outbox, subscribers, suppressions
from feedsvc.storage.database import Database
from tests.fakes.mailing import add_reader, outbox_row, queue_issue

DAY = timedelta(days=1)


async def held(db: Database, clock: FixedClock, count: int) -> list[Message]:
    async with db.write() as conn:
        await queue_issue(conn, clock.now(), [f"r{i}@example.com" for i in range(count)])
        return await claims.claim(conn, count, clock.now(), 300)


async def test_what_waits_is_committed_together(db: Database, clock: FixedClock) -> None:
    messages = await held(db, clock, 20)
    async with Recorder(db, clock) as recorder:
        first = asyncio.create_task(recorder.write(messages[0], Outcome(messages[0].id, 1, MessageState.SENT)))
        await asyncio.sleep(0)
        rest = [recorder.write(m, Outcome(m.id, 1, MessageState.SENT)) for m in messages[1:]]
        assert all([*await asyncio.gather(*rest), await first])
        assert recorder.transactions <= 2
    async with db.read() as conn:
        assert (await outbox.statistics(conn)).by_state == {MessageState.SENT: 20}


async def test_whoever_was_fenced_is_told(db: Database, clock: FixedClock) -> None:
    (message,) = await held(db, clock, 1)
    async with Recorder(db, clock) as recorder:
        assert not await recorder.write(
            message, Outcome(message.id, message.epoch - 1, MessageState.BOUNCED, hard=True)
        )
        assert await recorder.write(message, Outcome(message.id, message.epoch, MessageState.SENT))


async def test_outcomes_and_what_goes_back_may_share_a_transaction(db: Database, clock: FixedClock) -> None:
    one, two, three = await held(db, clock, 3)
    soon = clock.now() + timedelta(minutes=1)
    async with Recorder(db, clock) as recorder:
        await asyncio.gather(
            recorder.write(one, Outcome(one.id, one.epoch, MessageState.SENT)),
            recorder.give_back(two, clock.now()),
            recorder.give_back(three, soon),
        )
    async with db.read() as conn:
        rows = [await outbox_row(conn, message.id) for message in (one, two, three)]
    assert [row["state"] for row in rows] == ["sent", "queued", "queued"]
    assert [row["next_attempt_at"] for row in rows[1:]] == [clock.now(), soon]


async def test_an_outcome_nobody_waits_for_any_more_is_still_written(db: Database, clock: FixedClock) -> None:
    (message,) = await held(db, clock, 1)
    async with Recorder(db, clock) as recorder:
        task = asyncio.create_task(recorder.write(message, Outcome(message.id, message.epoch, MessageState.SENT)))
        await asyncio.sleep(0)
        task.cancel()
    async with db.read() as conn:
        assert (await outbox_row(conn, message.id))["state"] == "sent"


# ---------------------------------------------------------------- a database that cannot be written


async def test_while_the_database_cannot_be_written_connections_wait(
    sqlite_db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "RETRY_SECONDS", 0.01)
    (message,) = await held(sqlite_db, clock, 1)
    async with sqlite_db.write() as conn:
        await conn.execute(text("ALTER TABLE outbox RENAME TO away"))
    async with Recorder(sqlite_db, clock) as recorder:
        task = asyncio.create_task(recorder.write(message, Outcome(message.id, message.epoch, MessageState.SENT)))
        await asyncio.sleep(0.1)
        assert not task.done()
        assert "outbox" in recorder.trouble
        async with sqlite_db.write() as conn:
            await conn.execute(text("ALTER TABLE away RENAME TO outbox"))
        assert await task
        assert recorder.trouble == ""


async def test_patience_has_an_end_where_one_is_set(
    sqlite_db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "RETRY_SECONDS", 0.01)
    (message,) = await held(sqlite_db, clock, 1)
    async with sqlite_db.write() as conn:
        await conn.execute(text("ALTER TABLE outbox RENAME TO away"))
    async with Recorder(sqlite_db, clock, patience=0.05) as recorder:
        with pytest.raises(StorageError):
            await recorder.write(message, Outcome(message.id, message.epoch, MessageState.SENT))


# ---------------------------------------------------------------- what a bounce means


async def bounce(db: Database, clock: FixedClock, reader: int, outcome: Outcome) -> None:
    async with db.write() as conn:
        await outbox.enqueue(
            conn, MessageKind.LINKS, subscriber_id=reader, payload={}, now=clock.now(), expires_at=clock.now() + DAY
        )
        (message,) = await claims.claim(conn, 1, clock.now(), 300)
    final = Outcome(
        message.id, message.epoch, outcome.state, outcome.reply, outcome.code, hard=outcome.hard, gone=outcome.gone
    )
    async with Recorder(db, clock) as recorder:
        assert await recorder.write(message, final)


async def standing(db: Database, reader: int) -> tuple[SubscriberState, SuppressionReason | None]:
    async with db.read() as conn:
        found = await subscribers.get(conn, reader)
        assert found is not None
        return found.state, await suppressions.reason(conn, found.email_key)


GONE = Outcome(0, 0, MessageState.BOUNCED, "550 5.1.1 no such user", 550, hard=True, gone=True)
HARD = Outcome(0, 0, MessageState.BOUNCED, "550 5.2.1 disabled", 550, hard=True)
SOFT = Outcome(0, 0, MessageState.BOUNCED, "552 5.2.2 full", 552)
SENT = Outcome(0, 0, MessageState.SENT, "250 2.0.0 Ok", 250)
LEFT_ALONE = (SubscriberState.ACTIVE, None)
SUPPRESSED = (SubscriberState.BOUNCED, SuppressionReason.BOUNCED)


async def reader_in(db: Database, clock: FixedClock) -> int:
    async with db.write() as conn:
        return await add_reader(conn, "a@example.com", clock.now())


async def test_one_unknown_mailbox_suppresses_the_address(db: Database, clock: FixedClock) -> None:
    reader = await reader_in(db, clock)
    await bounce(db, clock, reader, GONE)
    assert await standing(db, reader) == SUPPRESSED


async def test_three_other_bounces_over_two_weeks_suppress(db: Database, clock: FixedClock) -> None:
    reader = await reader_in(db, clock)
    for _ in range(2):
        await bounce(db, clock, reader, HARD)
        clock.advance(7 * DAY)
        assert await standing(db, reader) == LEFT_ALONE
    await bounce(db, clock, reader, HARD)
    assert await standing(db, reader) == SUPPRESSED


async def test_a_mail_that_arrives_starts_the_count_anew(db: Database, clock: FixedClock) -> None:
    reader = await reader_in(db, clock)
    for outcome in (HARD, HARD, SENT, HARD):
        await bounce(db, clock, reader, outcome)
        clock.advance(7 * DAY)
    assert await standing(db, reader) == LEFT_ALONE


async def test_a_full_mailbox_never_suppresses(db: Database, clock: FixedClock) -> None:
    reader = await reader_in(db, clock)
    for _ in range(5):
        await bounce(db, clock, reader, SOFT)
        clock.advance(7 * DAY)
    assert await standing(db, reader) == LEFT_ALONE


@pytest.mark.parametrize("state", [MessageState.REFUSED, MessageState.EXPIRED, MessageState.UNCONFIRMED])
async def test_what_is_not_a_bounce_never_blames_the_reader(
    db: Database, clock: FixedClock, state: MessageState
) -> None:
    reader = await reader_in(db, clock)
    for _ in range(4):
        await bounce(db, clock, reader, Outcome(0, 0, state, "554 5.7.1 spam", 554))
        clock.advance(7 * DAY)
    assert await standing(db, reader) == LEFT_ALONE


async def test_many_refusals_pause_their_issue(db: Database, clock: FixedClock) -> None:
    messages = await held(db, clock, 20)
    async with Recorder(db, clock) as recorder:
        for message in messages[:3]:
            await recorder.write(message, Outcome(message.id, message.epoch, MessageState.REFUSED, "554 5.7.1", 554))
    async with db.read() as conn:
        assert (await conn.execute(text("SELECT state FROM issues"))).scalar() == "paused"
