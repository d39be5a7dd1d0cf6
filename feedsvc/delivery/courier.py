"""One connection's work on one message: ask again who it is for, send it, judge the reply, have it written down."""

from collections.abc import Callable
from dataclasses import dataclass

from feedsvc.clock import Clock
from feedsvc.delivery.outgoing import Outgoing, Postpone, Prepare, Withheld
from feedsvc.delivery.pace import Pace
from feedsvc.delivery.policy import RelayFault, SessionFull, judge
from feedsvc.delivery.record import Recorder
from feedsvc.delivery.smtp import Sender
from feedsvc.errors import FeedsvcError, StorageError
from feedsvc.logs import get_logger
from feedsvc.model.issue import Message, MessageState
from feedsvc.model.outcome import Outcome
from feedsvc.storage.database import Database

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fenced:
    """Another worker held the message when its outcome came: it counts for nothing here."""


Verdict = Outcome | Fenced | RelayFault | SessionFull | Postpone


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries messages over one connection. An Outcome it returns is committed; for the rest nothing is written."""

    db: Database
    clock: Clock
    prepare: Prepare
    sender: Sender
    recorder: Recorder
    pace: Pace
    jitter: Callable[[], float]

    async def deliver(self, message: Message) -> Verdict:
        """Deal with one claimed message. Raises StorageError; then the message has gone back if that was possible."""
        await self.pace.turn()
        prepared = await self._prepared(message)
        if isinstance(prepared, Postpone):
            return prepared
        if isinstance(prepared, Withheld):
            held = Outcome(message.id, message.epoch, prepared.state, prepared.reason, attempted=False)
            return await self._write(message, held)
        reply = await self.sender.send(prepared.envelope_from, prepared.recipient, prepared.data)
        verdict = judge(reply, message, self.clock.now(), self.jitter())
        if isinstance(verdict, Outcome):
            log.debug("message dealt with", message=message.id, state=verdict.state.value, reply=verdict.reply)
            return await self._write(message, verdict)
        return verdict

    async def _write(self, message: Message, outcome: Outcome) -> Outcome | Fenced:
        return outcome if await self.recorder.write(message, outcome) else Fenced()

    async def _prepared(self, message: Message) -> Outgoing | Withheld | Postpone:
        try:
            async with self.db.read() as conn:
                return await self.prepare(conn, message)
        except StorageError:
            await self.recorder.give_back(message, self.clock.now())
            raise
        except FeedsvcError as error:
            log.error("message could not be composed", message=message.id, code=error.code, cause=str(error))
            return Withheld(MessageState.REFUSED, f"It could not be composed: {error}")
        except Exception as error:
            # One story that breaks the composer costs its messages, never the run.
            log.exception("message could not be composed", message=message.id)
            return Withheld(MessageState.REFUSED, f"It could not be composed: {type(error).__name__}.")
