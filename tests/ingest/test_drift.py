"""The drift alarm: what was usual and is gone, never what never was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.polling.drift import Alarm, alarm
from feedsvc.model.health import PollOutcome, PollRecord

START = datetime(2020, 6, 8, tzinfo=UTC)
Row = tuple[int, int, int]


def polls(*rows: Row) -> list[PollRecord]:
    """Polls that read, dated and bodied so many; the newest first."""
    return [
        PollRecord("usst", START - timedelta(hours=n), START, PollOutcome.OK, read=read, dated=dated, bodied=bodied)
        for n, (read, dated, bodied) in enumerate(rows)
    ]


def raised(*rows: Row, held: int = 0) -> Alarm | None:
    """The alarm after the first of these polls."""
    record, *history = polls(*rows)
    return alarm(history, record, held)


GOOD = ((20, 20, 20),)
QUIET = ((0, 0, 0),) * 3


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (((6, 0, 6), *GOOD), "dates"),
        (((6, 6, 0), *GOOD), "bodies"),
        (((8, 2, 8), *GOOD), "dates"),
        (((6, 0, 0), *GOOD), "bodies"),
        # one story a poll: five of them together show it
        (((1, 0, 1),) * 5 + GOOD, "dates"),
        # it stands while nothing is read
        ((*QUIET, (6, 0, 6), *QUIET, *GOOD), "dates"),
        # a single undated story, or a few
        (((1, 0, 1), *GOOD), None),
        (((1, 0, 1),) * 4 + ((2, 2, 2), *GOOD), None),
        (((8, 3, 8), *GOOD), None),
        # a source that never has dates, or only now and then
        (((6, 0, 6), (20, 0, 20)), None),
        (((6, 0, 6), (20, 12, 20)), None),
        # too little is known of it
        (((6, 0, 6), (9, 9, 9)), None),
        (((6, 0, 6),), None),
        # it is mended
        (((6, 6, 6), (6, 0, 6), *GOOD), None),
        (GOOD + GOOD, None),
    ],
)
def test_what_raises_it(rows: tuple[Row, ...], code: str | None) -> None:
    found = raised(*rows)
    assert (found.code if found else None) == code


def test_it_says_what_was_what_is_and_what_to_do() -> None:
    dates, bodies = raised((6, 0, 6), (20, 19, 20)), raised((6, 6, 1), (20, 20, 20))
    assert dates is not None
    assert bodies is not None
    assert dates.sentence.startswith("Only 0 of the last 6 stories bear a date, where 19 of 20 did before")
    assert bodies.sentence.startswith("Only 1 of the last 6 stories have a text, where 20 of 20 had one before")
    for one in (dates, bodies):
        assert "`feedsvc source check usst`" in one.sentence
        assert "[source.article]" in one.sentence


def test_a_burst_comes_first() -> None:
    found = raised((12, 0, 12), *GOOD, held=12)
    assert found is not None
    assert found.code == "burst"
    assert "12 stories are new at once" in found.sentence


counts = st.integers(0, 30)
rows = st.builds(lambda read, dated, bodied: (read, min(dated, read), min(bodied, read)), counts, counts, counts)


@given(st.lists(rows, min_size=1, max_size=12))
def test_no_alarm_without_enough_read_on_both_sides(some: list[Row]) -> None:
    found = raised(*some)
    if found is not None:
        assert sum(read for read, _, _ in some) >= 15


@given(st.lists(counts.map(lambda n: (n, n, n)), min_size=1, max_size=12))
def test_a_source_that_always_brings_everything_raises_none(some: list[Row]) -> None:
    assert raised(*some) is None
