"""Text for feeds: legal in XML, and the same as plain text and as HTML."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.text import xml

ANY_TEXT = st.text(st.characters(exclude_categories=()))
JOINER = "\u2060"


class Reader(HTMLParser):
    """Collects what an HTML reader would show, and counts the tags and comments it would act on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown = ""
        self.tags = 0

    def handle_data(self, data: str) -> None:
        self.shown += data

    def handle_starttag(self, *_tag: object) -> None:
        self.tags += 1

    def handle_endtag(self, *_tag: object) -> None:
        self.tags += 1

    def handle_comment(self, *_text: object) -> None:
        self.tags += 1


@given(ANY_TEXT)
def test_any_text_survives_an_xml_parser_unchanged(text: str) -> None:
    element = etree.Element("a")
    element.text = xml.legal(text)
    assert (etree.fromstring(etree.tostring(element)).text or "") == xml.legal(text)


@given(ANY_TEXT)
def test_what_is_legal_stays_as_it_is(text: str) -> None:
    once = xml.legal(text)
    assert xml.legal(once) == once
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]", once)


@given(ANY_TEXT)
def test_a_line_has_no_line_ends_and_no_spaces_to_spare(text: str) -> None:
    found = xml.line(text)
    assert found == found.strip()
    assert "\n" not in found
    assert "  " not in found


@given(st.one_of(ANY_TEXT, st.text("<>&;#/!?xXb12 ampltcoy=\u00e9", max_size=40)))
def test_a_literal_is_the_same_for_readers_of_text_and_of_html(text: str) -> None:
    found = xml.literal(text)
    reader = Reader()
    reader.feed(found)
    reader.close()
    assert reader.tags == 0
    assert reader.shown == found
    assert html.unescape(found) == found


@given(ANY_TEXT)
def test_a_literal_differs_from_the_line_by_invisible_joiners_alone(text: str) -> None:
    assert xml.literal(text).replace(JOINER, "") == xml.line(text).replace(JOINER, "")


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("plain", "plain"),
        ("a\x00b\x08c\x0bd\x0ce", "abcde"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("\ud83d\ude00 pair", "\U0001f600 pair"),
        ("lone \ud83d surrogate \ude00", "lone  surrogate "),
        ("non\ufffecharacters\uffff\U0001fffe\ufdd0", "noncharacters"),
        ("scar \ufffd", "scar "),
        ("\x93quoted\x94 \x85", "\u201cquoted\u201d \u2026"),
        ("gone \x81\x8d", "gone "),
        ("caf\u00c3\u00a9", "caf\u00e9"),
        ("\u300aNGA\u00c3\u00a9\u300b", "\u300aNGA\u00c3\u2060\u00a9\u300b"),
        ("\u00abAMANH\u00c3\u00bb", "\u00abAMANH\u00c3\u2060\u00bb"),
        ("\u202e\u05e9\u05dc\u05d5\u05dd 你好 😀", "\u202e\u05e9\u05dc\u05d5\u05dd 你好 😀"),
    ],
)
def test_legal(given_text: str, expected: str) -> None:
    assert xml.legal(given_text) == expected


@pytest.mark.parametrize(
    "untouched",
    [
        "R&D at AT&T",
        "Q & A",
        "1 < 2 and 3 > 2",
        "x<5",
        "Tom & Jerry; friends",
        "你好&世界",
        "News & Events",
        "]]> ends",
    ],
)
def test_what_nobody_mistakes_is_left_alone(untouched: str) -> None:
    assert xml.literal(untouched) == untouched


@pytest.mark.parametrize(
    ("ambiguous", "settled"),
    [
        ("Use <b> and </b>", f"Use <{JOINER}b> and <{JOINER}/b>"),
        ("<!-- no -->", f"<{JOINER}!-- no -->"),
        ("AT&amp;T", f"AT&{JOINER}amp;T"),
        ("&copy2020", f"&{JOINER}copy2020"),
        ("&#60;", f"&{JOINER}#60;"),
        ("Top&2020", f"Top&{JOINER}2020"),
    ],
)
def test_what_could_be_taken_for_markup_is_settled(ambiguous: str, settled: str) -> None:
    assert xml.literal(ambiguous) == settled
