"""Requests that bear an Idempotency-Key: claimed while they are worked on, kept with their answer afterwards."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update

from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_access import idempotency
from feedsvc.storage.types import Conn


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it is given again."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a request: whose key it is, and since when (UTC)."""

    token_id: str
    key: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """A request under its key, since when (UTC), with its answer where there is one."""

    request_hash: str
    since: datetime
    answer: Answer | None


async def claim(conn: Conn, wanted: Claim, request_hash: str) -> bool:
    """Write a request that nobody knows yet; False where there is one under this key."""
    statement = insert_for(conn, idempotency).values(
        token_id=wanted.token_id, key=wanted.key, request_hash=request_hash, created_at=wanted.claimed_at
    )
    made = await conn.execute(statement.on_conflict_do_nothing().returning(idempotency.c.key))
    return made.first() is not None


async def find(conn: Conn, token_id: str, key: str, lock: bool = False) -> Entry | None:
    """What stands under a key; `lock` keeps it so until the transaction ends."""
    query = select(idempotency).where(_is(token_id, key))
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    if row is None:
        return None
    answered = row["status"] is not None
    answer = Answer(row["status"], dict(row["headers"]), row["body"]) if answered else None
    return Entry(row["request_hash"], row["created_at"], answer)


async def take_over(conn: Conn, wanted: Claim, request_hash: str) -> None:
    """Put a request in the place of one that is too old. Call `find` with its lock first."""
    values = {"request_hash": request_hash, "created_at": wanted.claimed_at}
    nothing = {"status": None, "headers": None, "body": None}
    await conn.execute(update(idempotency).where(_is(wanted.token_id, wanted.key)).values(**values, **nothing))


async def keep(conn: Conn, held: Claim, answer: Answer) -> bool:
    """Write the answer to a claimed request; False where somebody else has taken it over since."""
    statement = update(idempotency).where(_held(held))
    values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    return (await conn.execute(statement.values(**values).returning(idempotency.c.key))).first() is not None


async def give_back(conn: Conn, held: Claim) -> None:
    """Forget a claimed request that came to no answer."""
    await conn.execute(delete(idempotency).where(_held(held)))


async def forget(conn: Conn, before: datetime) -> None:
    """Drop what is older than an instant (aware)."""
    await conn.execute(delete(idempotency).where(idempotency.c.created_at < before))


def _is(token_id: str, key: str) -> ColumnElement[bool]:
    return and_(idempotency.c.token_id == token_id, idempotency.c.key == key)


def _held(held: Claim) -> ColumnElement[bool]:
    mine = and_(idempotency.c.created_at == held.claimed_at, idempotency.c.status.is_(None))
    return and_(_is(held.token_id, held.key), mine)
