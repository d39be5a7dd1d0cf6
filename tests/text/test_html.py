"""What may stay, what it says, how it begins."""

import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.text.html import ATTRIBUTES, TAGS, beginning, fold, plain_text, sanitise, sanitised_text, summarise

BASE = "https://x.example/a/b.htm"


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<p onclick="x()" style="a" class="b">A</p>', "<p>A</p>"),
        ("<script>alert(1)</script><style>*{}</style>A", "A"),
        ('<a href="javascript:alert(1)">A</a>', "<a>A</a>"),
        ('<a href=" JaVaScRiPt:alert(1)">A</a>', "<a>A</a>"),
        ('<a href="java&#10;script:alert(1)">A</a>', "<a>A</a>"),
        ('<a href="vbscript:x">A</a><a href="data:text/html,x">B</a>', "<a>A</a><a>B</a>"),
        ('<a href="../c" target="_blank">A</a>', '<a href="https://x.example/c">A</a>'),
        ('<a href="mailto:a@x.example">A</a>', '<a href="mailto:a@x.example">A</a>'),
        (
            '<img src="/i.png" width="10px" height="50%" onerror="x()">',
            '<img src="https://x.example/i.png" width="10">',
        ),
        ('<img src="data:image/png;base64,x" alt="A"><img>B', "B"),
        (
            '<img src="i.png" alt="a > &quot;b&quot;">',
            '<img src="https://x.example/a/i.png" alt="a &gt; &quot;b&quot;">',
        ),
        ("<iframe src=x>no</iframe><object>no</object><form><p>A</p><input></form>", "<p>A</p>"),
        (
            "<figure><img src=/i.png><figcaption>C</figcaption></figure>",
            '<figure><img src="https://x.example/i.png"><figcaption>C</figcaption></figure>',
        ),
        (
            '<table><tr><td colspan="2" bgcolor=x>A</td></tr></table>',
            '<table><tbody><tr><td colspan="2">A</td></tr></tbody></table>',
        ),
        ("<svg><a xlink:href='javascript:x'>A</a></svg>B", "B"),
        ("A<!-- c -->B", "AB"),
        ("A\x00\x0b\x1bB\ufffe", "AB"),
    ],
)
def test_what_stays(html: str, kept: str) -> None:
    assert sanitise(html, BASE) == kept


def test_without_a_base_relative_addresses_go() -> None:
    assert sanitise('<a href="/x">A</a><img src="i.png"><a href="https://y.example/">B</a>') == (
        '<a>A</a><a href="https://y.example/">B</a>'
    )


pieces = st.sampled_from(
    ["<p>", "</p>", "<a href='", "javascript:", "/x", "'>", "<img src=", "//y/z", " onerror=alert(1)", ">", "<script>", "</script>",
     "<svg>", "<math>", "<style>", "<!--", "-->", "&lt;", "&#x6a;", "\x00", "text", "文字", '"',
     "<table>", "<td>", "<b", "<title>", "]]>"]
)  # fmt: skip


@given(st.lists(pieces, max_size=25).map("".join))
def test_nothing_else_gets_through_and_twice_changes_nothing(html: str) -> None:
    kept = sanitise(html, BASE)
    assert sanitise(kept, BASE) == kept
    for closing, tag, attributes in re.findall(r'<(/?)([a-z0-9]+)((?:\s+[a-z]+="[^"]*")*)\s*>', kept):
        assert tag in TAGS
        for name, value in re.findall(r'([a-z]+)="([^"]*)"', attributes):
            assert not closing
            assert name in ATTRIBUTES.get(tag, set()) | ATTRIBUTES["*"]
            assert name not in ("href", "src") or value.startswith(("https://", "http://"))


