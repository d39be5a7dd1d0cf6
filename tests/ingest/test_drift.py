"""The drift alarm: what was usual and is gone, never what never was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.polling.drift import MEMORY, alarms
from feedsvc.model.health import Alarm, StoriesRead

Row = tuple[int, int, int]


def raised(*rows: Row) -> list[Alarm]:
    """The alarms after the first of these polls, which read (all of it new), dated and bodied so many."""
    return list(alarms("usst", [StoriesRead(*row, new=row[0]) for row in rows]))


def codes(*rows: Row) -> str:
    """What the alarms are about."""
    return " ".join(one.code for one in raised(*rows))


GOOD = ((20, 20, 20),)
QUIET = ((0, 0, 0),) * 3


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (((6, 0, 6), *GOOD), "dates"),
        (((6, 6, 0), *GOOD), "bodies"),
        (((8, 2, 8), *GOOD), "dates"),
        (((6, 0, 0), *GOOD), "bodies dates"),
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
        (((6, 0, 6), (4, 4, 4)), None),
        (((6, 0, 6),), None),
        # as few as five before
        (((8, 0, 8), (8, 8, 8)), "dates"),
        (((1, 0, 1),) * 5 + ((5, 5, 5),), "dates"),
        # it stands as long as they are missing, and until four of five have them again
        (((8, 0, 8),) * 30 + ((12, 12, 12),), "dates"),
        (((3, 3, 3), *((8, 0, 8),) * 3, *GOOD), "dates"),
        (((1, 1, 1),) * 3 + ((1, 0, 1),) * 9 + GOOD, "dates"),
        (((1, 1, 1),) * 4 + ((1, 0, 1),) * 9 + GOOD, None),
        # what was read meanwhile is no custom
        (((8, 0, 8), (8, 8, 8), *((8, 0, 8),) * 9, *GOOD), "dates"),
        # it is mended
        (((6, 6, 6), (6, 0, 6), *GOOD), None),
        (GOOD + GOOD, None),
    ],
)
def test_what_raises_it(rows: tuple[Row, ...], code: str | None) -> None:
    assert codes(*rows) == (code or "")


def test_it_says_what_was_what_is_and_what_to_do() -> None:
    (dates,), (bodies,) = raised((6, 0, 6), (20, 19, 20)), raised((6, 6, 1), (20, 20, 20))
    assert dates.sentence.startswith("Only 0 of the last 6 stories bear a date, where 19 of 20 did before")
    assert bodies.sentence.startswith("Only 1 of the last 6 stories have a text, where 20 of 20 had one before")
    for one in (dates, bodies):
        assert "`feedsvc source check usst`" in one.sentence
        assert "[source.article]" in one.sentence


def read_again(dated: int, read: int = 8) -> StoriesRead:
    """A poll without anything new, that read known pages again."""
    return StoriesRead(read, dated, read)


NEW_GOOD, NEW_BAD = StoriesRead(8, 8, 8, new=8), StoriesRead(8, 0, 8, new=8)


@pytest.mark.parametrize(
    ("polls", "count"),
    [
        # old pages that are as they were neither end an alarm nor keep one from coming
        ((read_again(8), NEW_BAD, NEW_GOOD), 1),
        ((*[StoriesRead(1, 0, 1, new=1), read_again(8)] * 5, NEW_GOOD), 1),
        # a site that was rebuilt behind its old addresses
        ((read_again(0), NEW_GOOD), 1),
        # a few that never had dates, asked for again and again
        ((*[read_again(0, read=4)] * 9, NEW_GOOD), 0),
    ],
    ids=["unended", "unhidden", "rebuilt", "few"],
)
def test_what_was_read_again(polls: tuple[StoriesRead, ...], count: int) -> None:
    assert len(alarms("usst", polls)) == count


def test_what_was_usual_long_ago_is_forgotten() -> None:
    old = ((10, 0, 10),) * 100
    assert codes((8, 0, 8), *((10, 10, 10),) * MEMORY, (5, 5, 5), *old) == "dates"
    assert codes((8, 0, 8), *((10, 10, 10),) * 2, *old) == ""


counts = st.integers(0, 30)
rows = st.builds(lambda read, dated, bodied: (read, min(dated, read), min(bodied, read)), counts, counts, counts)


@given(st.lists(rows, min_size=1, max_size=12))
def test_no_alarm_without_enough_read_on_both_sides(some: list[Row]) -> None:
    if raised(*some):
        assert sum(read for read, _, _ in some) >= 10


@given(st.lists(rows, min_size=1, max_size=12), st.integers(1, 30))
def test_an_alarm_stays_while_nothing_gets_better(some: list[Row], more: int) -> None:
    for one in raised(*some):
        worse = [(8, 0, 8) if one.code == "dates" else (8, 8, 0)] * more
        assert one.code in codes(*worse, *some)


@given(st.lists(counts.map(lambda n: (n, n, n)), min_size=1, max_size=12))
def test_a_source_that_always_brings_everything_raises_none(some: list[Row]) -> None:
    assert raised(*some) == []
