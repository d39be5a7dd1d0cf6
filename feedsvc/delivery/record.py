"""One recorder commits the outcomes of all connections: whatever waits goes into one write transaction.

A connection offers its next message only after `write` has returned. So at most one message per connection can be sent
and not written down, and while the database cannot be written nothing is sent.
"""

import asyncio
import contextlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedsvc.clock import Clock
from feedsvc.delivery import policy
from feedsvc.errors import StorageError
from feedsvc.logs import get_logger
from feedsvc.model.issue import Message, MessageState
from feedsvc.model.outcome import Outcome
from feedsvc.model.subscriber import SuppressionReason, suppress
from feedsvc.storage import claims, outbox, subscribers
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn

log = get_logger(__name__)

RETRY_SECONDS = 1.0
FLUSH_SECONDS = 5.0
"""How long its end waits for outcomes that nobody waits for any more, when their connections were cut off."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    message: Message
    # What became of it, or the instant at which it is due again, untried.
    news: Outcome | datetime
    written: asyncio.Future[bool]


class Recorder:
    """Writes outcomes down, from `async with` to its end.

    `patience`: seconds to wait for a database that cannot be written before `write` raises StorageError; for ever
    unless told otherwise. `trouble` says meanwhile what is wrong; empty when all is well.
    """

    def __init__(self, db: Database, clock: Clock, patience: float = math.inf) -> None:
        self._db = db
        self._clock = clock
        self._patience = patience
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._task: asyncio.Task[None] | None = None
        self.trouble = ""
        self.transactions = 0

    async def __aenter__(self) -> "Recorder":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._task is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._quiet.wait()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def write(self, message: Message, outcome: Outcome) -> bool:
        """Returns once the outcome is committed: True, or False where another worker holds the message by now.

        Raises StorageError when the patience is at its end.
        """
        return await self._submit(message, outcome)

    async def give_back(self, message: Message, due_at: datetime) -> None:
        """The message was not tried: it is due again at `due_at` (UTC). Raises as `write` does."""
        await self._submit(message, due_at)

    async def _submit(self, message: Message, news: Outcome | datetime) -> bool:
        entry = _Waiting(message, news, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self._quiet.clear()
        self._wake.set()
        return await entry.written

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._deal_with(batch)
            self._quiet.set()

    async def _deal_with(self, batch: Sequence[_Waiting]) -> None:
        try:
            written = await self._commit(batch)
        except Exception as error:
            # Whoever waits must hear of it, whatever it is: a connection that hears nothing would wait for ever.
            for entry in batch:
                if not entry.written.done():
                    entry.written.set_exception(error)
            return
        for entry in batch:
            if not entry.written.done():
                entry.written.set_result(entry.message.id in written)

    async def _commit(self, batch: Sequence[_Waiting]) -> set[int]:
        started = asyncio.get_running_loop().time()
        while True:
            now = self._clock.now()
            try:
                async with self._db.write() as conn:
                    written = await _write_down(conn, batch, now)
            except StorageError as error:
                if not self.trouble:
                    log.error("outcomes cannot be written, nothing is sent meanwhile", cause=str(error))
                self.trouble = str(error)
                if asyncio.get_running_loop().time() - started > self._patience:
                    raise
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self.trouble = ""
                self.transactions += 1
                return written


async def _write_down(conn: Conn, batch: Sequence[_Waiting], now: datetime) -> set[int]:
    outcomes = [(entry.message, entry.news) for entry in batch if isinstance(entry.news, Outcome)]
    written = await claims.record(conn, [outcome for _, outcome in outcomes], now)
    for message, outcome in outcomes:
        if message.id in written:
            await apply_consequences(conn, message, outcome, now)
    for due_at in {entry.news for entry in batch if isinstance(entry.news, datetime)}:
        held = [(entry.message.id, entry.message.epoch) for entry in batch if entry.news == due_at]
        await claims.release(conn, held, due_at)
    return written


async def apply_consequences(conn: Conn, message: Message, outcome: Outcome, now: datetime) -> None:
    """What an outcome means for its reader and its issue, in the transaction that writes it."""
    if outcome.state is MessageState.BOUNCED and message.subscriber_id is not None:
        await _bounce(conn, message, message.subscriber_id, outcome, now)
    if outcome.state is MessageState.REFUSED and message.issue_id is not None:
        paused = await outbox.pause_if_refused(conn, message.issue_id, policy.REFUSED_SHARE, policy.REFUSED_LEAST)
        if paused:
            log.error("issue paused: too many refusals", issue=message.issue_id, reply=outcome.reply)


async def _bounce(conn: Conn, message: Message, subscriber_id: int, outcome: Outcome, now: datetime) -> None:
    history = [at for at, code, reply in await outbox.bounces(conn, subscriber_id) if policy.is_hard(code, reply)]
    if not policy.suppresses(outcome, history):
        return
    reader = await subscribers.get(conn, subscriber_id, lock=True)
    if reader is not None:
        await subscribers.save(conn, reader, suppress(reader, SuppressionReason.BOUNCED), now)
        log.info("address suppressed after bouncing", subscriber=subscriber_id, message=message.id)