class _Elements(HTMLParser):
    """Every element and attribute as a parser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, dict(attrs)))


hostile = st.one_of(
    st.lists(pieces, max_size=30).map("".join), st.text(max_size=80), st.text("<>/='\"ab &;#!-:ja", max_size=60)
)


@given(hostile)
@settings(max_examples=300)
def test_whatever_comes_only_the_list_stays(html: str) -> None:
    kept = sanitise(html, BASE)
    seen = _Elements()
    seen.feed(kept)
    for tag, attributes in seen.found:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set()) | ATTRIBUTES["*"]
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src"):
            if name in attributes:
                scheme = (attributes[name] or "").partition(":")[0]
                assert scheme in (("http", "https", "mailto") if tag == "a" else ("http", "https"))


@given(hostile)
@settings(max_examples=300)
def test_sanitised_html_says_what_its_parser_says(html: str) -> None:
    kept = sanitise(html, BASE)
    assert sanitise(kept, BASE) == kept
    assert sanitised_text(kept) == plain_text(kept)


@given(hostile, st.integers(1, 60))
@settings(max_examples=300)
def test_the_beginning_is_that_of_the_whole(html: str, letters: int) -> None:
    kept = sanitise(html, BASE)
    assert beginning(kept, letters) == sanitised_text(kept)[:letters]


@pytest.mark.parametrize(
    "html", ["x" * 500, f"<p>{'x' * 500}</p>", "<p>x</p>" * 500, f"<p><a href='/{'y' * 99}'>x</a></p>" * 99]
)
def test_the_beginning_of_a_long_text(html: str) -> None:
    assert beginning(html, 40) == sanitised_text(html)[:40]
    assert beginning(html, 40)


def test_absurd_depth_is_reduced_to_its_text() -> None:
    assert sanitise("<div>" * 3000 + "deep<p>down & out</p>" + "</div>" * 3000) == "<p>deep</p><p>down &amp; out</p>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>A\n b</p><p> </p><p>c<br>d</p>", "A b\nc\nd"),
        ("<ul><li>A<li>B</ul>", "A\nB"),
        ("<table><tr><th>A</th><td>1</td></tr><tr><td>B</td></tr></table>", "A 1\nB"),
        ("<p>A<script>x</script><style>y</style><b>B</b></p>", "AB"),
        ("<p>\u3000\u3000中文\u200b段\xa0落</p>", "中文段\xa0落"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<figure><img alt=no><figcaption>C</figcaption></figure>", "C"),
        ("plain", "plain"),
        ("", ""),
        ("<p>unclosed <b", "unclosed <b"),
    ],
)
def test_what_it_says(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text(max_size=100))
def test_any_text_can_be_said(text: str) -> None:
    said = plain_text(text)
    assert all(line == line.strip() and line for line in said.split("\n")) or said == ""


@pytest.mark.parametrize(
    ("text", "limit", "summary"),
    [
        ("One. Two. Three.", 9, "One. Two."),
        ("One. Two.", 200, "One. Two."),
        ("Dr. Li of the U.S. met No. 3. Then they left.", 32, "Dr. Li of the U.S. met No. 3."),
        ("It cost 3.5 million. More.", 21, "It cost 3.5 million."),
        ("第一句。第二句！第三句？", 16, "第一句。第二句！"),
        ("他说：“好。”然后走了。", 16, "他说：“好。”"),
        ("现场照片\n会议于今日举行。", 100, "会议于今日举行。"),
        ("Caption only", 100, "Caption only"),
        ("One two three four five six.", 16, "One two three…"),
        ("没有句号的很长很长的一段文字", 11, "没有句号的…"),
        ("A.\nB.", 100, "A. B."),
        ("", 100, ""),
    ],
)
def test_how_it_begins(text: str, limit: int, summary: str) -> None:
    assert summarise(text, limit) == summary


@given(st.text(max_size=300), st.integers(10, 200))
def test_a_summary_keeps_its_width_and_is_one_line(text: str, limit: int) -> None:
    summary = summarise(text, limit)
    assert sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in summary) <= limit + 1
    assert "\n" not in summary


def test_fold() -> None:
    assert fold(" a\n\u3000b\xa0\u200bc\x00 ") == "a b c"
