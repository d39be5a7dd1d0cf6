"""The dates of list entries: node by node, and never out of text that was glued together."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement, fragment_fromstring

from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.listing.itemdates import beside, in_element, in_row, is_date

SHANGHAI = ZoneInfo("Asia/Shanghai")
SIXTH = datetime(2020, 6, 6, tzinfo=SHANGHAI).astimezone(UTC)


def row(html: str) -> HtmlElement:
    made = fragment_fromstring(f"<li>{html}</li>")
    assert isinstance(made, HtmlElement)
    return made


@pytest.mark.parametrize(
    "html",
    [
        "<a>T</a><span>2020-06-06</span>",
        "<a>T</a>[2020.06.06]",
        "<a>T</a><i>06</i><i>2020-06</i>",
        "<b>06</b><b>/2020-06</b><a>T</a>",
        "<b>2020-06</b><b>06</b><a>T</a>",
        "<b>2020</b><b>06-06</b><a>T</a>",
        "<b>06-06</b><b>2020</b><a>T</a>",
        "<b>06</b><b>Jun</b><b>2020</b><a>T</a>",
        "<b>June</b> <b>6,</b> <b>2020</b><a>T</a>",
        "<a>T</a><p>Posted on June 6, 2020 by Lu Wen</p>",
        "<a>T</a><p>June 6, 2020 | By Lu Wen | Zhang Liu</p>",
        "<a>T</a><p>来源：新闻中心 发布时间：2020-06-06 浏览次数：12</p>",
        "<a>T</a><span>2020-06-06</span><span>12</span>",
        "<span>12</span><a>T</a><span>2020-06-06</span>",
        '<a>T</a><time datetime="2020-06-06">last week</time><span>2011-01-01</span>',
    ],
)
def test_a_day_of_a_row(html: str) -> None:
    assert in_row(row(html), "T", SHANGHAI) == Moment(SIXTH, is_date=True)


@pytest.mark.parametrize(
    "html", ["<b>06-06</b>", "<b>6</b><b>6月</b>", "<b>Jun 6</b>", "<b>6</b><b>June</b>", "<b>Jun</b><b>06</b>"]
)
def test_a_day_without_its_year_is_only_that(html: str) -> None:
    assert in_row(row(f"<a>T</a>{html}"), "T", SHANGHAI) == MonthDay(6, 6)


@pytest.mark.parametrize(
    "html",
    [
        "2020-06-0612",
        "<b>2020-06-0612</b>",
        "<b>2020-06</b>",
        "<b>12</b><b>34</b>",
        "<b>03/04/2020</b>",
        "<b>Room 6 June</b><b>2020 seats</b>",
        "<p>On May 5, 2011 the library opened, and much has happened since then, as everybody knows who was here.</p>",
        "<b>2020-02-30</b>",
    ],
)
def test_what_is_no_date_is_none(html: str) -> None:
    assert in_row(row(f"<a>T</a>{html}"), "T", SHANGHAI) is None


def test_the_title_itself_is_no_date() -> None:
    assert in_row(row("<a>2020-06-06</a>"), "2020-06-06", SHANGHAI) is None
    assert is_date("[2020-06-06]", SHANGHAI)
    assert not is_date("Notice of 2020-06-06", SHANGHAI)


def test_in_what_a_rule_names_any_whole_date_counts() -> None:
    named = row(
        "<p>The library, on June 6, 2020, opened its doors to everybody who has waited for it for so many years</p>"
    )
    assert in_element(named, SHANGHAI) == Moment(SIXTH, is_date=True)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.integers(0, 10**6), st.booleans())
def test_a_date_beside_numbers_is_read_whole_and_one_grown_together_with_them_never(
    day: date, hits: int, first: bool
) -> None:
    parts = [f"<b>{day}</b>", f"<i>{hits}</i>"]
    told = in_row(row("<a>T</a>" + "".join(parts if first else reversed(parts))), "T", SHANGHAI)
    assert told == Moment(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC), is_date=True)
    assert in_row(row(f"<a>T</a><b>{day}{hits}</b>"), "T", SHANGHAI) is None


@given(
    st.lists(
        st.sampled_from(["06", "2020", "2020-06", "06-06", "12", "Jun", "6月", "T", "/", "2020-06-06"]), max_size=6
    )
)
def test_whatever_stands_there_no_other_day_comes_of_it(parts: list[str]) -> None:
    found = in_row(row("".join(f"<b>{part}</b>" for part in parts)), "T", SHANGHAI)
    if isinstance(found, Moment):
        local = found.instant.astimezone(SHANGHAI)
        assert (local.year, local.month) in {(2020, 6), (2020, 12)}
        assert any(part.startswith("2020") for part in parts)


def test_dates_between_entries_belong_to_one_side() -> None:
    after = fragment_fromstring("<div><h3>a</h3><p>2020-06-06</p><h3>b</h3><p>2020-06-05</p></div>")
    assert len(beside(after.findall("h3"), SHANGHAI)) == 2
    assert beside(after.findall("h3"), SHANGHAI)[after[0]] == Moment(SIXTH, is_date=True)
    before = fragment_fromstring("<dl><dt>2020-06-06</dt><dd>a</dd><dt>2020-06-05</dt><dd>b</dd></dl>")
    assert beside(before.findall("dd"), SHANGHAI)[before[1]] == Moment(SIXTH, is_date=True)
    assert beside([], SHANGHAI) == {}
