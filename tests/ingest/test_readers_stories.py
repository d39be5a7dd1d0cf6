"""From an entry to a story: which text is the body, which picture leads, who wrote it, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.readers.upstream.entries import Entry, Link, Markup, Media
from feedsvc.ingest.readers.upstream.stories import heading, story_of
from feedsvc.model.article import Attachment, Image, Story

FEED = "https://up.example/news/feed.xml"
SHANGHAI = ZoneInfo("Asia/Shanghai")
BARE = Entry("", "https://up.example/1", (), None, (), None, (), (), (), "", "", "", "")


def rich(value: str, base: str = FEED) -> Markup:
    return Markup(value, "text/html", base)


def plain(value: str) -> Markup:
    return Markup(value, "text/plain", FEED)


def told(entry: Entry) -> Story:
    story = story_of(entry, FEED, SHANGHAI)
    assert story is not None
    return story


def test_a_summary_and_a_full_text_are_kept_apart() -> None:
    story = told(replace(BARE, summary=rich("<p>In short.</p>"), contents=(rich("<p>All of it, at length.</p>"),)))
    assert (story.summary, story.content_html) == ("In short.", "<p>All of it, at length.</p>")


def test_the_longest_rich_text_is_the_body() -> None:
    long = rich("<p>Long and rich, indeed.</p>")
    assert told(replace(BARE, contents=(plain("x" * 99), long, rich("<p>s</p>")))).content_html == long.value
    assert told(replace(BARE, contents=(rich("<p>s</p>"),), summary=long)).content_html == long.value
    assert told(replace(BARE, contents=(plain("Only this."),))).content_html == "<p>Only this.</p>"


def test_a_text_without_summary_begins_with_its_first_sentences() -> None:
    story = told(
        replace(BARE, contents=(rich("<p>First &amp; foremost. Then more.</p>" + "<p>And so on it went.</p>" * 2000),))
    )
    assert story.summary.startswith("First & foremost. Then more.")
    assert len(story.summary) <= 200


def test_links_go_by_the_base_of_their_text() -> None:
    story = told(replace(BARE, contents=(rich('<a href="x">x</a><img src="/i.png">', "https://b.example/d/"),)))
    assert story.content_html == '<a href="https://b.example/d/x">x</a><img src="https://b.example/i.png">'


@pytest.mark.parametrize(
    ("title", "said"),
    [
        (None, ""),
        (plain("Bees &amp; <i>honey</i>"), "Bees & honey"),
        (plain("a < b & c"), "a < b & c"),
        (plain("1 &lt; 2"), "1 &lt; 2"),
        (rich("1 &lt; 2"), "1 < 2"),
        (rich("<b>Bold</b>\n title<script>x</script>"), "Bold title"),
        (plain(" two\n lines\u200b "), "two lines"),
    ],
)
def test_what_a_title_says(title: Markup | None, said: str) -> None:
    assert heading(title) == said


def test_an_address_is_found_or_there_is_no_story() -> None:
    assert told(BARE).url == "https://up.example/1"
    alternate = (Link("enclosure", "https://up.example/e.pdf"), Link("alternate", "https://up.example/a"))
    assert told(replace(BARE, link="", links=alternate)).url == "https://up.example/a"
    assert told(replace(BARE, link="", id="https://up.example/id")).url == "https://up.example/id"
    for wrong in ("", "javascript:x()", "tag:up.example,2020:1", "1234", "ftp://up.example/"):
        assert story_of(replace(BARE, link=wrong, id="7"), FEED, SHANGHAI) is None


def test_the_lead_picture() -> None:
    thumbnail, podcast = Media("https://up.example/t.jpg", "", thumbnail=True), "https://up.example/p.jpg"
    full = Media("/lead.jpg", "image", thumbnail=False)
    film = Media("https://up.example/film.mp4", "video", thumbnail=False)
    assert told(replace(BARE, media=(film, full, thumbnail), image=podcast)).image == Image(
        "https://up.example/lead.jpg", media_type="image/jpeg"
    )
    assert told(replace(BARE, media=(film, thumbnail), image=podcast)).image == Image(
        thumbnail.url, media_type="image/jpeg"
    )
    assert told(replace(BARE, media=(film,), image=podcast)).image == Image(podcast, media_type="image/jpeg")
    assert told(replace(BARE, media=(film,))).image is None


@pytest.mark.parametrize(
    ("length", "size"), [("12", 12), ("0", None), ("-1", None), ("", None), ("١٢", None), ("9" * 20, None)]
)
def test_an_attachment_tells_its_size_where_it_is_one(length: str, size: int | None) -> None:
    story = told(replace(BARE, links=(Link("enclosure", "/a.mp3", "audio/mpeg", "Talk", length),)))
    assert story.attachments == (Attachment("https://up.example/a.mp3", "Talk", "audio/mpeg", size),)


def test_persons_and_terms_come_once() -> None:
    story = told(replace(BARE, authors=("Ann", " Ann ", "", "安娜"), terms=("a", "a ", "\u3000b")))
    assert (story.authors, story.terms) == (("Ann", "安娜"), ("a", "b"))


_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2068, 1, 1), timezones=_ZONES).map(
    lambda at: at.replace(microsecond=0)
)


@given(_INSTANTS, st.sampled_from(["", "Sun, ", "wed, ", "Freitag, "]), st.booleans())
def test_dates_with_a_zone_keep_it(at: datetime, weekday: str, iso: bool) -> None:
    written = at.isoformat() if iso else weekday + format_datetime(at).split(", ")[1]
    story = told(replace(BARE, published=written))
    assert (story.published, story.published_is_date) == (at.astimezone(UTC), False)


@given(
    _INSTANTS,
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%a, %d %b %Y %H:%M:%S", "%Y年%m月%d日 %H:%M:%S"]),
)
def test_dates_without_a_zone_take_the_sources(at: datetime, form: str) -> None:
    local = at.replace(tzinfo=SHANGHAI)
    assert told(replace(BARE, published=local.strftime(form))).published == local.astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Sat, 06 Jun 20 08:00:00 GMT", datetime(2020, 6, 6, 8, tzinfo=UTC)),
        ("06 Jun 98 08:00:00 EST", datetime(1998, 6, 6, 13, tzinfo=UTC)),
        ("2020-06-06T08:00:00.123Z", datetime(2020, 6, 6, 8, tzinfo=UTC)),
        ("2020年6月6日", datetime(2020, 6, 5, 16, tzinfo=UTC)),
        ("Sat, 6 Jun 2020", datetime(2020, 6, 5, 16, tzinfo=UTC)),
        ("yesterday", None),
        ("06/07/2020", None),
        ("2020", None),
        ("Sat, 31 Jun 2020 08:00:00 GMT", None),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_other_dates_are_read_or_they_are_not(written: str, read: datetime | None) -> None:
    assert told(replace(BARE, published=written)).published == read


@given(st.text(max_size=40))
def test_no_date_costs_the_entry(written: str) -> None:
    told(replace(BARE, published=written, updated=written, created=written))


def test_an_update_is_later_than_the_story() -> None:
    both = replace(BARE, published="2020-06-05T00:00:00Z", updated="2020-06-06T00:00:00Z")
    assert told(both).updated == datetime(2020, 6, 6, tzinfo=UTC)
    assert told(replace(both, updated="2020-06-04T00:00:00Z")).updated is None
    alone = told(replace(BARE, updated="2020-06-06T00:00:00Z"))
    assert (alone.published, alone.updated) == (datetime(2020, 6, 6, tzinfo=UTC), None)


SIGNED = (
    '<p>The post <a href="https://up.example/1">Bees</a> appeared first on <a href="https://up.example/">Up</a>.</p>'
)


def test_the_line_that_wordpress_sets_under_a_story_goes() -> None:
    story = told(
        replace(BARE, summary=rich(f"<p>In short.</p>\n{SIGNED}"), contents=(rich(f"<p>All.</p>\n{SIGNED}\n"),))
    )
    assert story.summary == "In short."
    assert "appeared first" not in story.content_html


@pytest.mark.parametrize(
    "html",
    [
        f"{SIGNED}<p>After.</p>",
        "<p>The post office appeared first on Lake Street.</p>",
        f"<blockquote>{SIGNED}</blockquote>",
    ],
)
def test_only_that_line_at_the_end_goes(html: str) -> None:
    assert told(replace(BARE, contents=(rich(html),))).content_html == html
