"""Empties the outbox: claims what is due, sends it over several connections, and lets every outcome be written down.

Each connection takes its next message from what is claimed; whoever finds nothing left claims more. Whatever is claimed
and not sent goes back at once: when a person freezes the sending, when the relay is at fault, when the service stops.
"""

import asyncio
import contextlib
import math
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from feedsvc.clock import Clock
from feedsvc.delivery import breaker
from feedsvc.delivery.courier import Courier, Fenced, Verdict
from feedsvc.delivery.outgoing import Composer, Postpone, Prepare, need_key
from feedsvc.delivery.pace import Pace
from feedsvc.delivery.policy import RelayFault
from feedsvc.delivery.record import Recorder
from feedsvc.delivery.smtp import LEASE_SHARE, Mailer, Sender, refuse_plain
from feedsvc.errors import StorageError
from feedsvc.logs import get_logger
from feedsvc.model.issue import Message, MessageState
from feedsvc.model.outcome import Outcome
from feedsvc.settings import Settings
from feedsvc.storage import claims, outbox
from feedsvc.storage.database import Database

log = get_logger(__name__)

IDLE_SECONDS = 1.0
"""How often an empty outbox, a frozen one or a broken relay is looked at again."""
UNKNOWNS_IN_A_ROW = 3
"""So many messages whose fate is unknown, with no other answer between, are a fault of the relay."""
FROZEN = "Sending is frozen. `feedsvc delivery thaw` resumes it."


@dataclass(slots=True)
class Drained:
    """What a run did: messages by the state they went into, and why it stopped early, if it did."""

    states: Counter[MessageState] = field(default_factory=Counter)
    waiting: str = ""

    @property
    def sent(self) -> int:
        """How many the relay took."""
        return self.states[MessageState.SENT]


