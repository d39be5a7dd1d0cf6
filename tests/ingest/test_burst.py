"""A burst is many, nearly all, and old or far more than usual."""

from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.ingest.polling.burst import Usual, alarm, is_burst

NEWEST = datetime(2020, 6, 6, tzinfo=UTC)
DAY = timedelta(days=1)
OLD = [NEWEST - DAY * n for n in range(12)]
FRESH = [NEWEST + DAY for _ in range(12)]
BUSY = Usual(NEWEST, 10.0, DAY)
QUIET = Usual(NEWEST, 0.5, DAY)


@pytest.mark.parametrize(
    ("dates", "found", "usual", "expected"),
    [
        (OLD, 12, BUSY, True),
        ([None] * 12, 12, BUSY, True),
        (OLD[:9], 9, BUSY, False),
        (OLD, 15, BUSY, False),
        (FRESH, 12, BUSY, False),
        (FRESH, 12, QUIET, True),
        (FRESH, 12, Usual(NEWEST, 0.5, 30 * DAY), False),
        (FRESH[:10], 10, Usual(None, 4.0, DAY), False),
        ([*OLD[:11], NEWEST + DAY], 12, BUSY, False),
    ],
)
def test_what_is_a_burst(dates: list[datetime | None], found: int, usual: Usual, expected: bool) -> None:
    assert is_burst(dates, found, usual) is expected


def test_the_notice_says_what_to_do() -> None:
    (told,) = alarm("usst", 12)
    assert told.code == "burst"
    assert told.sentence.startswith("12 stories of a burst wait")
    assert "`feedsvc article list --state held --source usst`" in told.sentence
    assert alarm("usst", 1)[0].sentence.startswith("1 story of a burst waits")


def test_nothing_held_raises_none() -> None:
    assert alarm("usst", 0) == ()
