"""The outbox: what goes in, what comes due, and how it stands."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from feedsvc.model.issue import IssueState, MessageKind, MessageState
from feedsvc.model.outcome import Outcome
from feedsvc.storage import claims, outbox
from feedsvc.storage.database import Database
from feedsvc.storage.schema_mail import issues, subscribers
from feedsvc.storage.schema_mail import outbox as outbox_table
from tests.fakes.mailing import add_issue, add_reader, outbox_row, queue_issue

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)


async def issue_state(db: Database, issue_id: int) -> str:
    async with db.read() as conn:
        return str((await conn.execute(issues.select().where(issues.c.id == issue_id))).mappings().one()["state"])


async def test_a_message_that_is_enqueued_is_due_at_once_with_what_it_was_given(db: Database) -> None:
    async with db.write() as conn:
        message_id = await outbox.enqueue(
            conn, MessageKind.TEST, recipient="a@example.com", payload={"k": "v"}, now=NOW, expires_at=NOW + DAY
        )
    async with db.write() as conn:
        (message,) = await claims.claim(conn, 10, NOW, 300)
    assert (message.id, message.kind, message.recipient, message.payload) == (
        message_id,
        MessageKind.TEST,
        "a@example.com",
        {"k": "v"},
    )
    assert (message.queued_at, message.expires_at, message.attempts, message.epoch) == (NOW, NOW + DAY, 0, 1)


async def test_a_message_goes_to_the_address_its_reader_has_now(db: Database) -> None:
    async with db.write() as conn:
        await queue_issue(conn, NOW, ["old@example.com"])
        await conn.execute(update(subscribers).values(email="new@example.com"))
    async with db.write() as conn:
        (message,) = await claims.claim(conn, 10, NOW, 300)
    assert message.recipient == "new@example.com"


async def test_a_repeated_fan_out_adds_nothing_twice(db: Database) -> None:
    async with db.write() as conn:
        issue_id, edition_id = await add_issue(conn, NOW)
        readers = [(await add_reader(conn, f"r{i}@example.com", NOW), edition_id) for i in range(5)]
        assert await outbox.add_digest_rows(conn, issue_id, readers[:3], NOW, NOW + DAY) == 3
    async with db.write() as conn:
        assert await outbox.add_digest_rows(conn, issue_id, readers, NOW + DAY, NOW + DAY) == 2
        assert await outbox.add_digest_rows(conn, issue_id, [], NOW, NOW + DAY) == 0
    async with db.read() as conn:
        counts = await outbox.for_issue(conn, issue_id)
    assert counts.by_state == {MessageState.QUEUED: 5}
    assert counts.failures == ()


async def test_ten_thousand_digest_rows_are_one_statement(sqlite_db: Database) -> None:
    async with sqlite_db.write() as conn:
        issue_id, edition_id = await add_issue(conn, NOW)
        await add_reader(conn, "r@example.com", NOW)
        await conn.execute(
            text(
                "INSERT INTO subscribers (email, email_key, language, state, created_at, nonce, irregular) "
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
                "SELECT 'r' || i, 'r' || i, 'en', 'active', 0, '', 0 FROM n"
            )
        )
        rows = [(reader, edition_id) for reader in range(1, 10_001)]
        assert await outbox.add_digest_rows(conn, issue_id, rows, NOW, NOW + DAY) == 10_000


async def test_statistics_say_how_many_and_since_when(db: Database) -> None:
    async with db.read() as conn:
        empty = await outbox.statistics(conn)
    assert (empty.by_state, empty.oldest_open, empty.open) == ({}, None, 0)
    async with db.write() as conn:
        await queue_issue(conn, NOW, ["a@example.com", "b@example.com", "c@example.com"])
        first, second, _ = await claims.claim(conn, 3, NOW, 300)
        await claims.record(
            conn,
            [
                Outcome(first.id, first.epoch, MessageState.SENT),
                Outcome(second.id, second.epoch, MessageState.DEFERRED, next_attempt_at=NOW + DAY),
            ],
            NOW,
        )
    async with db.read() as conn:
        stats = await outbox.statistics(conn)
    assert stats.by_state == {MessageState.SENT: 1, MessageState.DEFERRED: 1, MessageState.SENDING: 1}
    assert stats.oldest_open == NOW
    assert stats.open == 2


async def test_an_issue_counts_its_messages_and_shows_what_failed(db: Database) -> None:
    async with db.write() as conn:
        issue_id = await queue_issue(conn, NOW, ["a@example.com", "b@example.com", "c@example.com"])
        first, second, third = await claims.claim(conn, 3, NOW, 300)
        await claims.record(
            conn,
            [
                Outcome(first.id, first.epoch, MessageState.SENT, "Ok", 250),
                Outcome(second.id, second.epoch, MessageState.BOUNCED, "5.1.1 no such user", 550),
                Outcome(third.id, third.epoch, MessageState.REFUSED, "5.7.1 no", 554),
            ],
            NOW,
        )
    async with db.read() as conn:
        counts = await outbox.for_issue(conn, issue_id)
        one = await outbox.for_issue(conn, issue_id, failures=1)
    assert counts.by_state == {MessageState.SENT: 1, MessageState.BOUNCED: 1, MessageState.REFUSED: 1}
    assert {(f.message_id, f.state, f.code, f.reply) for f in counts.failures} == {
        (second.id, MessageState.BOUNCED, 550, "5.1.1 no such user"),
        (third.id, MessageState.REFUSED, 554, "5.7.1 no"),
    }
    assert len(one.failures) == 1


@pytest.mark.parametrize("last", [MessageState.SENT, MessageState.BOUNCED, MessageState.EXPIRED, MessageState.SHUNTED])
async def test_an_issue_is_sent_only_when_no_row_is_open(db: Database, last: MessageState) -> None:
    async with db.write() as conn:
        issue_id = await queue_issue(conn, NOW, ["a@example.com", "b@example.com"])
        first, second = await claims.claim(conn, 2, NOW, 300)
        await claims.record(conn, [Outcome(first.id, first.epoch, MessageState.SENT)], NOW)
        assert await outbox.finish_issues(conn, NOW) == []
        await claims.record(conn, [Outcome(second.id, second.epoch, last)], NOW)
        assert await outbox.finish_issues(conn, NOW) == [issue_id]
        assert await outbox.finish_issues(conn, NOW) == []
    assert await issue_state(db, issue_id) == "sent"


@pytest.mark.parametrize("state", [IssueState.COMPOSING, IssueState.PAUSED, IssueState.CANCELLED])
async def test_an_issue_that_is_not_being_sent_is_not_finished(db: Database, state: IssueState) -> None:
    async with db.write() as conn:
        issue_id, _ = await add_issue(conn, NOW, state)
        assert await outbox.finish_issues(conn, NOW) == []
    assert await issue_state(db, issue_id) == state.value


async def test_many_refusals_pause_the_issue_and_say_why(db: Database) -> None:
    async with db.write() as conn:
        issue_id = await queue_issue(conn, NOW, [f"r{i}@example.com" for i in range(40)])
        messages = await claims.claim(conn, 3, NOW, 300)
        for message in messages[:2]:
            await claims.record(conn, [Outcome(message.id, message.epoch, MessageState.REFUSED, "5.7.1", 554)], NOW)
        # Two of forty are five percent: not over it.
        assert not await outbox.pause_if_refused(conn, issue_id, 0.05, 2)
        message = messages[2]
        await claims.record(conn, [Outcome(message.id, message.epoch, MessageState.REFUSED, "5.7.1", 554)], NOW)
        assert not await outbox.pause_if_refused(conn, issue_id, 0.05, 4)
        assert await outbox.pause_if_refused(conn, issue_id, 0.05, 3)
        assert not await outbox.pause_if_refused(conn, issue_id, 0.05, 3)
        assert await claims.claim(conn, 3, NOW, 300) == []
    async with db.read() as conn:
        row = (await conn.execute(issues.select())).mappings().one()
    assert row["state"] == "paused"
    assert "3 of 40" in row["reason"]


async def test_bounces_are_those_since_the_last_mail_that_arrived(db: Database) -> None:
    story = [("bounced", 0), ("sent", 1), ("bounced", 8), ("bounced", 15), ("refused", 16)]
    async with db.write() as conn:
        reader = await add_reader(conn, "a@example.com", NOW)
        for state, day in story:
            at = NOW + day * DAY
            message_id = await outbox.enqueue(
                conn, MessageKind.LINKS, subscriber_id=reader, payload={}, now=at, expires_at=at + DAY
            )
            (message,) = await claims.claim(conn, 1, at, 300)
            assert message.id == message_id
            await claims.record(conn, [Outcome(message.id, message.epoch, MessageState(state), "no", 550)], at)
        found = await outbox.bounces(conn, reader)
    assert found == [(NOW + 8 * DAY, 550, "no"), (NOW + 15 * DAY, 550, "no")]


async def test_a_closed_row_says_when(db: Database) -> None:
    async with db.write() as conn:
        message_id = await outbox.enqueue(
            conn, MessageKind.TEST, recipient="a@example.com", payload={}, now=NOW, expires_at=NOW + DAY
        )
        (message,) = await claims.claim(conn, 1, NOW, 300)
        await claims.record(conn, [Outcome(message.id, message.epoch, MessageState.SENT, "Ok", 250)], NOW + DAY)
        row = await outbox_row(conn, message_id)
        await conn.execute(outbox_table.delete())
    assert (row["state"], row["finished_at"], row["lease_until"], row["reply"]) == ("sent", NOW + DAY, None, "Ok")
    assert row["attempts"] == 1
