"""Claims, leases, epochs: nobody sends what another holds, and nobody's late word counts."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.model.issue import IssueState, MessageKind, MessageState
from feedsvc.model.outcome import Outcome
from feedsvc.storage import claims, outbox
from feedsvc.storage.database import Database
from tests.fakes.mailing import outbox_row, queue_issue, set_issue

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)
LEASE = 300
LATER = NOW + timedelta(seconds=LEASE)


async def add(db: Database, at: datetime = NOW, priority: int = 0, expires_at: datetime = NOW + DAY) -> int:
    async with db.write() as conn:
        return await outbox.enqueue(
            conn,
            MessageKind.TEST,
            recipient="a@example.com",
            payload={},
            now=at,
            expires_at=expires_at,
            priority=priority,
        )


async def claim_ids(db: Database, at: datetime, limit: int = 10) -> list[int]:
    async with db.write() as conn:
        return [message.id for message in await claims.claim(conn, limit, at, LEASE)]


async def test_claims_go_by_priority_then_by_time(db: Database) -> None:
    late = await add(db, NOW - timedelta(hours=1), priority=10)
    second = await add(db, NOW - timedelta(minutes=1))
    first = await add(db, NOW - timedelta(minutes=2))
    assert await claim_ids(db, NOW, limit=2) == [first, second]
    assert await claim_ids(db, NOW) == [late]
    assert await claim_ids(db, NOW) == []


async def test_what_is_not_due_is_not_claimed(db: Database) -> None:
    message_id = await add(db, NOW + timedelta(seconds=1))
    assert await claim_ids(db, NOW) == []
    assert await claim_ids(db, NOW + timedelta(seconds=1)) == [message_id]


@pytest.mark.parametrize("state", [s for s in IssueState if s is not IssueState.SENDING])
async def test_digests_are_claimed_only_while_their_issue_is_being_sent(db: Database, state: IssueState) -> None:
    async with db.write() as conn:
        issue_id = await queue_issue(conn, NOW, ["a@example.com"], state)
    assert await claim_ids(db, NOW) == []
    async with db.write() as conn:
        await set_issue(conn, issue_id, IssueState.SENDING)
    assert len(await claim_ids(db, NOW)) == 1


async def test_a_lapsed_lease_gives_the_message_to_another_with_a_higher_epoch(db: Database) -> None:
    message_id = await add(db)
    async with db.write() as conn:
        (first,) = await claims.claim(conn, 1, NOW, LEASE)
    assert await claim_ids(db, LATER - timedelta(microseconds=1)) == []
    async with db.write() as conn:
        (second,) = await claims.claim(conn, 1, LATER, LEASE)
        row = await outbox_row(conn, message_id)
    assert (first.id, first.epoch, second.id, second.epoch) == (message_id, 1, message_id, 2)
    assert row["crashes"] == 1


async def test_the_outcome_of_an_older_claim_is_fenced(db: Database) -> None:
    message_id = await add(db)
    async with db.write() as conn:
        (old,) = await claims.claim(conn, 1, NOW, LEASE)
    async with db.write() as conn:
        (new,) = await claims.claim(conn, 1, LATER, LEASE)
    async with db.write() as conn:
        assert await claims.record(conn, [Outcome(old.id, old.epoch, MessageState.BOUNCED)], LATER) == set()
        assert await claims.release(conn, [(old.id, old.epoch)], LATER) == 0
        assert (await outbox_row(conn, message_id))["state"] == "sending"
        assert await claims.record(conn, [Outcome(new.id, new.epoch, MessageState.SENT)], LATER) == {message_id}
        # Once written, it is written.
        assert await claims.record(conn, [Outcome(new.id, new.epoch, MessageState.BOUNCED)], LATER) == set()
        assert (await outbox_row(conn, message_id))["state"] == "sent"


async def test_a_message_that_crashes_its_worker_three_times_is_set_aside(db: Database) -> None:
    message_id = await add(db)
    for crash in range(3):
        assert await claim_ids(db, NOW + crash * timedelta(seconds=LEASE)) == [message_id]
    assert await claim_ids(db, NOW + 3 * timedelta(seconds=LEASE)) == []
    async with db.read() as conn:
        row = await outbox_row(conn, message_id)
    assert (row["state"], row["crashes"], row["epoch"]) == ("shunted", 3, 4)
    assert "three times" in row["reply"]


async def test_a_message_past_its_expiry_is_closed_and_the_next_one_taken(db: Database) -> None:
    old = [await add(db, expires_at=NOW + timedelta(hours=1)) for _ in range(3)]
    good = await add(db)
    assert await claim_ids(db, NOW + timedelta(hours=1), limit=2) == [good]
    async with db.read() as conn:
        assert {(await outbox_row(conn, message_id))["state"] for message_id in old} == {"expired"}


async def test_a_message_that_may_have_arrived_expires_as_unconfirmed(db: Database) -> None:
    crashed = await add(db, expires_at=LATER)
    unknown = await add(db, expires_at=LATER)
    async with db.write() as conn:
        first, second = await claims.claim(conn, 2, NOW, LEASE)
        outcome = Outcome(
            second.id, second.epoch, MessageState.DEFERRED, "gone quiet", next_attempt_at=LATER, unknown=True
        )
        await claims.record(conn, [outcome], NOW)
    assert (first.id, second.id) == (crashed, unknown)
    assert await claim_ids(db, LATER) == []
    async with db.read() as conn:
        rows = [await outbox_row(conn, crashed), await outbox_row(conn, unknown)]
    assert [row["state"] for row in rows] == ["unconfirmed", "unconfirmed"]
    assert rows[0]["reply"].startswith("It expired")
    assert rows[1]["reply"] == "gone quiet"


async def test_attempts_count_only_what_was_an_attempt_on_the_reader(db: Database) -> None:
    await add(db)
    soon = NOW + timedelta(minutes=5)
    async with db.write() as conn:
        (message,) = await claims.claim(conn, 1, NOW, LEASE)
        await claims.release(conn, [(message.id, message.epoch)], soon)
        assert (await outbox_row(conn, message.id))["state"] == "queued"
        (message,) = await claims.claim(conn, 1, soon, LEASE)
        outcome = Outcome(message.id, message.epoch, MessageState.DEFERRED, "later", 451, soon)
        await claims.record(conn, [outcome], soon)
        (message,) = await claims.claim(conn, 1, soon, LEASE)
        assert (message.attempts, message.unknowns, message.epoch) == (1, 0, 3)
        await claims.release(conn, [(message.id, message.epoch)], soon)
        row = await outbox_row(conn, message.id)
    assert (row["state"], row["attempts"], row["crashes"], row["lease_until"]) == ("deferred", 1, 0, None)


async def test_many_outcomes_are_written_together_and_long_words_are_cut(db: Database) -> None:
    for _ in range(20):
        await add(db)
    async with db.write() as conn:
        held = await claims.claim(conn, 20, NOW, LEASE)
        outcomes = [
            Outcome(m.id, m.epoch + (m.id % 2), MessageState.DEFERRED, "x" * 900, 451, LATER, unknown=True)
            for m in held
        ]
        written = await claims.record(conn, outcomes, NOW)
        assert written == {m.id for m in held if m.id % 2 == 0}
        row = await outbox_row(conn, min(written))
        assert await claims.record(conn, [], NOW) == set()
        assert await claims.release(conn, [], NOW) == 0
    assert (row["next_attempt_at"], row["unknowns"], row["finished_at"], row["reply_code"]) == (LATER, 1, None, 451)
    assert len(row["reply"]) == 500


async def test_workers_that_claim_at_once_share_the_messages_out(db: Database) -> None:
    everything = {await add(db) for _ in range(30)}

    async def worker() -> list[int]:
        mine: list[int] = []
        while taken := await claim_ids(db, NOW, limit=4):
            mine.extend(taken)
        return mine

    shares = await asyncio.gather(*(worker() for _ in range(4)))
    together = [message_id for share in shares for message_id in share]
    assert len(together) == 30
    assert set(together) == everything


async def test_a_claim_reads_the_partial_index_in_its_order(sqlite_db: Database) -> None:
    async with sqlite_db.write() as conn:
        await queue_issue(conn, NOW, ["a@example.com"])
    async with sqlite_db.read() as conn:
        query = claims.due_query(5, NOW).compile(conn.sync_connection, compile_kwargs={"literal_binds": True})
        steps = " ".join(str(row) for row in await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
    assert "SCAN outbox USING INDEX ix_outbox_open" in steps
    assert "TEMP B-TREE" not in steps
