"""Schedules: read as crontab(5) reads them, due by local wall time whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model.cron import Period, due_instant, parse, periods, upcoming

SHANGHAI = ZoneInfo("Asia/Shanghai")
KYIV = ZoneInfo("Europe/Kyiv")
BERLIN = ZoneInfo("Europe/Berlin")
CAIRO = ZoneInfo("Africa/Cairo")
ZONES = st.sampled_from(
    ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Europe/Kyiv", "Australia/Lord_Howe"]
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(schedule: str, zone: ZoneInfo, after: str, until: str) -> list[str]:
    return [f"{p.name} {p.due_at:%d %H:%M}" for p in periods(parse(schedule), zone, utc(after), utc(until))]


def test_a_weekly_schedule_is_due_on_local_mondays() -> None:
    found = due("0 8 * * mon", SHANGHAI, "2020-06-01T00:00", "2020-06-15T00:00")
    assert found == ["2020-06-08T08:00 08 00:00", "2020-06-15T08:00 15 00:00"]


@pytest.mark.parametrize("sunday", ["0", "7", "sun", "SUN"])
def test_zero_and_seven_are_sunday(sunday: str) -> None:
    assert (
        upcoming(parse(f"0 9 * * {sunday}"), SHANGHAI, utc("2020-06-08T00:00"), 1)[0].local.strftime("%A") == "Sunday"
    )


def test_a_range_over_seven_includes_sunday() -> None:
    cron = parse("0 0 * * 5-7")
    assert cron.weekdays == frozenset({5, 6, 0})


def test_two_restricted_day_fields_count_when_either_matches() -> None:
    days = [p.local.day for p in upcoming(parse("0 0 13 * fri"), SHANGHAI, utc("2020-06-01T00:00"), 6)]
    assert days == [5, 12, 13, 19, 26, 3]


def test_a_star_with_a_step_leaves_the_other_day_field_in_charge() -> None:
    days = [p.local.day for p in upcoming(parse("0 0 */1 * fri"), SHANGHAI, utc("2020-06-01T00:00"), 2)]
    assert days == [5, 12]


def test_steps_lists_ranges_and_names() -> None:
    cron = parse("*/20,5 8-10/2 1,15 jan-mar *")
    assert cron.minutes == (0, 5, 20, 40)
    assert cron.hours == (8, 10)
    assert cron.days == {1, 15}
    assert cron.months == {1, 2, 3}


def test_a_single_number_with_a_step_runs_to_the_end() -> None:
    assert parse("50/5 * * * *").minutes == (50, 55)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0 8 * *", "five fields"),
        ("60 8 * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 0 0 * *", "day of the month"),
        ("0 0 * 13 *", "month"),
        ("0 0 * * 8", "day of the week"),
        ("0 0 * * mon-", "day of the week"),
        ("0 5-3 * * *", "backwards"),
        ("*/0 * * * *", "between 1"),
        ("*/ * * * *", "step"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("٣ 0 * * *", "minute"),
    ],
)
def test_a_wrong_schedule_is_refused_with_the_field_that_is_wrong(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse(text)


def test_the_29th_of_february_comes() -> None:
    found = upcoming(parse("0 0 29 2 *"), SHANGHAI, utc("2021-01-01T00:00"), 2)
    assert [p.local.year for p in found] == [2024, 2028]


def test_aliases() -> None:
    assert parse("@daily") == parse("0 0 * * *")


def test_a_midnight_that_does_not_exist_is_due_at_the_first_instant_after_the_gap() -> None:
    # Cairo, 24 April 2026: the clock goes from 00:00 to 01:00.
    period = upcoming(parse("0 0 * * *"), CAIRO, utc("2026-04-23T12:00"), 1)[0]
    assert period.name == "2026-04-24T00:00"
    assert period.due_at == utc("2026-04-23T22:00")
    assert period.due_at.astimezone(CAIRO).hour == 1


def test_a_time_in_the_middle_of_a_gap_is_due_when_the_gap_ends() -> None:
    # Berlin, 29 March 2026: from 02:00 to 03:00.
    assert due_instant(datetime(2026, 3, 29, 2, 30), BERLIN) == utc("2026-03-29T01:00")


def test_kyiv_has_every_midnight_of_march_and_one_half_past_three_in_october() -> None:
    # What a trigger that computes from the previous fire time gets wrong: it skips the one and fires twice in the other.
    spring = due("0 0 * * *", KYIV, "2026-03-27T12:00", "2026-03-31T12:00")
    assert [name.split("T")[0] for name in spring] == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]
    autumn = due("30 3 * * *", KYIV, "2026-10-24T12:00", "2026-10-26T12:00")
    assert autumn == ["2026-10-25T03:30 25 00:30", "2026-10-26T03:30 26 01:30"]


def test_an_hour_that_comes_twice_has_its_minutes_once() -> None:
    names = [p.name for p in periods(parse("*/30 * * * *"), BERLIN, utc("2026-10-24T22:00"), utc("2026-10-25T04:00"))]
    assert len(names) == len(set(names))


@given(
    zone=ZONES,
    start=st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1)),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
@settings(max_examples=150)
def test_a_daily_schedule_has_each_local_day_once(zone: str, start: datetime, hour: int, minute: int) -> None:
    after = start.replace(tzinfo=UTC)
    found = upcoming(parse(f"{minute} {hour} * * *"), ZoneInfo(zone), after, 40)
    days = [p.local.date() for p in found]
    assert days == [days[0] + timedelta(days=n) for n in range(40)]
    instants = [p.due_at for p in found]
    assert instants == sorted(instants)
    assert all(instant > after for instant in instants)


@given(zone=ZONES, local=st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1)))
@settings(max_examples=200)
def test_a_due_instant_is_the_local_time_or_the_first_after_it(zone: str, local: datetime) -> None:
    wall = local.replace(second=0, microsecond=0)
    place = ZoneInfo(zone)
    shown = due_instant(wall, place).astimezone(place).replace(tzinfo=None, fold=0)
    assert shown >= wall
    # No instant a second earlier shows this wall time or a later one without being the first of an overlap.
    before = (due_instant(wall, place) - timedelta(seconds=1)).astimezone(place).replace(tzinfo=None, fold=0)
    assert before < wall


@given(zone=ZONES, start=st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1)), cut=st.integers(1, 20 * 24 * 60))
@settings(max_examples=60)
def test_asking_in_two_steps_gives_what_asking_once_gives(zone: str, start: datetime, cut: int) -> None:
    cron, place = parse("17 */7 * * *"), ZoneInfo(zone)
    after = start.replace(tzinfo=UTC)
    middle, until = after + timedelta(minutes=cut), after + timedelta(days=20)
    whole: list[Period] = list(periods(cron, place, after, until))
    assert sorted(whole, key=lambda p: p.due_at) == sorted(
        [*periods(cron, place, after, middle), *periods(cron, place, middle, until)], key=lambda p: p.due_at
    )
