"""What no table, feed or mail can hold does not get in."""

import re

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.intake.clean import clean
from feedsvc.model.article import Attachment, Image, Story

URL = "https://example.edu/info/1.htm"


def test_a_title_is_one_line() -> None:
    story = clean(Story(URL, "  A\r\nBcc: x@evil.test\u2028 story\x00 ", authors=(" Lu \n Wen", "", "Lu Wen")))
    assert story.title == "A Bcc: x@evil.test story"
    assert story.authors == ("Lu Wen",)


def test_titles_and_names_turn_and_cover_nothing() -> None:
    turned = "\u202eA \u2067story\u2069\u200f\x7f"
    story = clean(
        Story(URL, turned, authors=(turned,), terms=(turned,), summary="a\x7fb", image=Image("/p.jpg", caption=turned))
    )
    assert (story.title, story.authors, story.terms, story.summary) == ("A story", ("A story",), ("A story",), "ab")
    assert story.image is not None
    assert story.image.caption == "A story"
    assert clean(Story(URL, "Z" + "\u0301\u0300" * 50 + "a")).title == "Z" + "\u0301\u0300" * 2 + "a"
    assert clean(Story(URL, "कर्मण्ये เก้าอี้ Việt 👩‍🎓")).title == "कर्मण्ये เก้าอี้ Việt 👩‍🎓"


@given(text=st.text(st.sampled_from("a \u0301\u0300\u20dd\u202e\u2066\u200b\x7f\u3000"), max_size=40))
def test_what_was_cleaned_once_is_clean(text: str) -> None:
    story = clean(Story(URL, text, summary=text, content_html=text, authors=(text,), terms=(text,)))
    assert clean(story) == story
    assert not re.search("[\u202e\u2066\x7f]|[\u0300\u0301\u20dd]{5}", story.title)


def test_a_title_has_an_end() -> None:
    assert len(clean(Story(URL, "word " * 1000)).title) <= 500


def test_only_addresses_of_the_web_stay() -> None:
    story = clean(
        Story(
            URL,
            "A",
            image=Image("javascript:alert(1)"),
            attachments=(Attachment("/a.pdf", "The\nfile"), Attachment("file:///etc/passwd", "no")),
        )
    )
    assert story.image is None
    assert story.attachments == (Attachment("https://example.edu/a.pdf", "The file"),)
    assert clean(Story("ftp://example.edu/x", "A")).url == ""
    kept = clean(Story(URL, "A", image=Image("/p.jpg", alt="a\nb")))
    assert kept.image == Image("https://example.edu/p.jpg", alt="a b")


@given(text=st.text(st.characters(), max_size=80))
def test_whatever_comes_can_be_written(text: str) -> None:
    story = clean(Story(URL, text, upstream_id=text, summary=text, content_html=text, authors=(text,), terms=(text,)))
    for value in (
        story.title,
        story.upstream_id or "",
        story.summary,
        story.content_html,
        *story.authors,
        *story.terms,
    ):
        value.encode("utf-8")
        assert not any(ord(letter) < 32 and letter not in "\t\n\r" for letter in value)
        assert value == value.strip()
    assert clean(story) == story


def test_no_password_is_kept() -> None:
    image, file = Image("https://me:secret@example.edu/p.jpg"), Attachment("https://me@example.edu/1.pdf", "1")
    body = '<p><a href="https://me:secret@example.edu/a@b">a@b</a><img src="http://me@example.edu/p.jpg"></p>'
    kept = clean(Story("https://me:p@ss@example.edu/1", "A", content_html=body, image=image, attachments=(file,)))
    assert kept.url == "https://example.edu/1"
    assert kept.image == Image("https://example.edu/p.jpg")
    assert kept.attachments[0].url == "https://example.edu/1.pdf"
    shown = '<p><a href="https://example.edu/a@b">a@b</a><img src="http://example.edu/p.jpg"></p>'
    assert kept.content_html == shown
