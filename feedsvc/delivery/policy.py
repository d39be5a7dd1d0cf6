"""Who is blamed for a reply, and what follows (FAULTS, "SMTP"). Pure.

A reply about one message is an Outcome for its reader. A reply about the relay or about our own configuration is a
RelayFault: the queue waits, and no reader's attempts are counted. The enhanced code (RFC 3463) decides; the basic code
only where there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from feedsvc.delivery.reply import Reply, Stage, read_reply
from feedsvc.model.issue import Message, MessageState
from feedsvc.model.outcome import Outcome

STEPS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440))
"""How long a deferred message waits before its next attempt: after the first, the second, and so on."""
BREAKS = tuple(timedelta(seconds=seconds) for seconds in (15, 30, 60, 120, 300, 600))
"""How long the queue waits after a fault of the relay: after the first in a row, the second, and so on."""
CONFIGURATION_BREAK = timedelta(hours=1)
"""How long it waits where the relay refuses our login or our sender: a person has to act."""
MAX_UNKNOWNS = 2
"""How often a message whose fate is unknown is sent again."""
REFUSED_SHARE = 0.05
"""An issue is paused once more than this part of its messages was refused, and at least REFUSED_LEAST."""
REFUSED_LEAST = 3
BOUNCES = 3
"""So many bounces in a row, the first at least BOUNCE_SPAN before the last, suppress an address."""
BOUNCE_SPAN = timedelta(days=13)
"""Two weeks less a day, since the issues of two weeks do not go out at the same minute."""


@dataclass(frozen=True, slots=True)
class RelayFault:
    """The relay, or what we told it of ourselves, is at fault; `why` is for a person.

    `configuration`: it refuses our login or our sender, and goes on doing so until somebody changes the settings.
    """

    why: str
    configuration: bool = False


@dataclass(frozen=True, slots=True)
class SessionFull:
    """This session took as many messages as it takes (452 4.5.3): the same message goes at once over a new one."""


class _Fate(Enum):
    SENT = "sent"
    LATER = "later"
    NO_MAILBOX = "no mailbox"
    BAD_ADDRESS = "bad address"
    MAILBOX_FULL = "mailbox full"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SESSION_FULL = "session full"
    RELAY = "relay"
    CONFIGURATION = "configuration"


# Enhanced codes, 5 as their class, by subject and detail; the subject's own entry serves every other detail.
_ENHANCED = {
    "1.1": _Fate.NO_MAILBOX,
    "1.7": _Fate.REFUSED,  # the sender's address, not the reader's
    "1.8": _Fate.REFUSED,
    "1": _Fate.BAD_ADDRESS,
    "2.1": _Fate.BAD_ADDRESS,
    "2": _Fate.MAILBOX_FULL,
    "3": _Fate.REFUSED,
    "4": _Fate.BAD_ADDRESS,
    "5": _Fate.REFUSED,
    "6": _Fate.REFUSED,
    "7": _Fate.REFUSED,
}
_BASIC = {
    550: _Fate.BAD_ADDRESS,
    551: _Fate.BAD_ADDRESS,
    552: _Fate.MAILBOX_FULL,
    553: _Fate.BAD_ADDRESS,
    556: _Fate.BAD_ADDRESS,  # RFC 7504: the domain takes no mail
}


def judge(reply: Reply, message: Message, now: datetime, jitter: float) -> Outcome | RelayFault | SessionFull:
    """What a reply means for a message, and for whoever is to blame.

    `now` is aware, in UTC; `jitter`, from 0 up to 1, spreads the next attempt over 80 to 120 % of its step.
    """
    fate = _fate(reply)
    if fate in (_Fate.RELAY, _Fate.CONFIGURATION):
        return RelayFault(_why(reply), fate is _Fate.CONFIGURATION)
    if fate is _Fate.SESSION_FULL:
        return SessionFull()
    if fate is _Fate.UNKNOWN:
        return _unknown(reply, message, now, jitter)
    if fate is _Fate.LATER:
        return _later(reply, message, now, jitter)
    return _final(reply, message, fate)


def _fate(reply: Reply) -> _Fate:
    code = reply.code
    if reply.stage is Stage.ENVELOPE:
        return _Fate.REFUSED
    if code == 421:
        return _Fate.RELAY
    if reply.stage is Stage.BODY:
        return _after_the_dot(reply)
    if reply.stage in (Stage.CONNECT, Stage.TLS):
        return _Fate.RELAY
    if code is None or code < 400:
        return _Fate.RELAY
    if reply.stage is Stage.AUTH:
        return _Fate.CONFIGURATION if code >= 500 else _Fate.RELAY
    return _refusal(reply, code)


def _after_the_dot(reply: Reply) -> _Fate:
    if reply.code is None or 300 <= reply.code < 400:
        return _Fate.UNKNOWN
    if reply.code < 300:
        return _Fate.SENT
    return _Fate.LATER if reply.code < 500 else _permanent(reply)


def _refusal(reply: Reply, code: int) -> _Fate:
    if reply.stage is Stage.MAIL:
        # Too large for the relay (RFC 1870) is about this message; everything else is about our sender.
        if reply.enhanced in ("5.3.4", "5.2.3") or (code == 552 and not reply.enhanced):
            return _Fate.REFUSED
        return _Fate.CONFIGURATION if code >= 500 else _Fate.RELAY
    if code < 500:
        full = reply.stage is Stage.RCPT and reply.enhanced == "4.5.3" and not reply.first
        return _Fate.SESSION_FULL if full else _Fate.LATER
    return _permanent(reply)


def _permanent(reply: Reply) -> _Fate:
    _, _, detail = reply.enhanced.partition(".")
    subject = detail.partition(".")[0]
    by_subject = _ENHANCED.get(detail) or _ENHANCED.get(subject)
    # Subject 0 says "other or undefined": no more than the basic code does. A 5xx of no known meaning blames nobody.
    return by_subject or _BASIC.get(reply.code or 0, _Fate.REFUSED)


def _why(reply: Reply) -> str:
    return {
        Stage.CONNECT: f"The relay could not be used: {reply.text}",
        Stage.TLS: f"No secure connection to the relay: {reply.text}",
        Stage.AUTH: f"The relay did not take our login: {reply.text}",
        Stage.MAIL: f"The relay did not take our sender: {reply.text}",
    }.get(reply.stage, f"The relay broke off: {reply.text}")


def _final(reply: Reply, message: Message, fate: _Fate) -> Outcome:
    state = {_Fate.SENT: MessageState.SENT, _Fate.REFUSED: MessageState.REFUSED}.get(fate, MessageState.BOUNCED)
    hard = fate in (_Fate.NO_MAILBOX, _Fate.BAD_ADDRESS)
    gone = fate is _Fate.NO_MAILBOX
    return Outcome(message.id, message.epoch, state, reply.text, reply.code, hard=hard, gone=gone)


def _unknown(reply: Reply, message: Message, now: datetime, jitter: float) -> Outcome:
    at = now + _step(message, jitter)
    if message.unknowns >= MAX_UNKNOWNS or at >= message.expires_at:
        state = MessageState.UNCONFIRMED
        return Outcome(message.id, message.epoch, state, reply.text, reply.code, unknown=True)
    return Outcome(message.id, message.epoch, MessageState.DEFERRED, reply.text, reply.code, at, unknown=True)


def _later(reply: Reply, message: Message, now: datetime, jitter: float) -> Outcome:
    at = now + _step(message, jitter)
    if at < message.expires_at:
        return Outcome(message.id, message.epoch, MessageState.DEFERRED, reply.text, reply.code, at)
    # Where an earlier attempt may have arrived, it is not known that nothing did.
    state = MessageState.UNCONFIRMED if message.unknowns else MessageState.EXPIRED
    return Outcome(message.id, message.epoch, state, reply.text, reply.code)


def _step(message: Message, jitter: float) -> timedelta:
    return STEPS[min(message.attempts, len(STEPS) - 1)] * spread(jitter)


def spread(jitter: float) -> float:
    """A factor from 0.8 up to 1.2 for `jitter` from 0 up to 1: who failed together shall not return together."""
    return 0.8 + 0.4 * jitter


def break_length(fault: RelayFault, faults_before: int, jitter: float) -> timedelta:
    """How long the queue waits after a fault of the relay that follows `faults_before` others."""
    if fault.configuration:
        return CONFIGURATION_BREAK
    return BREAKS[min(faults_before, len(BREAKS) - 1)] * spread(jitter)


def is_hard(code: int | None, text: str) -> bool:
    """Does a bounce that was recorded with this code and text speak against the address? For its history."""
    reply = read_reply(Stage.RCPT, code or 0, text.removeprefix(f"{code} "))
    return _permanent(reply) in (_Fate.NO_MAILBOX, _Fate.BAD_ADDRESS)


def suppresses(outcome: Outcome, history: Sequence[datetime]) -> bool:
    """Does a bounce suppress its address? `history`: this and earlier hard bounces with no arrival between, in order.

    One 5.1.1 does; others do when there are three, spread over two weeks.
    """
    if outcome.gone:
        return True
    return outcome.hard and len(history) >= BOUNCES and history[-1] - history[0] >= BOUNCE_SPAN
