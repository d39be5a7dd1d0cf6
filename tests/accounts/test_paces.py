"""How fast a token may ask."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.accounts.paces import Paces

NOW = datetime(2020, 6, 8, tzinfo=UTC)


def test_a_minutes_worth_may_come_at_once_and_then_it_waits() -> None:
    paces = Paces(6)
    assert [paces.wait("a", NOW) for _ in range(6)] == [0.0] * 6
    assert paces.wait("a", NOW) == 10.0
    assert paces.wait("a", NOW + timedelta(seconds=4)) == 6.0
    assert paces.wait("a", NOW + timedelta(seconds=10)) == 0.0
    assert paces.wait("a", NOW + timedelta(seconds=10)) == 10.0


def test_tokens_do_not_wait_for_each_other() -> None:
    paces = Paces(1)
    assert [paces.wait(token, NOW) for token in ("a", "b", "a")] == [0.0, 0.0, 60.0]


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    paces = Paces(2)
    assert paces.wait("a", NOW) == paces.wait("a", NOW - timedelta(hours=1)) == 0.0
    assert paces.wait("a", NOW - timedelta(hours=1)) == 30.0
    assert paces.wait("a", NOW + timedelta(seconds=30)) == 0.0


def test_memory_has_an_end() -> None:
    paces = Paces(1)
    for number in range(25_000):
        paces.wait(str(number), NOW)
    assert len(paces._left) <= 10_000


@given(st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_twice_the_rate_in_any_minute(gaps: list[float]) -> None:
    paces, now, let_in = Paces(5), NOW, list[datetime]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        if not paces.wait("a", now):
            let_in.append(now)
    for start in let_in:
        assert sum(start <= one < start + timedelta(minutes=1) for one in let_in) <= 10
