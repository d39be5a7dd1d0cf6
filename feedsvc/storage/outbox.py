"""The outbox: what is put into it and how it stands. Who holds a message, and what became of it, is in `claims`.

A row is open while it is queued, sending or deferred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, case, func, insert, literal, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from feedsvc.model.issue import OPEN, IssueState, MessageKind, MessageState
from feedsvc.storage.bulk import table_of
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_mail import issues, outbox
from feedsvc.storage.types import Conn, Instant

DIGEST_PRIORITY = 10

OPEN_ROWS = text("outbox.state IN ('queued', 'sending', 'deferred')")
"""Open rows, written out, not bound: the planners take the partial index only for a condition they can read."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many messages are in each state, and since when (UTC) the oldest open one waits; None when none is open."""

    by_state: dict[MessageState, int]
    oldest_open: datetime | None

    @property
    def open(self) -> int:
        """How many messages are still to be dealt with."""
        return sum(self.by_state.get(state, 0) for state in OPEN)


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that did not arrive, and the server's words or ours; no address."""

    message_id: int
    subscriber_id: int | None
    state: MessageState
    code: int | None
    reply: str


@dataclass(frozen=True, slots=True)
class IssueCounts:
    """What became of an issue's messages: how many in each state, and the newest failures."""

    by_state: dict[MessageState, int]
    failures: tuple[Failure, ...]


async def enqueue(
    conn: Conn,
    kind: MessageKind,
    *,
    subscriber_id: int | None = None,
    recipient: str = "",
    payload: dict[str, str],
    now: datetime,
    expires_at: datetime,
    priority: int = 0,
) -> int:
    """Add one message that is due at once; returns its id. `recipient` only where there is no subscriber.

    A lower `priority` goes first: digests have 10, everything else 0. Instants are aware, in UTC.
    """
    row = {
        "kind": kind.value,
        "priority": priority,
        "subscriber_id": subscriber_id,
        "recipient": recipient,
        "payload": payload,
        "state": MessageState.QUEUED.value,
        "queued_at": now,
        "next_attempt_at": now,
        "expires_at": expires_at,
    }
    return int((await conn.execute(insert(outbox).values(row).returning(outbox.c.id))).scalar_one())


async def add_digest_rows(
    conn: Conn, issue_id: int, rows: Sequence[tuple[int, int]], now: datetime, expires_at: datetime
) -> int:
    """Queue an issue for readers, given as (subscriber id, edition id); returns how many rows are new.

    A reader who has a row of this issue keeps it, so that a fan-out that is repeated after a crash adds nothing twice.
    """
    if not rows:
        return 0
    readers = table_of(conn, {"subscriber_id": BigInteger(), "edition_id": Integer()}, rows, "readers")
    values: dict[str, ColumnElement[Any]] = {
        "kind": literal(MessageKind.DIGEST.value, String),
        "priority": literal(DIGEST_PRIORITY, Integer),
        "issue_id": literal(issue_id, Integer),
        "subscriber_id": readers.c.subscriber_id,
        "edition_id": readers.c.edition_id,
        "payload": literal({}, outbox.c.payload.type),
        "state": literal(MessageState.QUEUED.value, String),
        "queued_at": literal(now, Instant),
        "next_attempt_at": literal(now, Instant),
        "expires_at": literal(expires_at, Instant),
    }
    # WHERE TRUE: without it SQLite reads ON CONFLICT as the ON of a join (its documentation, "Parsing ambiguity").
    chosen = select(*values.values()).select_from(readers).where(text("1 = 1"))
    statement = insert_for(conn, outbox).from_select(list(values), chosen, include_defaults=False)
    return int((await conn.execute(statement.on_conflict_do_nothing())).rowcount)


async def finish_issues(conn: Conn, now: datetime) -> list[int]:
    """Mark issues that are being sent and have no open row as sent; returns their ids.

    An issue is `sending` only once its fan-out is complete, so no row can come later.
    """
    waiting = select(outbox.c.id).where(outbox.c.issue_id == issues.c.id, outbox.c.state.in_(OPEN)).exists()
    statement = (
        update(issues)
        .where(issues.c.state == IssueState.SENDING.value, ~waiting)
        .values(state=IssueState.SENT.value, sent_at=now)
        .returning(issues.c.id)
    )
    return sorted((await conn.execute(statement)).scalars())


async def pause_if_refused(conn: Conn, issue_id: int, share: float, least: int) -> bool:
    """Pause an issue that is being sent once over `share` of its messages, and at least `least`, were refused."""
    refused = func.sum(case((outbox.c.state == MessageState.REFUSED.value, 1), else_=0))
    row = (await conn.execute(select(func.count(), refused).where(outbox.c.issue_id == issue_id))).one()
    everyone, bad = int(row[0]), int(row[1] or 0)
    if bad < least or bad <= share * everyone:
        return False
    reason = f"Paused: {bad} of {everyone} messages were refused. Read the servers' words, mend the cause, then resume."
    statement = (
        update(issues)
        .where(issues.c.id == issue_id, issues.c.state == IssueState.SENDING.value)
        .values(state=IssueState.PAUSED.value, reason=reason)
    )
    return (await conn.execute(statement)).rowcount > 0


async def bounces(conn: Conn, subscriber_id: int) -> list[tuple[datetime, int | None, str]]:
    """A reader's bounces since the last message that arrived, oldest first: (when, code, the server's words)."""
    mine = (outbox.c.subscriber_id == subscriber_id, outbox.c.finished_at.is_not(None))
    last = select(func.max(outbox.c.finished_at)).where(*mine, outbox.c.state == MessageState.SENT.value)
    arrived = (await conn.execute(last)).scalar()
    query = select(outbox.c.finished_at, outbox.c.reply_code, outbox.c.reply).where(
        *mine, outbox.c.state == MessageState.BOUNCED.value
    )
    if arrived is not None:
        query = query.where(outbox.c.finished_at > arrived)
    return [(row[0], row[1], row[2]) for row in await conn.execute(query.order_by(outbox.c.finished_at))]


async def statistics(conn: Conn) -> Statistics:
    """How the whole outbox stands."""
    counts = await conn.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    by_state = {MessageState(state): int(count) for state, count in counts}
    oldest = (await conn.execute(select(func.min(outbox.c.queued_at)).where(OPEN_ROWS))).scalar()
    return Statistics(by_state, oldest)


async def for_issue(conn: Conn, issue_id: int, failures: int = 50) -> IssueCounts:
    """How an issue's messages stand, with up to `failures` of those that did not arrive, the newest first."""
    counts = await conn.execute(
        select(outbox.c.state, func.count()).where(outbox.c.issue_id == issue_id).group_by(outbox.c.state)
    )
    by_state = {MessageState(state): int(count) for state, count in counts}
    columns = (outbox.c.id, outbox.c.subscriber_id, outbox.c.state, outbox.c.reply_code, outbox.c.reply)
    fine = [state.value for state in (*OPEN, MessageState.SENT)]
    worse = select(*columns).where(outbox.c.issue_id == issue_id, outbox.c.state.not_in(fine))
    rows = await conn.execute(worse.order_by(outbox.c.finished_at.desc(), outbox.c.id.desc()).limit(failures))
    return IssueCounts(by_state, tuple(Failure(row[0], row[1], MessageState(row[2]), row[3], row[4]) for row in rows))
