"""What makes a story the same, and what makes it a changed one."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.intake.identity import content_hash, keys, same_text, text_hash
from feedsvc.model.article import Attachment, Image, Story
from feedsvc.text.html import sanitise

LONG = "<p>" + "On the morning of May 27 a ceremony was held to sign an agreement between the two sides. " * 3 + "</p>"
STORY = Story("https://www.example.edu/info/1023/1983.htm?utm_source=x", "A title", content_html=LONG)


def test_both_addresses_identify_a_story_its_lists_first() -> None:
    found = keys(STORY, "http://example.edu/list/1983.htm")
    assert list(found) == ["https://example.edu/list/1983.htm", "https://example.edu/info/1023/1983.htm"]
    assert list(found.values()) == ["http://example.edu/list/1983.htm", STORY.url]


def test_two_spellings_of_one_address_are_one_key() -> None:
    assert keys(STORY, "http://example.edu/info/1023/1983.htm") == {
        "https://example.edu/info/1023/1983.htm": "http://example.edu/info/1023/1983.htm"
    }
    assert keys(replace(STORY, url="")) == {}


@pytest.mark.parametrize(
    "counter",
    ["浏览次数：{}", "点击数: {}", "阅读次数（{}）", "Hits: {}", "views {}", "Clicks：{} 次", "[访问量:{}次]"],
)
def test_counters_do_not_count(counter: str) -> None:
    one, other = (replace(STORY, content_html=f"<p>{counter.format(n)}</p>{LONG}") for n in ("7", "12,345"))
    assert content_hash(one) == content_hash(other)
    assert text_hash(one) == text_hash(other)
    assert same_text(one.content_html, other.content_html)


WORDINGS = [
    "浏览次数：{}", "浏览：{}次", "点击：[{}]", "点击数:{}", "阅读量 {}", "阅读：{}", "已阅读（{}次）", "访问量: {} 次",
    "人气：{}", "{}次浏览", "{} 人阅读", "Hits: {}", "Views ({})", "viewed {} times", "Page views: {}", "Visits: {}",
    "Number of views: {}", "{} views", "Read: {} times", "Popularity: {}",
]  # fmt: skip


@given(st.sampled_from(WORDINGS), st.integers(0, 10**8), st.integers(0, 10**8), st.sampled_from(["{}", "{:,}"]))
def test_no_counter_counts_whatever_it_is_called(wording: str, one: int, other: int, form: str) -> None:
    line = f"<p>Date: 2020-06-06 {wording}</p>{LONG}"
    first, second = (replace(STORY, content_html=line.format(form.format(count))) for count in (one, other))
    assert content_hash(first) == content_hash(second)
    assert text_hash(first) == text_hash(second)
    assert same_text(first.content_html, second.content_html)


SAID = [
    "{} comments", "{} likes", "{} shares", "Comments ({})", "Likes: {}", "评论({})", "评论：{}条", "{}条评论", "{} 人点赞",
    "点赞 {}", "{} likes · {} shares", "浏览次数：{} 评论({})", "评论({}) 阅读({})", "Photo by Lu Wen | {} comments",
]  # fmt: skip


@given(st.sampled_from(SAID), st.integers(2, 10**8), st.integers(2, 10**8), st.sampled_from(["{}", "{:,}"]))
def test_nor_does_what_readers_said_and_did(wording: str, one: int, other: int, form: str) -> None:
    first, second = (
        replace(STORY, content_html=f'{LONG}<p class="meta">{wording.replace("{}", form.format(count))}</p>')
        for count in (one, other)
    )
    assert content_hash(first) == content_hash(second)
    assert text_hash(first) == text_hash(second)
    assert same_text(first.content_html, second.content_html)


def test_the_first_comment_is_no_change_either() -> None:
    none, no, one, two = (
        replace(STORY, content_html=f"{LONG}{line}")
        for line in ("", "<p>No comments</p>", "<p>1 comment</p>", "<p>2 comments</p>")
    )
    assert content_hash(none) == content_hash(no) == content_hash(one) == content_hash(two)


def test_a_summary_may_end_with_a_counter() -> None:
    one, other = (replace(STORY, summary=f"The library is open. {n} comments") for n in (7, 8))
    assert content_hash(one) == content_hash(other)
    one, other = (replace(STORY, summary=f"The library had {n} comments") for n in (7, 8))
    assert content_hash(one) != content_hash(other)


@pytest.mark.parametrize(
    "words",
    [
        "{} comments were filed by the board", "The board received {} comments", "It said so. {} comments were made.",
        "Shares {}", "{} shares of the company", "Likes: {} on Monday", "新闻评论({})", "评论{}条意见", "{}条评论员文章",
        "共有{}人点赞的照片",
    ],
)  # fmt: skip
def test_in_a_sentence_their_numbers_count(words: str) -> None:
    one, other = (replace(STORY, content_html=f"<p>{words.format(n)}</p>{LONG}") for n in (7, 8))
    assert content_hash(one) != content_hash(other)


def test_no_text_made_for_it_keeps_the_counters_busy() -> None:
    # A pattern that goes back never ends with these.
    for text in ("1 like " * 4000, "1," * 20_000, ". 1.1" * 10_000, "| 1 likes" * 4000, "评论1 " * 8000):
        assert same_text(f"{text} x", f"{text} x y") is False


@pytest.mark.parametrize(
    "words", ["阅读{}本书", "共有{}人", "第{}次会议", "He read {} books.", "Room {}", "{}人参加", "访问{}所大学"]
)
def test_numbers_that_tell_something_do(words: str) -> None:
    one, other = (replace(STORY, content_html=f"<p>{words.format(n)}</p>{LONG}") for n in (7, 8))
    assert content_hash(one) != content_hash(other)


def test_other_numbers_do() -> None:
    one, other = (replace(STORY, content_html=f"<p>Reviews of {n} theses.</p>{LONG}") for n in (7, 8))
    assert content_hash(one) != content_hash(other)


def test_markup_drawn_anew_is_no_change() -> None:
    anew = LONG.replace("<p>", "<div><p>").replace("</p>", "</p></div>")
    assert content_hash(STORY) == content_hash(replace(STORY, content_html=anew))
    assert same_text(LONG, anew)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"summary": "Another"},
        {"content_html": LONG.replace("May 27", "May 28")},
        {"content_html": LONG + '<p><a href="https://example.edu/x">x</a></p>'},
        {"authors": ("Lu Wen",)},
        {"image": Image("https://example.edu/a.jpg")},
        {"attachments": (Attachment("https://example.edu/a.pdf", "The agreement"),)},
    ],
)
def test_what_a_reader_sees_counts(change: dict[str, Any]) -> None:
    assert content_hash(STORY) != content_hash(replace(STORY, **change))


def test_sizes_and_dates_do_not() -> None:
    measured = replace(STORY, image=Image("https://example.edu/a.jpg", width=10, length=5), language="en")
    assert content_hash(measured) == content_hash(replace(STORY, image=Image("https://example.edu/a.jpg")))


def test_a_short_text_identifies_nothing() -> None:
    assert text_hash(replace(STORY, content_html="<p>Photo of the day</p>")) == ""
    assert text_hash(replace(STORY, content_html="<p>" + "x" * 99 + "</p>")) == ""
    assert text_hash(replace(STORY, content_html="<p>" + "x" * 100 + "</p>")) != ""
    assert text_hash(replace(STORY, content_html="<p>" + "，" * 200 + "</p>")) == ""


def test_the_text_identifies_whatever_its_dress() -> None:
    dressed = replace(STORY, title=" a  TITLE!", content_html=sanitise(LONG.upper().replace(" ", "&nbsp; ")))
    assert text_hash(dressed) == text_hash(STORY) != ""
    assert text_hash(replace(STORY, title="Another title")) != text_hash(STORY)


@given(text=st.text(max_size=300), other=st.text(max_size=300))
def test_hashes_are_stable_and_never_fail(text: str, other: str) -> None:
    story = replace(STORY, content_html=text.encode("utf-8", "ignore").decode())
    assert content_hash(story) == content_hash(story)
    assert text_hash(story) == text_hash(story)
    assert same_text(text, other) == same_text(other, text)
