"""Articles made ready for feeds."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog

from feedsvc.feeds.items import language_tag, person
from feedsvc.model.article import Attachment, Image
from tests.feeds.stories import DAY, STAMP, article, document, items


def test_an_item_says_what_the_article_says() -> None:
    (item,) = items(document(article()))
    assert item.guid == "tag:news.example.edu,2020-06-08:article/1"
    assert item.url == "https://en.usst.edu.cn/info/1178/1.htm"
    assert item.title == "Story 1"
    assert item.content_html == "<p>A forum was held. <b>All</b> came.</p>"
    assert item.authors == ("Li Wei",)
    assert item.published == DAY
    assert item.tags == (("news", "News & Events"),)
    assert item.publisher == "USST News"
    assert item.language == "en"


@pytest.mark.parametrize(
    ("published_at", "sort_at"),
    [
        (None, STAMP),
        (STAMP + timedelta(days=400), STAMP),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
    ],
    ids=["none", "in the future when it came", "that no reader believes"],
)
def test_a_date_is_the_storys_own_or_not_there(published_at: datetime | None, sort_at: datetime) -> None:
    (item,) = items(document(article(published_at=published_at, sort_at=sort_at)))
    assert item.published is None
    assert item.updated.replace(microsecond=0) == STAMP


def test_articles_of_one_poll_differ_in_their_updates_by_less_than_a_second() -> None:
    found = items(document(*(article(number) for number in range(200))))
    updates = [item.updated for item in found]
    assert len(set(updates)) == 200
    assert all(timedelta() <= updated - STAMP < timedelta(seconds=1) for updated in updates)


def test_an_update_is_the_same_in_every_feed() -> None:
    alone = items(document(article(7)))[0]
    among = items(document(*(article(number) for number in range(20))))[7]
    assert alone.updated == among.updated


def test_articles_that_still_share_an_update_are_told_apart() -> None:
    twins = items(document(article(1), article(1, guid="tag:x.edu,2020:other")))
    assert twins[1].updated - twins[0].updated == timedelta(microseconds=1)


def test_no_update_is_before_the_story() -> None:
    later = STAMP + timedelta(hours=1)
    (item,) = items(document(article(published_at=later, sort_at=later)))
    assert item.published == later
    assert item.updated >= STAMP + timedelta(hours=1)


@pytest.mark.parametrize("url", ["", "/relative", "javascript:alert(1)"])
def test_a_bad_article_costs_itself_and_is_logged_by_its_id(url: str) -> None:
    with structlog.testing.capture_logs() as logs:
        found = items(document(article(1), article(2, url=url), article(3)))
    assert [item.title for item in found] == ["Story 1", "Story 3"]
    assert [entry["article"] for entry in logs] == ["0172a-2"]


def test_what_was_stored_is_sanitised_again() -> None:
    (item,) = items(document(article(content_html="<p onclick='x()'>Hello<script>alert(1)</script></p>")))
    assert item.content_html == "<p>Hello</p>"


def test_a_story_without_a_summary_is_told_by_how_it_begins() -> None:
    body = "<p>A &lt;forum&gt; was held.</p><p>" + "It was long. " * 99 + "</p>"
    (item,) = items(document(article(content_html=body, summary="")))
    assert item.summary.startswith("A <\u2060forum> was held. It was long.")
    assert len(item.summary) <= 201


def test_a_story_without_any_text_says_its_title() -> None:
    for body in ("", "<img src='https://x.edu/a.png'>"):
        (item,) = items(document(article(content_html=body, summary=" \x00 ")))
        assert item.summary == "Story 1"


@pytest.mark.parametrize(("summary", "title"), [("Held today", "Held today"), ("", "https://x.edu/?a=1&\u2060copy=2")])
def test_a_story_without_a_title_is_called_by_what_there_is(summary: str, title: str) -> None:
    (item,) = items(document(article(title="\x00 ", summary=summary, url="https://x.edu/?a=1&copy=2")))
    assert item.title == title


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Li Wei <li@usst.edu.cn>", "Li Wei"),
        ("李伟（li@usst.edu.cn）", "李伟"),
        ("li@usst.edu.cn", ""),
        ("News Office (USST)", "News Office (USST)"),
        ("Li  Wei\n", "Li Wei"),
        ("x" * 100_000 + " @", "x" * 100_000),
    ],
)
def test_no_address_of_a_writer_leaves(name: str, expected: str) -> None:
    assert person(name) == expected


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("en", "en"),
        ("zh-CN", "zh-CN"),
        ("zh_Hans", "zh-Hans"),
        ("cn", None),
        ("", None),
        ("english", None),
        ("e\x00", None),
    ],
)
def test_a_language_that_is_none_is_left_out(language: str, tag: str | None) -> None:
    assert language_tag(language) == tag


def test_sizes_and_types_that_cannot_be_true_are_left_out() -> None:
    image = Image("https://x.edu/a b.png", width=0, height=-1, media_type="picture", length=0)
    attachments = (Attachment("https://x.edu/a", "A", "text/plain; charset=utf-8", 0), Attachment("file:///etc/x", "B"))
    (item,) = items(document(article(image=image, attachments=attachments)))
    assert item.image == Image("https://x.edu/a%20b.png")
    assert item.attachments == (Attachment("https://x.edu/a", "A", "text/plain"),)


def test_an_image_without_an_address_is_left_out() -> None:
    (item,) = items(document(article(image=Image("data:image/png;base64,AAAA"))))
    assert item.image is None
