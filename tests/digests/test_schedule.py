"""Which periods are due: gaps, downtime, clocks that jump, lateness."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.digests.schedule import MOST_RECORDED, Compose, Missed, due
from feedsvc.model.newsroom import Digest

DAILY = Digest("daily", "Daily", "0 8 * * *", timezone="Asia/Shanghai", lateness=timedelta(hours=6))
START = datetime(2020, 6, 1, tzinfo=UTC)


def names(decisions: list[Compose | Missed]) -> list[str]:
    return [f"{'compose' if isinstance(d, Compose) else 'missed'} {d.period.name}" for d in decisions]


def test_nothing_is_due_before_its_time() -> None:
    assert due(DAILY, START, START + timedelta(hours=23, minutes=59)) == []


def test_it_is_due_at_its_very_instant() -> None:
    assert names(due(DAILY, START, START + timedelta(days=1))) == ["compose 2020-06-02T08:00"]


def test_a_period_dealt_with_is_not_due_again() -> None:
    at = START + timedelta(days=1)
    assert due(DAILY, at, at + timedelta(minutes=1)) == []


def test_late_within_the_limit_is_composed() -> None:
    assert names(due(DAILY, START, START + timedelta(days=1, hours=6))) == ["compose 2020-06-02T08:00"]


def test_later_than_the_limit_is_missed_and_says_why() -> None:
    found = due(DAILY, START, START + timedelta(days=1, hours=6, seconds=1))
    assert names(found) == ["missed 2020-06-02T08:00"]
    assert isinstance(found[0], Missed)
    assert "lateness" in found[0].reason


def test_days_of_downtime_make_one_issue_and_record_the_rest() -> None:
    found = names(due(DAILY, START, START + timedelta(days=4, hours=2)))
    assert found == [
        "missed 2020-06-02T08:00",
        "missed 2020-06-03T08:00",
        "missed 2020-06-04T08:00",
        "compose 2020-06-05T08:00",
    ]


def test_a_clock_that_went_back_makes_nothing_due() -> None:
    assert due(DAILY, START, START - timedelta(days=30)) == []


def test_years_of_downtime_record_a_bounded_number() -> None:
    found = due(DAILY, START, START + timedelta(days=3000, hours=1))
    assert len(found) == MOST_RECORDED
    assert isinstance(found[-1], Compose)


@given(st.lists(st.integers(1, 100 * 60), min_size=1, max_size=40))
def test_however_ticks_fall_each_period_is_dealt_with_once(steps: list[int]) -> None:
    since, now = START, START
    seen: list[str] = []
    for minutes in steps:
        now += timedelta(minutes=minutes)
        for decision in due(DAILY, since, now):
            seen.append(decision.period.name)
            since = max(since, decision.period.due_at)
    everything = due(DAILY, START, now)
    assert seen == [decision.period.name for decision in everything][-len(seen) :] if seen else everything == []
    assert len(seen) == len(set(seen))
