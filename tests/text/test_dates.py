"""Days and instants as people read them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text import dates

ZONES = ["Asia/Shanghai", "UTC", "America/New_York", "America/St_Johns", "Pacific/Auckland", "Pacific/Honolulu"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "June 6, 2020"),
        ("zh", "2020年6月6日"),
        ("zh-CN", "2020年6月6日"),
        ("xx-nonsense", "June 6, 2020"),
        ("", "June 6, 2020"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(language: str, words: str) -> None:
    assert dates.format_day(date(2020, 6, 6), language) == words


def test_an_instant_falls_on_the_day_of_the_zone() -> None:
    late = datetime(2020, 6, 5, 16, tzinfo=UTC)
    assert dates.format_date(late, "en", "Asia/Shanghai") == "June 6, 2020"
    assert dates.format_date(late, "en", "UTC") == "June 5, 2020"
    assert dates.format_date(late, "zh", "Asia/Shanghai", date_only=False) == "2020年6月6日 00:00"


@pytest.mark.parametrize(
    ("zone", "english", "chinese"),
    [
        ("UTC", "UTC", "UTC"),
        ("Etc/UTC", "UTC", "UTC"),
        ("America/New_York", "Eastern Time", "北美东部时间"),
        ("Europe/Kyiv", "Ukraine (Kyiv) Time", "乌克兰（Kyiv）时间"),
    ],
)
def test_zones_have_names_for_all_the_year(zone: str, english: str, chinese: str) -> None:
    assert dates.zone_name(zone, "en") == english
    assert dates.zone_name(zone, "zh") == chinese


def test_weekdays_begin_on_monday() -> None:
    assert dates.weekday_name(0, "en") == "Monday"
    assert dates.weekday_name(6, "zh") == "星期日"


@given(day=st.dates(date(2000, 1, 1), date(2037, 12, 31)), zone=st.sampled_from(ZONES), reader=st.sampled_from(ZONES))
def test_a_day_without_a_time_stays_that_day_for_every_reader(day: date, zone: str, reader: str) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    offset = midnight.utcoffset()
    assert offset is not None
    if offset <= timedelta(hours=12):
        assert dates.story_day(midnight.astimezone(UTC), True, reader) == day


def test_a_story_with_a_time_bears_the_readers_day() -> None:
    late = datetime(2020, 6, 5, 16, tzinfo=UTC)
    assert dates.story_day(late, False, "Asia/Shanghai") == date(2020, 6, 6)
    assert dates.story_day(late, False, "UTC") == date(2020, 6, 5)


def test_machines_are_told_a_day_or_an_instant() -> None:
    midnight = datetime(2020, 6, 5, 16, tzinfo=UTC)
    assert dates.machine_story_time(midnight, True, "UTC") == "2020-06-06"
    assert dates.machine_story_time(midnight, False, "UTC") == "2020-06-05T16:00:00Z"


@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda instant: 1 < instant.year < 9999),
    st.sampled_from(ZONES),
)
def test_machine_time_is_the_same_instant_to_the_second(instant: datetime, zone: str) -> None:
    text = dates.machine_time(instant.astimezone(ZoneInfo(zone)))
    assert datetime.fromisoformat(text) == instant.replace(microsecond=0)
