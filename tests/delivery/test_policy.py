"""The policy against FAULTS, "SMTP": every reply, at every stage, to the one who is to blame."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.delivery import policy
from feedsvc.delivery.policy import RelayFault, SessionFull, break_length, judge
from feedsvc.delivery.reply import Reply, Stage, read_reply
from feedsvc.model.issue import OPEN, Message, MessageKind, MessageState
from feedsvc.model.outcome import Outcome

NOW = datetime(2020, 6, 8, tzinfo=UTC)
MESSAGE = Message(
    id=7,
    kind=MessageKind.DIGEST,
    issue_id=1,
    edition_id=1,
    subscriber_id=3,
    recipient="a@example.com",
    payload={},
    state=MessageState.SENDING,
    attempts=0,
    unknowns=0,
    epoch=2,
    queued_at=NOW,
    expires_at=NOW + timedelta(days=1),
)
RELAY = "relay"
OURS = "configuration"
AGAIN = "again at once"
# What a reply is expected to mean: a state, or one of the three above.
TABLE = [
    # the relay: any stage before the message
    (Stage.CONNECT, "554 5.3.2 No service here", RELAY),
    (Stage.CONNECT, "450 Busy", RELAY),
    (Stage.CONNECT, "421 4.3.2 Busy", RELAY),
    (Stage.TLS, "454 4.7.0 TLS not available", RELAY),
    (Stage.TLS, "501 Syntax", RELAY),
    (Stage.AUTH, "454 4.7.0 Temporary", RELAY),
    (Stage.AUTH, "421 4.7.0 Too many", RELAY),
    (Stage.MAIL, "451 4.3.0 Later", RELAY),
    (Stage.MAIL, "452 4.3.1 Disk full", RELAY),
    (Stage.MAIL, "421 4.7.0 Too many", RELAY),
    (Stage.RCPT, "421 4.7.0 Going down", RELAY),
    (Stage.DATA, "421 4.7.0 Going down", RELAY),
    (Stage.BODY, "421 4.7.0 Going down", RELAY),
    (Stage.MAIL, "354 What", RELAY),
    (Stage.RCPT, "354 What", RELAY),
    (Stage.DATA, "250 What", RELAY),
    # our configuration
    (Stage.AUTH, "535 5.7.8 Wrong password", OURS),
    (Stage.AUTH, "534 5.7.9 Too weak", OURS),
    (Stage.MAIL, "550 5.7.1 Sender refused", OURS),
    (Stage.MAIL, "530 5.7.0 Log in first", OURS),
    (Stage.MAIL, "553 5.1.8 Bad sender", OURS),
    (Stage.MAIL, "501 5.1.7 Bad sender", OURS),
    # the message, at MAIL: too large
    (Stage.MAIL, "552 5.3.4 Too big", MessageState.REFUSED),
    (Stage.MAIL, "552 Too big", MessageState.REFUSED),
    # that reader, later
    (Stage.RCPT, "450 4.2.0 Greylisted", MessageState.DEFERRED),
    (Stage.RCPT, "451 4.7.1 Greylisted", MessageState.DEFERRED),
    (Stage.RCPT, "452 4.2.2 Full at present", MessageState.DEFERRED),
    (Stage.RCPT, "451 Later", MessageState.DEFERRED),
    (Stage.DATA, "451 4.3.0 Later", MessageState.DEFERRED),
    (Stage.BODY, "451 4.3.0 Later", MessageState.DEFERRED),
    (Stage.BODY, "450 Later", MessageState.DEFERRED),
    # the session
    (Stage.RCPT, "452 4.5.3 Too many recipients", AGAIN),
    # that address
    (Stage.RCPT, "550 5.1.1 No such user", MessageState.BOUNCED),
    (Stage.RCPT, "550 No such user", MessageState.BOUNCED),
    (Stage.RCPT, "551 Not local", MessageState.BOUNCED),
    (Stage.RCPT, "553 5.1.3 Bad address", MessageState.BOUNCED),
    (Stage.RCPT, "553 Bad", MessageState.BOUNCED),
    (Stage.RCPT, "556 5.1.10 Null MX", MessageState.BOUNCED),
    (Stage.RCPT, "554 5.1.2 No such host", MessageState.BOUNCED),
    (Stage.RCPT, "554 5.1.1 No such user", MessageState.BOUNCED),
    (Stage.RCPT, "550 5.2.1 Disabled", MessageState.BOUNCED),
    (Stage.RCPT, "550 5.4.1 Access denied", MessageState.BOUNCED),
    (Stage.RCPT, "550 5.0.0 Hm", MessageState.BOUNCED),
    (Stage.BODY, "550 5.1.1 No such user", MessageState.BOUNCED),
    (Stage.BODY, "550 No such user", MessageState.BOUNCED),
    # that mailbox
    (Stage.RCPT, "552 5.2.2 Full", MessageState.BOUNCED),
    (Stage.RCPT, "550 5.2.2 Full", MessageState.BOUNCED),
    (Stage.BODY, "552 Full", MessageState.BOUNCED),
    (Stage.BODY, "554 5.2.3 Too long for this mailbox", MessageState.BOUNCED),
    # us, perhaps
    (Stage.RCPT, "554 5.7.1 Denied", MessageState.REFUSED),
    (Stage.RCPT, "550 5.7.26 Not authenticated", MessageState.REFUSED),
    (Stage.RCPT, "554 Transaction failed", MessageState.REFUSED),
    (Stage.RCPT, "550 5.1.8 Bad sender", MessageState.REFUSED),
    (Stage.RCPT, "503 5.5.1 Bad sequence", MessageState.REFUSED),
    (Stage.RCPT, "555 5.5.4 Parameters", MessageState.REFUSED),
    (Stage.DATA, "554 5.5.1 No valid recipients", MessageState.REFUSED),
    (Stage.BODY, "550 5.7.1 Spam", MessageState.REFUSED),
    (Stage.BODY, "554 5.6.0 Content", MessageState.REFUSED),
    (Stage.BODY, "552 5.3.4 Too big", MessageState.REFUSED),
    (Stage.BODY, "571 Blocked", MessageState.REFUSED),
    # taken
    (Stage.BODY, "250 2.0.0 Ok", MessageState.SENT),
    (Stage.BODY, "251 Will forward", MessageState.SENT),
    # unknown
    (Stage.BODY, "354 What", MessageState.DEFERRED),
]


def said(stage: Stage, line: str, first: bool = False) -> Reply:
    code, _, text = line.partition(" ")
    return read_reply(stage, int(code), text, first)


def meaning(reply: Reply, message: Message = MESSAGE, jitter: float = 0.5) -> str:
    verdict = judge(reply, message, NOW, jitter)
    if isinstance(verdict, RelayFault):
        return OURS if verdict.configuration else RELAY
    if isinstance(verdict, SessionFull):
        return AGAIN
    return verdict.state


@pytest.mark.parametrize(("stage", "line", "expected"), TABLE)
def test_the_table(stage: Stage, line: str, expected: str) -> None:
    assert meaning(said(stage, line)) == expected


@pytest.mark.parametrize("code", [-1, 0, 25, 199, 600, 999])
@pytest.mark.parametrize("stage", [s for s in Stage if s not in (Stage.ENVELOPE, Stage.BODY)])
def test_an_odd_code_before_the_dot_is_the_relays_fault(stage: Stage, code: int) -> None:
    assert meaning(read_reply(stage, code, "5.1.1 odd")) == RELAY


@pytest.mark.parametrize("code", [-1, 0, 25, 199, 600, 999])
def test_an_odd_code_after_the_dot_is_unknown(code: int) -> None:
    verdict = judge(read_reply(Stage.BODY, code, "5.1.1 odd"), MESSAGE, NOW, 0.5)
    assert isinstance(verdict, Outcome)
    assert (verdict.state, verdict.unknown, verdict.code) == (MessageState.DEFERRED, True, None)


@pytest.mark.parametrize("stage", [s for s in Stage if s is not Stage.ENVELOPE])
def test_no_answer_is_the_relays_fault_before_the_dot_and_unknown_after_it(stage: Stage) -> None:
    expected = MessageState.DEFERRED if stage is Stage.BODY else RELAY
    assert meaning(Reply(stage, None, "No answer in time.")) == expected


def test_what_cannot_be_said_in_smtp_costs_that_message() -> None:
    assert meaning(Reply(Stage.ENVELOPE, None, "The address cannot be used in SMTP.")) == MessageState.REFUSED
    assert meaning(Reply(Stage.ENVELOPE, 553, "no SMTPUTF8")) == MessageState.REFUSED


def test_a_session_that_takes_not_even_one_recipient_defers_the_reader() -> None:
    assert meaning(said(Stage.RCPT, "452 4.5.3 Too many", first=True)) == MessageState.DEFERRED


ANY_STAGE = st.sampled_from(list(Stage))
ANY_CODE = st.integers(-10, 1100)
ANY_TEXT = st.one_of(st.text(max_size=40), st.from_regex(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3} \w*", fullmatch=True))


@given(ANY_STAGE, ANY_CODE, ANY_TEXT, st.booleans(), st.integers(0, 9), st.integers(0, 3), st.floats(0, 0.999))
def test_whatever_a_relay_says_has_one_meaning(
    stage: Stage, code: int, text: str, first: bool, attempts: int, unknowns: int, jitter: float
) -> None:
    message = replace(MESSAGE, attempts=attempts, unknowns=unknowns)
    verdict = judge(read_reply(stage, code, text, first), message, NOW, jitter)
    if not isinstance(verdict, Outcome):
        return
    assert (verdict.id, verdict.epoch) == (message.id, message.epoch)
    assert (verdict.next_attempt_at is not None) == (verdict.state in OPEN)
    if verdict.next_attempt_at is not None:
        assert NOW < verdict.next_attempt_at < message.expires_at
    # Only 500 to 599 is permanent, and only 2xx after the final dot is success.
    if verdict.state is MessageState.BOUNCED or verdict.hard:
        assert 500 <= code <= 599
        assert stage in (Stage.RCPT, Stage.DATA, Stage.BODY)
    if verdict.state is MessageState.SENT:
        assert stage is Stage.BODY
        assert 200 <= code <= 299
    assert not verdict.unknown or stage is Stage.BODY
    assert not verdict.gone or verdict.hard


@given(ANY_CODE, ANY_TEXT)
def test_before_the_recipient_is_named_no_reader_is_blamed(code: int, text: str) -> None:
    for stage in (Stage.CONNECT, Stage.TLS, Stage.AUTH, Stage.MAIL):
        verdict = judge(read_reply(stage, code, text), MESSAGE, NOW, 0.5)
        assert isinstance(verdict, RelayFault) or (
            isinstance(verdict, Outcome) and verdict.state is MessageState.REFUSED and stage is Stage.MAIL
        )


# ---------------------------------------------------------------- when to try again


def test_deferred_messages_wait_longer_each_time_until_they_expire() -> None:
    waits: list[float] = []
    message, now = MESSAGE, NOW
    while True:
        verdict = judge(said(Stage.RCPT, "451 4.7.1 Later"), message, now, 0.5)
        assert isinstance(verdict, Outcome)
        if verdict.next_attempt_at is None:
            break
        waits.append((verdict.next_attempt_at - now) / timedelta(minutes=1))
        now, message = verdict.next_attempt_at, replace(message, attempts=message.attempts + 1)
    assert waits == [5, 15, 60, 180, 360, 720]
    assert verdict.state is MessageState.EXPIRED
    assert verdict.reply == "451 4.7.1 Later"


@given(st.integers(0, 20), st.floats(0, 0.999))
def test_jitter_spreads_by_a_fifth_to_either_side(attempts: int, jitter: float) -> None:
    message = replace(MESSAGE, attempts=attempts, expires_at=NOW + timedelta(days=30))
    verdict = judge(said(Stage.RCPT, "451 Later"), message, NOW, jitter)
    assert isinstance(verdict, Outcome)
    assert verdict.next_attempt_at is not None
    step = policy.STEPS[min(attempts, len(policy.STEPS) - 1)]
    assert 0.8 * step <= verdict.next_attempt_at - NOW < 1.2 * step


def test_an_unknown_fate_is_tried_twice_more_and_then_left_open() -> None:
    states = []
    for unknowns in range(3):
        verdict = judge(Reply(Stage.BODY, None, "dropped"), replace(MESSAGE, unknowns=unknowns), NOW, 0.5)
        assert isinstance(verdict, Outcome)
        assert verdict.unknown
        states.append(verdict.state)
    assert states == [MessageState.DEFERRED, MessageState.DEFERRED, MessageState.UNCONFIRMED]


def test_what_may_have_arrived_does_not_expire() -> None:
    late = replace(MESSAGE, unknowns=1, expires_at=NOW + timedelta(minutes=1))
    assert meaning(said(Stage.RCPT, "451 Later"), late) == MessageState.UNCONFIRMED
    assert meaning(Reply(Stage.BODY, None, "dropped"), replace(late, unknowns=0)) == MessageState.UNCONFIRMED
    assert meaning(said(Stage.RCPT, "451 Later"), replace(late, unknowns=0)) == MessageState.EXPIRED


def test_the_queue_waits_longer_after_each_fault_in_a_row() -> None:
    fault = RelayFault("down")
    waits = [break_length(fault, before, 0.5).total_seconds() for before in range(8)]
    assert waits == [15, 30, 60, 120, 300, 600, 600, 600]
    assert break_length(RelayFault("wrong password", configuration=True), 0, 0.5) == timedelta(hours=1)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_fault_of_the_relay_comes_with_its_words(stage: Stage) -> None:
    verdict = judge(said(stage, "421 4.3.2 Closing"), MESSAGE, NOW, 0.5)
    if isinstance(verdict, RelayFault):
        assert "421 4.3.2 Closing" in verdict.why