class Drain:
    """Sends what is in the outbox. `prepare` and `mailer` are what makes a message and what takes it to the relay.

    Raises SettingsError where the relay would get mail in the clear, SecretMissing without a key, InputError for a
    sender that is no address.
    """

    def __init__(
        self,
        db: Database,
        settings: Settings,
        clock: Clock,
        *,
        prepare: Prepare | None = None,
        mailer: Callable[[], Sender] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        refuse_plain(settings)
        self.db = db
        self.settings = settings
        self.clock = clock
        self.prepare = prepare or Composer(settings)
        self.mailer = mailer or (lambda: Mailer(settings))
        self.jitter = jitter
        self.claim_trouble = ""
        self._recorder: Recorder | None = None

    @property
    def trouble(self) -> str:
        """Why nothing can be sent at present, for /readyz: the database cannot be written. Empty when all is well."""
        return (self._recorder.trouble if self._recorder else "") or self.claim_trouble

    async def run_once(self, limit: int | None = None) -> Drained:
        """Send what is due now, at most `limit` messages, and return. Raises StorageError."""
        async with Recorder(self.db, self.clock, self.settings.delivery.grace) as recorder:
            run = _Run(self, recorder, asyncio.Event(), once=True, limit=limit)
            return await run.run()

    async def run_forever(self, stop: asyncio.Event) -> Drained:
        """Send what comes until `stop` is set; then messages in flight finish within the grace time."""
        async with Recorder(self.db, self.clock) as recorder:
            self._recorder = recorder
            return await _Run(self, recorder, stop, once=False, limit=None).run()


@dataclass(frozen=True, slots=True)
class _Held:
    message: Message
    lease_until: datetime


class _Run:
    """One run of a drain: what is claimed, and the connections that work on it."""

    def __init__(self, drain: Drain, recorder: Recorder, stop: asyncio.Event, *, once: bool, limit: int | None) -> None:
        self._drain = drain
        self._recorder = recorder
        self._stop = stop
        self._once = once
        self._left = math.inf if limit is None else limit
        self._held: deque[_Held] = deque()
        # One connection at a time looks for work, and rests while there is none; a break need not wait for its rest.
        self._looking = asyncio.Lock()
        self._claiming = asyncio.Lock()
        self._report = Drained()
        self._unknowns = 0
        self._was_broken = False
        self._pace = Pace(drain.settings.mail.rate)

    async def run(self) -> Drained:
        """Until nothing is due (once) or until it is stopped; what is left over goes back."""
        workers = [asyncio.create_task(self._work()) for _ in range(self._drain.settings.mail.connections)]
        stopping = asyncio.create_task(self._stop.wait())
        everybody: asyncio.Future[Any] = asyncio.gather(*workers)
        try:
            await asyncio.wait([everybody, stopping], return_when=asyncio.FIRST_COMPLETED)
            # Told to stop: what is in flight may still get its answer.
            await asyncio.wait([everybody], timeout=self._drain.settings.delivery.grace)
            if everybody.done():
                everybody.result()
        finally:
            for task in (*workers, stopping):
                task.cancel()
            await asyncio.gather(*workers, stopping, everybody, return_exceptions=True)
            await self._end()
        return self._report

    async def _end(self) -> None:
        try:
            async with self._drain.db.write() as conn:
                held = [(entry.message.id, entry.message.epoch) for entry in self._held]
                self._held.clear()
                await claims.release(conn, held, self._drain.clock.now())
                await outbox.finish_issues(conn, self._drain.clock.now())
        except StorageError as error:
            # Their leases lapse by themselves.
            log.error("claimed messages could not be given back", cause=str(error))

    async def _work(self) -> None:
        sender = self._drain.mailer()
        drain = self._drain
        courier = Courier(drain.db, drain.clock, drain.prepare, sender, self._recorder, self._pace, drain.jitter)
        try:
            while held := await self._next():
                try:
                    await self._settle(held.message, await courier.deliver(held.message))
                except StorageError as error:
                    if self._once:
                        raise
                    log.error("a message was left to its lease", message=held.message.id, cause=str(error))
                    await self._rest()
                except Exception:
                    # Its lease lapses; a message that does this three times is set aside.
                    log.exception("a worker failed on a message", message=held.message.id)
                    await sender.close()
        finally:
            with contextlib.suppress(OSError):
                await sender.close()

    async def _next(self) -> _Held | None:
        """The next message to send, claimed and with enough of its lease left; None when this run is over."""
        async with self._looking:
            while not self._stop.is_set():
                async with self._claiming:
                    while self._held:
                        held = self._held.popleft()
                        if self._drain.clock.now() + self._one_transaction() < held.lease_until:
                            return held
                        await self._recorder.give_back(held.message, self._drain.clock.now())
                    claimed = await self._claim()
                if not claimed:
                    if self._once:
                        return None
                    await self._rest()
        return None

    def _one_transaction(self) -> timedelta:
        return timedelta(seconds=self._drain.settings.delivery.lease * LEASE_SHARE)

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), IDLE_SECONDS)

    async def _claim(self) -> bool:
        """Claim some more; False where there is nothing to be done now. Raises StorageError if it runs once."""
        try:
            messages = await self._claimed()
        except StorageError as error:
            if self._once:
                raise
            if not self._drain.claim_trouble:
                log.error("the outbox cannot be read", cause=str(error))
            self._drain.claim_trouble = str(error)
            return False
        self._drain.claim_trouble = ""
        self._left -= len(messages)
        self._held.extend(messages)
        return bool(messages)

    async def _claimed(self) -> list[_Held]:
        delivery = self._drain.settings.delivery
        now = self._drain.clock.now()
        async with self._drain.db.write() as conn:
            await outbox.finish_issues(conn, now)
            broken = await breaker.broken(conn)
            self._was_broken = broken is not None
            if await breaker.is_frozen(conn):
                self._report.waiting = FROZEN
                return []
            if broken is not None and now < broken.retry_at:
                self._report.waiting = broken.why
                return []
            self._report.waiting = ""
            # After a break one message tells whether the relay works again.
            limit = int(min(1 if broken else delivery.batch, self._left))
            messages = await claims.claim(conn, limit, now, delivery.lease) if limit else []
            if messages:
                await need_key(conn)
        lease_until = now + timedelta(seconds=delivery.lease)
        return [_Held(message, lease_until) for message in messages]

    async def _settle(self, message: Message, verdict: Verdict) -> None:
        """What a verdict means for everything but its own row."""
        now = self._drain.clock.now()
        if isinstance(verdict, Outcome):
            self._report.states[verdict.state] += 1
            await self._count_unknowns(verdict)
        elif isinstance(verdict, RelayFault):
            # Behind what else is due, so that a message the relay chokes on does not stand before all others.
            await self._recorder.give_back(message, await self._trip(verdict))
        elif not isinstance(verdict, Fenced):
            await self._recorder.give_back(message, now)
            if isinstance(verdict, Postpone):
                await self._give_all_back(now)

    async def _count_unknowns(self, outcome: Outcome) -> None:
        if outcome.unknown:
            self._unknowns += 1
            if self._was_broken or self._unknowns >= UNKNOWNS_IN_A_ROW:
                self._unknowns = 0
                await self._trip(RelayFault(f"The relay breaks off after the message: {outcome.reply}"))
        elif outcome.code is not None:
            self._unknowns = 0
            await self._mend()

    async def _mend(self) -> None:
        if self._was_broken:
            self._was_broken = False
            async with self._drain.db.write() as conn:
                await breaker.mend(conn)
            log.info("the relay works again")

    async def _trip(self, fault: RelayFault) -> datetime:
        # Nobody takes another message before the break is known to all.
        async with self._claiming:
            now = self._drain.clock.now()
            async with self._drain.db.write() as conn:
                state = await breaker.trip(conn, fault, now, self._drain.jitter())
            await self._give_all_back(now)
        log.error(
            "sending waits for the relay", why=state.why, retry_at=state.retry_at.isoformat(), faults=state.faults
        )
        return state.retry_at

    async def _give_all_back(self, due_at: datetime) -> None:
        held, self._held = self._held, deque()
        await asyncio.gather(*(self._recorder.give_back(entry.message, due_at) for entry in held))
