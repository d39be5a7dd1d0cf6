"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that is sent again gets its first answer.

A key belongs to its token. It is claimed in a transaction of its own, so that the same request at the same time is told
to wait; its answer is written in the transaction that does the work, so that work without an answer cannot be. Only what
was done is kept, for a day: a request that was refused leaves its key free, so that it can be mended and sent again.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from feedsvc.storage import idempotency
from feedsvc.storage.database import Database
from feedsvc.storage.idempotency import Answer, Claim
from feedsvc.storage.types import Conn

KEPT_FOR = timedelta(days=1)
IN_FLIGHT_FOR = timedelta(minutes=1)
"""A claim without an answer for so long is that of a process that died: the next request takes it over."""
_QUOTED = re.compile(r'"(.*)"')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Clash(StrEnum):
    """Why a key cannot be used."""

    IN_FLIGHT = "in_flight"
    REUSED = "reused"


@dataclass(frozen=True, slots=True)
class Request:
    """A request under its key: whose it is, and a hash of all that it asks for."""

    token_id: str
    key: str
    fingerprint: str


def read_key(header: str) -> str | None:
    """The key in a header's value: visible ASCII, at most 255, in quotation marks (as the draft has it) or without."""
    text = header.strip()
    quoted = _QUOTED.fullmatch(text)
    key = quoted[1] if quoted else text
    return key if _KEY.fullmatch(key) else None


def fingerprint(*parts: str | bytes) -> str:
    """A hash of all that makes a request what it is: method, path, query, body."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


async def begin(db: Database, request: Request, now: datetime) -> Claim | Answer | Clash:
    """Claim a key, or learn what stands under it. `now` is aware, in UTC. Raises StorageError.

    Whoever gets a Claim works, calls `finish` in the same transaction, and `give_back` where that failed.
    """
    wanted = Claim(request.token_id, request.key, now)
    async with db.write() as conn:
        await idempotency.forget(conn, now - KEPT_FOR)
        if await idempotency.claim(conn, wanted, request.fingerprint):
            return wanted
        found = await idempotency.find(conn, request.token_id, request.key, lock=True)
        outcome = _judge(found, request, now)
        if outcome is not None:
            return outcome
        await idempotency.take_over(conn, wanted, request.fingerprint)
    return wanted


async def look(db: Database, request: Request, now: datetime) -> Answer | Clash | None:
    """The same without claiming anything: None where the key is free."""
    async with db.read() as conn:
        return _judge(await idempotency.find(conn, request.token_id, request.key), request, now)


async def finish(conn: Conn, held: Claim, answer: Answer) -> bool:
    """Keep the answer, in the transaction that did the work. False where the claim was lost: then undo the work."""
    return await idempotency.keep(conn, held, answer)


async def give_back(db: Database, held: Claim) -> None:
    """Free the key of a request that came to nothing. Raises StorageError."""
    async with db.write() as conn:
        await idempotency.give_back(conn, held)


def _judge(found: idempotency.Entry | None, request: Request, now: datetime) -> Answer | Clash | None:
    if found is None or found.since < now - KEPT_FOR:
        return None
    if found.answer is None and found.since < now - IN_FLIGHT_FOR:
        return None
    if found.request_hash != request.fingerprint:
        return Clash.REUSED
    return found.answer or Clash.IN_FLIGHT
