"""What a program sends, as a story: dates by RFC 3339 and the source's zone, text as paragraphs, markup made safe."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.submit.push_story import Moment, Pushed, dates_of, paragraphs, read_date, story_of
from feedsvc.model.article import Attachment, Image
from feedsvc.text.html import plain_text, sanitise

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINIMUM, MAXIMUM = datetime(1901, 1, 1), datetime(2198, 1, 1)


@pytest.mark.parametrize(
    ("text", "instant", "is_date"),
    [
        ("2020-06-06", "2020-06-05T16:00:00", True),
        ("2020-06-06T09:30:00+02:00", "2020-06-06T07:30:00", False),
        ("2020-06-06T09:30:00Z", "2020-06-06T09:30:00", False),
        ("2020-06-06t09:30:00z", "2020-06-06T09:30:00", False),
        ("2020-06-06 09:30", "2020-06-06T01:30:00", False),
        ("2020-06-06T09:30:00", "2020-06-06T01:30:00", False),
        ("2020-06-06T09:30:00.123456Z", "2020-06-06T09:30:00.123456", False),
        (" 2020-06-06 ", "2020-06-05T16:00:00", True),
        ("2020-06-06T00:00:00-00:00", "2020-06-06T00:00:00", False),
    ],
)
def test_dates_that_are_read(text: str, instant: str, is_date: bool) -> None:
    assert read_date(text, SHANGHAI) == Moment(datetime.fromisoformat(instant).replace(tzinfo=UTC), is_date)


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2020", "2020-06", "20200606", "2020-W23-6", "2020-158", "2020-13-01", "2020-06-31", "2020-6-6", "06/06/2020",
        "2020-06-06T9:30", "2020-06-06T24:01", "2020-06-06T23:59:60Z", "2020-06-06T09:30:00 +08:00", "2020-06-06T09:30+0800",
        "2020-06-06T09:30:00+25:00", "2020-06-06Z", "٢٠٢٠-٠٦-٠٦", "1899-12-31", "2200-01-01", "9999-12-31T23:59:59-12:00",
    ],
)  # fmt: skip
def test_dates_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is no date: write|lies outside)"):
        read_date(text, SHANGHAI)


zones = st.sampled_from(["UTC", "Asia/Shanghai", "America/St_Johns", "Europe/Kyiv", "Pacific/Kiritimati"]).map(ZoneInfo)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(st.datetimes(MINIMUM, MAXIMUM), offsets, zones)
def test_an_instant_is_the_same_in_whatever_zone_it_is_written(
    told: datetime, offset: timedelta, zone: ZoneInfo
) -> None:
    from_utc = told.replace(tzinfo=UTC)
    written = (told + offset).isoformat() + _offset(offset)
    assert read_date(written, zone) == Moment(from_utc, is_date=False)


def _offset(offset: timedelta) -> str:
    minutes = int(abs(offset).total_seconds()) // 60
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"


@given(st.dates(date(1901, 1, 1), date(2198, 1, 1)), zones)
def test_a_day_is_that_day_in_the_sources_zone(day: date, zone: ZoneInfo) -> None:
    read = read_date(day.isoformat(), zone)
    assert read.is_date
    assert read.instant.tzinfo is UTC
    assert abs(read.instant.astimezone(zone).replace(tzinfo=None) - datetime(day.year, day.month, day.day)) < timedelta(
        hours=2
    )


@given(st.text(max_size=40))
def test_no_text_is_a_surprise(text: str) -> None:
    with suppress(ValueError):
        assert read_date(text, SHANGHAI).instant.tzinfo is UTC


def test_every_date_is_looked_at() -> None:
    pushed = Pushed(
        "cms", "https://x.example/", "x", published_at="soon", updated_at="2020-06-06", embargo_until="late"
    )
    dates, faults = dates_of(pushed, "Asia/Shanghai")
    assert [field for field, _ in faults] == ["/published_at", "/embargo_until"]
    assert (dates.published, dates.embargo) == (None, None)
    assert dates.updated == Moment(datetime(2020, 6, 5, 16, tzinfo=UTC), is_date=True)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("  \n\n ", ""),
        ("One.", "<p>One.</p>"),
        ("One.\nTwo.", "<p>One.</p><p>Two.</p>"),
        ("One.\r\nTwo.\rThree.", "<p>One.</p><p>Two.</p><p>Three.</p>"),
        ("One\nand on.\n\nTwo.\n \n\n Three.", "<p>One<br>and on.</p><p>Two.</p><p>Three.</p>"),
        ("<b>&amp;", "<p>&lt;b&gt;&amp;amp;</p>"),
    ],
)
def test_text_becomes_paragraphs(text: str, html: str) -> None:
    assert paragraphs(text) == html


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]) | st.just("\n"), max_size=80))
def test_no_text_is_lost_or_taken_for_markup(text: str) -> None:
    html = sanitise(paragraphs(text))
    assert "".join(plain_text(html).split()) == "".join(text.split())


def test_a_story_is_whole() -> None:
    file = Attachment("https://x.example/1.pdf", "One", "application/pdf", 12)
    story = story_of(
        Pushed(
            "cms",
            "https://x.example/a/",
            "One",
            id="7",
            content_html='<p>See <a href="b.htm">b</a><img src="/c.png" onerror="x()"></p>',
            summary="S",
            authors=("A",),
            language="zh",
            image_url="https://x.example/1.png",
            attachments=(file,),
        )
    )
    assert (
        story.content_html == '<p>See <a href="https://x.example/a/b.htm">b</a><img src="https://x.example/c.png"></p>'
    )
    assert (story.upstream_id, story.summary, story.authors, story.language) == ("7", "S", ("A",), "zh")
    assert (story.image, story.attachments, story.published) == (Image("https://x.example/1.png"), (file,), None)
