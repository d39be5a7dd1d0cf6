"""The clocks: aware, in UTC, and still unless moved."""

from datetime import UTC, datetime, timedelta, timezone

from feedsvc.clock import Clock, FixedClock, SystemClock

SHANGHAI = timezone(timedelta(hours=8))


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    clock: Clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2020, 6, 8, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2020, 6, 8, tzinfo=UTC)
    assert clock.advance(timedelta(hours=2)) == clock.now() == datetime(2020, 6, 8, 2, tzinfo=UTC)
    assert clock.advance(timedelta(days=-1)) == datetime(2020, 6, 7, 2, tzinfo=UTC)
    clock.set(datetime(2021, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2021, 1, 1, tzinfo=UTC)


def test_a_fixed_clock_tells_utc_whatever_zone_it_was_set_in() -> None:
    clock = FixedClock(datetime(2020, 6, 8, 8, tzinfo=SHANGHAI))
    assert (clock.now().hour, clock.now().tzinfo) == (0, UTC)
    clock.set(datetime(2020, 6, 9, 8, tzinfo=SHANGHAI))
    assert (clock.now().hour, clock.now().tzinfo) == (0, UTC)
