"""What no table, feed or mail can hold does not get in."""

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.intake.clean import clean
from feedsvc.model.article import Attachment, Image, Story

URL = "https://example.edu/info/1.htm"


def test_a_title_is_one_line() -> None:
    story = clean(Story(URL, "  A\r\nBcc: x@evil.test\u2028 story\x00 ", authors=(" Lu \n Wen", "", "Lu Wen")))
    assert story.title == "A Bcc: x@evil.test story"
    assert story.authors == ("Lu Wen",)


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
