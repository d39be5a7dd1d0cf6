"""Who holds a message, and what became of it: claims with a lease and an epoch, outcomes fenced by the epoch.

A claim sets a lease and a new epoch; an outcome counts only with the epoch of the latest claim, so that a worker that
was stopped for longer than its lease changes nothing. While a row is being sent its `next_attempt_at` is the end of the
lease: what is due is one range of the partial index, whatever the state.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, String, Text, case, select, update
from sqlalchemy.types import TypeEngine

from feedsvc.model.issue import OPEN, IssueState, Message, MessageKind, MessageState
from feedsvc.model.outcome import Outcome
from feedsvc.storage.bulk import table_of
from feedsvc.storage.outbox import OPEN_ROWS
from feedsvc.storage.schema_mail import issues, outbox, subscribers
from feedsvc.storage.types import Conn, Instant

MAX_CRASHES = 3
"""A message whose worker crashed on it so often is set aside for a person."""
REPLY_LENGTH = 500
"""Characters of a server's words that are kept."""


async def claim(conn: Conn, limit: int, now: datetime, lease_seconds: float) -> list[Message]:
    """Take up to `limit` due messages for `lease_seconds`, in order of priority; empty when none is due.

    Digests only of issues that are being sent. Rows past their expiry are closed on the way, so are those whose lease
    lapsed for the third time (shunted). Needs a write transaction.
    """
    while rows := (await conn.execute(due_query(limit, now))).mappings().all():
        lapsed = [row["id"] for row in rows if row["state"] == MessageState.SENDING]
        await _count_crashes(conn, lapsed)
        crashes = {row["id"]: row["crashes"] + (row["state"] == MessageState.SENDING) for row in rows}
        closed: dict[MessageState, list[int]] = {}
        taken: list[Any] = []
        for row in rows:
            if crashes[row["id"]] >= MAX_CRASHES:
                closed.setdefault(MessageState.SHUNTED, []).append(row["id"])
            elif row["expires_at"] <= now:
                # It may have arrived: a reply was lost, or a worker died before it could write what happened.
                perhaps = row["unknowns"] or crashes[row["id"]]
                state = MessageState.UNCONFIRMED if perhaps else MessageState.EXPIRED
                closed.setdefault(state, []).append(row["id"])
            else:
                taken.append(row)
        for state, ids in closed.items():
            await _close(conn, state, ids, now)
        if taken:
            await _lease(conn, [row["id"] for row in taken], now + timedelta(seconds=lease_seconds))
            return [_message(row) for row in taken]
    return []


def due_query(limit: int, now: datetime) -> Select[Any]:
    """Rows due at `now` (UTC), with the present address of their reader: one range of the partial index, in its order."""
    # Said of the issue, not of the row: a condition on the row's issue would draw the planner to that column's index.
    stopped = select(issues.c.id).where(issues.c.id == outbox.c.issue_id, issues.c.state != IssueState.SENDING.value)
    return (
        select(outbox, subscribers.c.email)
        .outerjoin(subscribers, subscribers.c.id == outbox.c.subscriber_id)
        .where(OPEN_ROWS, outbox.c.next_attempt_at <= now, ~stopped.exists())
        .order_by(outbox.c.priority, outbox.c.next_attempt_at, outbox.c.id)
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )


async def _count_crashes(conn: Conn, ids: list[int]) -> None:
    if ids:
        await conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(crashes=outbox.c.crashes + 1))


async def _close(conn: Conn, state: MessageState, ids: list[int], now: datetime) -> None:
    words = {
        MessageState.SHUNTED: "The worker crashed three times with this message in hand.",
        MessageState.EXPIRED: "It could not be delivered before it expired.",
        MessageState.UNCONFIRMED: "It expired, and an earlier attempt may have arrived.",
    }
    # The last words of a server, where there are any, say more than ours.
    reply = case((outbox.c.reply == "", words[state]), else_=outbox.c.reply)
    values = {
        "state": state.value,
        "finished_at": now,
        "lease_until": None,
        "reply": reply,
        "epoch": outbox.c.epoch + 1,
    }
    await conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values))


async def _lease(conn: Conn, ids: list[int], until: datetime) -> None:
    values = {
        "state": MessageState.SENDING.value,
        "lease_until": until,
        "next_attempt_at": until,
        "epoch": outbox.c.epoch + 1,
    }
    await conn.execute(update(outbox).where(outbox.c.id.in_(ids)).values(**values))


def _message(row: Any) -> Message:
    return Message(
        id=row["id"],
        kind=MessageKind(row["kind"]),
        issue_id=row["issue_id"],
        edition_id=row["edition_id"],
        subscriber_id=row["subscriber_id"],
        recipient=row["email"] or row["recipient"],
        payload=dict(row["payload"]),
        state=MessageState.SENDING,
        attempts=row["attempts"],
        unknowns=row["unknowns"],
        epoch=row["epoch"] + 1,
        queued_at=row["queued_at"],
        expires_at=row["expires_at"],
    )


async def record(conn: Conn, outcomes: Sequence[Outcome], now: datetime) -> set[int]:
    """Write what became of messages, in one statement; returns the ids that were written.

    An outcome whose claim is no longer the latest is left out: somebody else holds that message by now.
    """
    if not outcomes:
        return set()
    instant = Instant()
    rows = [
        (
            outcome.id,
            outcome.epoch,
            outcome.state.value,
            outcome.reply[:REPLY_LENGTH],
            outcome.code,
            instant.process_bind_param(outcome.next_attempt_at or now, conn.dialect),
            None if outcome.state in OPEN else instant.process_bind_param(now, conn.dialect),
            int(outcome.attempted),
            int(outcome.unknown),
        )
        for outcome in outcomes
    ]
    columns: dict[str, TypeEngine[Any]] = {
        "id": BigInteger(),
        "epoch": Integer(),
        "state": String(20),
        "reply": Text(),
        "code": Integer(),
        "next_attempt_at": BigInteger(),
        "finished_at": BigInteger(),
        "attempted": Integer(),
        "unknown": Integer(),
    }
    new = table_of(conn, columns, rows, "outcomes").c
    statement = (
        update(outbox)
        .where(outbox.c.id == new.id, outbox.c.epoch == new.epoch, outbox.c.state == MessageState.SENDING.value)
        .values(
            state=new.state,
            reply=new.reply,
            reply_code=new.code,
            next_attempt_at=new.next_attempt_at,
            finished_at=new.finished_at,
            lease_until=None,
            attempts=outbox.c.attempts + new.attempted,
            unknowns=outbox.c.unknowns + new.unknown,
        )
        .returning(outbox.c.id)
    )
    return set((await conn.execute(statement)).scalars())


async def release(conn: Conn, held: Sequence[tuple[int, int]], due_at: datetime) -> int:
    """Give claimed messages (id, epoch) back, untried, due at `due_at` (UTC); returns how many were still ours."""
    if not held:
        return 0
    ours = table_of(conn, {"id": BigInteger(), "epoch": Integer()}, held, "held").c
    tried = (outbox.c.attempts > 0) | (outbox.c.unknowns > 0)
    statement = (
        update(outbox)
        .where(outbox.c.id == ours.id, outbox.c.epoch == ours.epoch, outbox.c.state == MessageState.SENDING.value)
        .values(
            state=case((tried, MessageState.DEFERRED.value), else_=MessageState.QUEUED.value),
            next_attempt_at=due_at,
            lease_until=None,
        )
        .returning(outbox.c.id)
    )
    return len((await conn.execute(statement)).all())
