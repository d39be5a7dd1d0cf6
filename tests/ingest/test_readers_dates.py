"""Dates are read or they are not."""

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.datewords import MONTHS, ZONES, Order

ZONE = ZoneInfo("Asia/Shanghai")
JUNE_6 = Moment(datetime(2020, 6, 5, 16, tzinfo=UTC), is_date=True)


@pytest.mark.parametrize(
    "text",
    [
        "June 6, 2020 | By Lu Wen | Zhang Liu", "June 6,2020", "Jun. 6, 2020", "6 June 2020", "6th of June 2020",
        "2020-06-06", "2020.06.06", "2020/6/6", "2020年6月6日", "2020 年 6 月 6 日",
        "发布时间：2020-06-06 作者：… 浏览次数：…", "２０２０-０６-０６",
        "(2020-06-06)", "SATURDAY, JUNE 6, 2020", "Posted on 06-Jun-2020", "2020-06-06 99:99", "2020-13-45, then 2020-06-06",
    ],
)  # fmt: skip
def test_every_form_of_a_day(text: str) -> None:
    assert dates.find(text, ZONE) == JUNE_6


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-06-06 10:20", datetime(2020, 6, 6, 2, 20, tzinfo=UTC)),
        ("2020-06-06T10:20:30.5Z", datetime(2020, 6, 6, 10, 20, 30, tzinfo=UTC)),
        ("2020-06-06T10:20:30+02:00", datetime(2020, 6, 6, 8, 20, 30, tzinfo=UTC)),
        ("2020-06-06T10:20-0330", datetime(2020, 6, 6, 13, 50, tzinfo=UTC)),
        ("2020年6月6日 10时20分", datetime(2020, 6, 6, 2, 20, tzinfo=UTC)),
        ("June 6, 2020 at 1:05 p.m.", datetime(2020, 6, 6, 5, 5, tzinfo=UTC)),
        ("June 6, 2020 12:05 am", datetime(2020, 6, 5, 16, 5, tzinfo=UTC)),
        ("2020-06-06 10:20 GMT", datetime(2020, 6, 6, 10, 20, tzinfo=UTC)),
    ],
)
def test_times_and_zones(text: str, instant: datetime) -> None:
    assert dates.find(text, ZONE) == Moment(instant, is_date=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "06/07/2020",
        "06-06",
        "2020-06",
        "June 2020",
        "2020",
        "2020-02-30",
        "12020-06-066",
        "1023/1983",
        "May Lee, 2020",
        "0000-01-01",
    ],
)
def test_what_is_no_date_gives_none(text: str) -> None:
    assert dates.find(text, ZONE) is None


@pytest.mark.parametrize(
    "text",
    ["[2020-06-06]", "发布时间：2020-06-06", "Sat, June 6, 2020", "06 2020-06", "2020.06 06", "2020-06-06 星期六"],
)
def test_a_text_that_is_only_a_date(text: str) -> None:
    assert dates.only(text, ZONE) == JUNE_6


@pytest.mark.parametrize("text", ["06-06", "6月6日", "[06/06]", "06.06"])
def test_a_day_without_its_year_waits_for_one(text: str) -> None:
    found = dates.only(text, ZONE)
    assert found == MonthDay(6, 6)
    assert isinstance(found, MonthDay)
    assert found.in_year(2020, ZONE) == JUNE_6


@pytest.mark.parametrize(
    "text", ["A Month (March)", "2020 New Year", "On 2020-06-06 we met", "13-13", "1/2", "3 of 5"][:4]
)
def test_a_text_that_says_more_is_no_date(text: str) -> None:
    assert dates.only(text, ZONE) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://x/2020/0606/c1a2/page.htm",
        "http://x/2020/06/06/a.html",
        "http://x/a/2020-06-06/b",
        "http://x/t20200606_1.html",
    ],
)
def test_full_dates_in_addresses(url: str) -> None:
    assert dates.in_url(url, ZONE) == JUNE_6


@pytest.mark.parametrize(
    "url",
    [
        "http://x/2020/06/a.htm",
        "http://x/info/1023/2020.htm",
        "http://x/?d=/2020/0606/",
        "http://x/2020/1399/a",
        "http://x/202006061.htm",
    ],
)
def test_less_than_a_day_is_no_date(url: str) -> None:
    assert dates.in_url(url, ZONE) is None


def test_a_year_in_an_address_stands_by_itself() -> None:
    assert dates.year_in_url("http://x/2020/a/5.htm") == 2020
    assert dates.year_in_url("http://x/info/1023/2020.htm") is None
    assert dates.year_in_url("http://x/info/12020/5.htm") is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sat, 06 Jun 2020 08:00:00 GMT", Moment(datetime(2020, 6, 6, 8, tzinfo=UTC), is_date=False)),
        ("Sat, 06 Jun 2020 08:00:00 +0800", Moment(datetime(2020, 6, 6, 0, tzinfo=UTC), is_date=False)),
        ("Sat, 06 Jun 2020 08:00:00 -0000", Moment(datetime(2020, 6, 6, 8, tzinfo=UTC), is_date=False)),
        ("Sat, 06 Jun 2020 08:00:00", Moment(datetime(2020, 6, 6, 0, tzinfo=UTC), is_date=False)),
        ("2020-06-06T08:00:00Z", Moment(datetime(2020, 6, 6, 8, tzinfo=UTC), is_date=False)),
        ("2020-06-06", JUNE_6),
        ("Sat, 06 Jun 2020", JUNE_6),
        ("yesterday", None),
        ("", None),
        ("Sat, 99 Jun 2020 08:00:00 GMT", None),
    ],
)
def test_dates_of_feeds(text: str, moment: Moment | None) -> None:
    assert dates.feed_date(text, ZONE) == moment


