"""Which bounces speak against an address, and when they suppress it."""

from datetime import datetime, timedelta

import pytest

from feedsvc.delivery.policy import is_hard, judge, suppresses
from feedsvc.delivery.reply import Stage
from feedsvc.model.issue import MessageState
from feedsvc.model.outcome import Outcome
from tests.delivery.test_policy import MESSAGE, NOW, said

BOUNCES = [
    ("550 5.1.1 No such user", True, True),
    ("550 No such user", True, False),
    ("550 5.2.1 Disabled", True, False),
    ("553 5.1.3 Bad", True, False),
    ("552 5.2.2 Full", False, False),
    ("552 Full", False, False),
]


@pytest.mark.parametrize(("line", "hard", "gone"), BOUNCES)
def test_a_bounce_says_whether_it_speaks_against_the_address(line: str, hard: bool, gone: bool) -> None:
    verdict = judge(said(Stage.RCPT, line), MESSAGE, NOW, 0.5)
    assert isinstance(verdict, Outcome)
    assert (verdict.hard, verdict.gone) == (hard, gone)
    # The history is read from what was recorded, and says the same.
    assert is_hard(verdict.code, verdict.reply) == hard


def bounce(hard: bool = True, gone: bool = False) -> Outcome:
    return Outcome(1, 1, MessageState.BOUNCED, hard=hard, gone=gone)


def days(*numbers: float) -> list[datetime]:
    return [NOW + timedelta(days=number) for number in numbers]


def test_one_unknown_mailbox_suppresses() -> None:
    assert suppresses(bounce(gone=True), days(0))


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (days(0), False),
        (days(0, 20), False),
        (days(0, 1, 2), False),
        (days(0, 7, 14), True),
        (days(0, 7, 13.99), True),
        (days(*range(13)), False),
        (days(*range(14)), True),
    ],
)
def test_other_bounces_suppress_when_there_are_three_over_two_weeks(history: list[datetime], expected: bool) -> None:
    assert suppresses(bounce(), history) is expected
    assert not suppresses(bounce(hard=False), history)
