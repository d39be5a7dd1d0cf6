"""Waits grow, stay within a day, and never fall into step."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.backoff import DAY, after_failure, after_success

HALF_HOUR = timedelta(minutes=30)
chances = st.floats(0, 1, exclude_max=True)
intervals = st.timedeltas(timedelta(seconds=10), timedelta(days=30))


def test_the_usual_row_of_waits() -> None:
    minutes = [after_failure(HALF_HOUR, failures, 0.5) / timedelta(minutes=1) for failures in (1, 2, 3, 4)]
    assert minutes == [5, 10, 20, 40]
    assert after_failure(HALF_HOUR, 50, 0.5) == DAY


def test_a_source_that_is_polled_often_is_tried_again_soon() -> None:
    assert after_failure(timedelta(minutes=1), 1, 0.5) == timedelta(minutes=1)


def test_the_servers_wish_is_the_least() -> None:
    assert after_failure(HALF_HOUR, 1, 0.5, retry_after=7200) == timedelta(hours=2)
    assert after_failure(HALF_HOUR, 1, 0.5, retry_after=1) == timedelta(minutes=5)
    assert after_failure(HALF_HOUR, 1, 0.5, retry_after=10**9) == DAY


@given(interval=intervals, failures=st.integers(1, 10_000), chance=chances, wish=st.none() | st.floats(-10, 1e12))
def test_no_wait_is_empty_or_longer_than_a_day(
    interval: timedelta, failures: int, chance: float, wish: float | None
) -> None:
    wait = after_failure(interval, failures, chance, wish)
    assert timedelta(0) < wait <= DAY
    if wish is not None:
        assert wait >= timedelta(seconds=min(wish, 86_400))


@given(interval=intervals, chance=chances)
def test_jitter_stays_within_a_tenth(interval: timedelta, chance: float) -> None:
    assert interval * 0.899 <= after_success(interval, chance) <= interval * 1.101


@given(failures=st.integers(1, 30), low=chances, high=chances)
def test_more_failures_never_mean_a_shorter_wait_at_equal_chance(failures: int, low: float, high: float) -> None:
    assert after_failure(HALF_HOUR, failures, low) <= after_failure(HALF_HOUR, failures + 1, low)
    if low < high:
        assert after_failure(HALF_HOUR, failures, low) <= after_failure(HALF_HOUR, failures, high)