@given(
    st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%B %d, %Y", "%d %b %Y", "%Y.%m.%d"]),
)
def test_what_is_written_is_read(day: date, form: str) -> None:
    found = dates.find(f"x {day.strftime(form)} y", ZONE)
    assert found is not None
    assert found.instant.astimezone(ZONE).date() == day
    assert found.is_date


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    for read in (dates.find, dates.only, dates.feed_date, dates.in_url):
        read(text, ZONE)


MONTH_NAMES = [[name for name, number in MONTHS.items() if number == month and len(name) > 2] for month in range(1, 13)]
ZONE_NAMES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC", "Asia/Kathmandu"]
days = st.dates(date(1900, 1, 1), date(2999, 12, 31))


@st.composite
def written_days(draw: st.DrawFn) -> tuple[date, str]:
    """A day, and how a page may write it."""
    day = draw(days)
    name = draw(st.sampled_from(MONTH_NAMES[day.month - 1]))
    name = draw(st.sampled_from([name, name.title(), name.upper()]))
    pad = draw(st.sampled_from(["", "0"]))
    month, number = f"{day.month:{pad}2}".strip(), f"{day.day:{pad}2}".strip()
    year = day.year
    forms = [
        f"{year}-{month}-{number}", f"{year}.{month}.{number}", f"{year}/{month}/{number}", f"{year}年{month}月{number}日",
        f"{year} 年 {month} 月 {number} 日", f"{name} {number}, {year}", f"{name} {number} {year}", f"{number} {name} {year}",
        f"{number}. {name} {year}", f"{number} de {name} de {year}", f"{number}-{name}-{year}", f"{number}th of {name} {year}",
    ]  # fmt: skip
    return day, draw(st.sampled_from(forms))


@given(
    written_days(),
    st.sampled_from(ZONE_NAMES),
    st.sampled_from(["{}", "发布时间：{} 作者：李瑞", "{} | By Ann Li", "[{}]", "Posted on {}"]),
)
def test_every_form_in_every_zone_reads_back(written: tuple[date, str], name: str, line: str) -> None:
    zone = ZoneInfo(name)
    found = dates.find(line.format(written[1]), zone)
    assert found is not None
    assert found.is_date
    assert found.instant == datetime(written[0].year, written[0].month, written[0].day, tzinfo=zone).astimezone(UTC)


@given(written_days(), st.times(), st.sampled_from(["T", " ", ", ", " at "]), st.booleans())
def test_every_time_reads_back(written: tuple[date, str], time: clock, gap: str, seconds: bool) -> None:
    shown = f"{time:%H:%M:%S}" if seconds else f"{time:%H:%M}"
    found = dates.find(f"{written[1]}{gap if written[1][-1].isdigit() else ' '}{shown}", ZONE)
    second = time.second if seconds else 0
    expected = datetime(*written[0].timetuple()[:3], time.hour, time.minute, second, tzinfo=ZONE)
    assert found == Moment(expected.astimezone(UTC), is_date=False)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30)), st.integers(-23 * 60, 23 * 60))
def test_every_offset_reads_back(moment: datetime, minutes: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert dates.find(aware.isoformat(), ZONE) == Moment(aware.astimezone(UTC), is_date=False)
    assert dates.feed_date(aware.isoformat(), ZONE) == Moment(aware.astimezone(UTC), is_date=False)


@pytest.mark.parametrize("letters", sorted(ZONES))
def test_zones_by_their_letters(letters: str) -> None:
    found = dates.find(f"June 6, 2020 10:20 {letters}", ZONE)
    assert found == Moment(datetime(2020, 6, 6, 10, 20, tzinfo=UTC) - ZONES[letters], is_date=False)


@pytest.mark.parametrize("letters", ["CST", "IST", "BST", "est", "XYZ"])
def test_letters_of_several_zones_say_nothing(letters: str) -> None:
    assert dates.find(f"June 6, 2020 10:20 {letters}", ZONE) == Moment(
        datetime(2020, 6, 6, 2, 20, tzinfo=UTC), is_date=False
    )


@given(st.text(st.characters(exclude_categories=["Nd", "No", "Nl"])))
def test_text_without_figures_gives_no_date(text: str) -> None:
    assert dates.find(text, ZONE) is None
    assert dates.only(text, ZONE) is None


@given(st.text(max_size=60), st.sampled_from(["", "dmy", "mdy"]))
def test_no_year_is_made_up(text: str, order: Order) -> None:
    found = dates.find(text, ZONE, order)
    if found is not None:
        years = {str((found.instant + timedelta(days=offset)).year) for offset in (-1, 0, 1)}
        assert any(year in unicodedata.normalize("NFKC", text) for year in years)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2020", "", None),
        ("03/04/2020", "dmy", date(2020, 4, 3)),
        ("03/04/2020", "mdy", date(2020, 3, 4)),
        ("3.4.2020", "dmy", date(2020, 4, 3)),
        ("03-04-2020", "", None),
        ("25/12/2020", "", date(2020, 12, 25)),
        ("12/25/2020", "", date(2020, 12, 25)),
        ("05/05/2020", "", date(2020, 5, 5)),
        ("31.12.2020 08:30", "", date(2020, 12, 31)),
        ("13/13/2020", "dmy", None),
        ("31/06/2020", "dmy", None),
        ("1.2.3.2020", "dmy", None),
        ("03/04/20", "dmy", None),
    ],
)
def test_two_readings_are_none_without_evidence(text: str, order: Order, day: date | None) -> None:
    found = dates.find(text, ZONE, order)
    assert (found.instant.astimezone(ZONE).date() if found else None) == day
