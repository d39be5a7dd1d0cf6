"""Waits grow, stay within a day, and never fall into step."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.polling.backoff import DAY, after_failure, after_success, next_interval
from feedsvc.model.newsroom import Source, SourceKind

HALF_HOUR = timedelta(minutes=30)
chances = st.floats(0, 1, exclude_max=True)
intervals = st.timedeltas(timedelta(seconds=10), timedelta(days=30))


def test_the_usual_row_of_waits() -> None:
    minutes = [after_failure(HALF_HOUR, failures, 0.5) / timedelta(minutes=1) for failures in (1, 2, 3, 4)]
    assert minutes == [5, 10, 20, 40]
    assert [after_failure(HALF_HOUR, 50, chance) / DAY for chance in (0, 0.5)] == [0.75, 0.875]


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


# ---------------------------------------------------------------- the interval that follows the news


def source(interval: timedelta = HALF_HOUR, longest: timedelta = timedelta(hours=6)) -> Source:
    return Source("usst", SourceKind.PAGE, "https://example.edu/", interval=interval, max_interval=longest)


def quiet(polls: int) -> timedelta:
    """The interval after so many polls without news."""
    current: timedelta | None = None
    for _ in range(polls):
        current = next_interval(source(), current, news=False)
    assert current is not None
    return current


def test_it_begins_at_the_sources_own() -> None:
    assert next_interval(source(), None, news=True) == HALF_HOUR
    assert next_interval(source(), None, news=False) == timedelta(minutes=33)


def test_it_grows_while_nothing_comes_and_shrinks_when_something_does() -> None:
    assert timedelta(hours=1) < quiet(10) < timedelta(hours=2)
    assert quiet(40) == timedelta(hours=6)
    back = [timedelta(hours=6)]
    while back[-1] > HALF_HOUR:
        back.append(next_interval(source(), back[-1], news=True))
    assert back == [timedelta(hours=6), timedelta(hours=3), timedelta(hours=1.5), timedelta(minutes=45), HALF_HOUR]


def test_a_changed_source_takes_effect_at_once() -> None:
    assert next_interval(source(timedelta(hours=2)), HALF_HOUR, news=True) == timedelta(hours=2)
    assert next_interval(source(longest=timedelta(hours=1)), timedelta(hours=6), news=False) == timedelta(hours=1)


def test_the_interval_wins_over_a_shorter_longest() -> None:
    assert next_interval(source(timedelta(hours=8)), None, news=False) == timedelta(hours=8)


seconds = st.integers(10, 2_592_000).map(lambda n: timedelta(seconds=n))


@given(least=seconds, most=seconds, current=st.none() | seconds, news=st.booleans())
def test_it_stays_within_bounds_in_whole_seconds_and_moves_the_right_way(
    least: timedelta, most: timedelta, current: timedelta | None, news: bool
) -> None:
    chosen = next_interval(source(least, most), current, news)
    assert least <= chosen <= max(least, most)
    assert chosen.total_seconds().is_integer()
    if current is not None and least <= current <= max(least, most):
        assert chosen <= current if news else (chosen > current or chosen == max(least, most))
