"""What a story's page says of it beside the text: description, files, pictures."""

from dataclasses import replace
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from feedsvc.model.article import Article, Attachment, Image
from feedsvc.pages.excerpt import description_of, for_reading, kind_of, lead_image
from feedsvc.text.html import sanitise
from tests.pages.sample import STORY

LEAD = "https://en.example.edu/a.jpg"
BARE = replace(STORY, image=None)


def pictured(html: str, article: Article = BARE) -> str:
    return for_reading(sanitise(html, STORY.url), article)


def test_a_description_is_the_summary_or_the_beginning_of_the_text() -> None:
    assert description_of(STORY) == STORY.summary
    begun = description_of(replace(STORY, summary="", content_html=f"<p>{'A whole sentence here. ' * 200}</p>"))
    assert begun.startswith("A whole sentence here. A whole")
    assert len(begun) <= 200
    assert description_of(replace(STORY, summary="", content_html="")) == ""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (Attachment("https://a.edu/x", "", "application/pdf"), "PDF"),
        (Attachment("https://a.edu/x.bin", "", "Application/PDF; version=1.7"), "PDF"),
        (Attachment("https://a.edu/x.docx?y=1.exe", ""), "DOCX"),
        (Attachment("https://a.edu/show.jsp", "", "application/x-unknown"), ""),
        (Attachment("https://a.edu/", ""), ""),
        (Attachment("https://a.edu/v1.2", ""), ""),
        (Attachment("https://[broken/a.pdf", ""), ""),
    ],
)
def test_a_file_bears_its_type(file: Attachment, kind: str) -> None:
    assert kind_of(file) == kind


def test_the_lead_picture_is_not_shown_twice() -> None:
    assert lead_image(STORY) == STORY.image
    odd = "https://en.example.edu/a.jpg?w=1&h=2"
    for address in (LEAD, odd):
        shown = replace(STORY, image=Image(address), content_html=sanitise(f'<p><img src="{escape(address)}"></p>'))
        assert lead_image(shown) is None
    assert lead_image(replace(STORY, image=Image("javascript:x"))) is None


def test_only_the_first_picture_is_fetched_at_once_and_only_without_a_lead() -> None:
    two = '<p><img src="https://a.edu/1.png" alt="One"></p><p><img src="https://a.edu/2.png"></p>'
    assert pictured(two) == (
        '<p><img src="https://a.edu/1.png" alt="One" decoding="async"></p>'
        '<p><img src="https://a.edu/2.png" alt="" loading="lazy" decoding="async"></p>'
    )
    assert pictured(two, STORY).count('loading="lazy"') == 2


def test_a_size_that_is_known_makes_room_for_the_picture() -> None:
    shown = pictured(f'<img src="{LEAD}"><img src="{LEAD}" width="90"><img src="https://a.edu/b.png">', STORY)
    assert shown.count('width="600" height="400"') == 1
    assert shown.count("width=") == 2


def test_what_is_scrolled_sideways_can_be_reached_by_keyboard() -> None:
    wide = pictured("<table><tr><td>1</td></tr></table><pre>code</pre>")
    assert '<table tabindex="0">' in wide
    assert '<pre tabindex="0">code</pre>' in wide


@given(
    st.lists(st.sampled_from(["<", ">", '"', "'", "&", "<img", " src=", " title=", "x", "<a", "</a>", "/", "=", " "])),
    st.sampled_from(['<a title="{}" href="{}">x</a>', '<p lang="{}">{}</p>', '<img alt="{}" src="{}">', "{}{}"]),
)
def test_nothing_but_pictures_changes_whatever_the_attributes_say(parts: list[str], shape: str) -> None:
    hostile = "".join(parts)
    clean = sanitise(shape.format(escape(hostile), escape(hostile)), STORY.url)
    done = for_reading(clean, BARE)
    before, after = (lxml_html.fragment_fromstring(text, "div") for text in (clean, done))
    added = {"loading", "decoding", "alt"}
    assert [element.tag for element in before.iter()] == [element.tag for element in after.iter()]
    for one, other in zip(before.iter(), after.iter(), strict=True):
        assert dict(one.attrib) == {
            name: value for name, value in other.attrib.items() if name in one.attrib or name not in added
        }
        assert one.text == other.text
