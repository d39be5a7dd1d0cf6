"""A story goes where its source, its terms, its address and its words say."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.article import Story
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.text.categorise import categorise, spoken
from feedsvc.text.html import plain_text, sanitise

CATEGORIES = (
    Category("news", "News"),
    Category("banner", "Banner"),
    Category("ai", "AI", keywords=("AI", "machine learning")),
    Category("light", "光学", language="zh", keywords=("光学",)),
)


def source(**category_map: str) -> Source:
    return Source(
        "usst", SourceKind.PAGE, "https://example.edu/", categories=("news", "gone"), category_map=category_map
    )


def story(title: str = "A title", url: str = "https://example.edu/info/1178/1984.htm", **fields: Any) -> Story:
    return Story(url, title, **fields)


def test_the_sources_own_categories_those_there_are() -> None:
    assert categorise(story(), source(), CATEGORIES) == ("news",)


def test_an_upstream_term_is_mapped() -> None:
    assert categorise(story(terms=("Top Stories",)), source(**{"top stories": "banner"}), CATEGORIES) == (
        "news",
        "banner",
    )


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://example.edu/info/1178/1984.htm", "1178"),
        ("https://example.edu/info/1178/1984.htm", "info/1178"),
        ("https://example.edu/2020/0606/c1178a41983/page.htm", "1178"),
    ],
)
def test_a_part_of_the_address_is_mapped(url: str, key: str) -> None:
    assert categorise(story(url=url), source(**{key: "banner"}), CATEGORIES) == ("news", "banner")


@pytest.mark.parametrize("key", ["117", "1984", "fo/1178", "example.edu"])
def test_half_a_part_is_not(key: str) -> None:
    assert categorise(story(), source(**{key: "banner"}), CATEGORIES) == ("news",)


def test_the_address_on_the_list_counts_too() -> None:
    listed = ["https://example.edu/redirect/1178/x"]
    moved = story(url="https://other.example.edu/x")
    assert categorise(moved, source(**{"1178": "banner"}), CATEGORIES, listed) == ("news", "banner")


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("AI on campus", "", ("news", "ai")),
        ("Rain on campus", "", ("news",)),
        ("Said and done", "<p>Machine learning at work</p>", ("news", "ai")),
        ("A title", "<p>MACHINE   LEARNING</p>", ("news", "ai")),
        ("上海理工大学光学工程学科", "", ("news", "light")),
        ("用AI做研究", "", ("news", "ai")),
    ],
)
def test_keywords_count_as_words(title: str, body: str, expected: tuple[str, ...]) -> None:
    assert categorise(story(title, content_html=body), source(), CATEGORIES) == expected


def test_the_order_is_that_of_the_categories() -> None:
    everything = story("AI 光学", terms=("x",))
    assert categorise(everything, source(x="banner"), tuple(reversed(CATEGORIES))) == ("light", "ai", "banner", "news")


pieces = st.lists(
    st.sampled_from(["AI", "ai ", "machine", " learning", "\n", "<b>", "</b>", "<p>", "</p>", "光", "学", "x", "&amp;"])
)


@given(pieces, pieces)
def test_the_quick_look_passes_nothing_over(title: list[str], body: list[str]) -> None:
    """Texts that surely hold no keyword are not read in full; the answer is the same."""
    html = sanitise("".join(body))
    text = f"{''.join(title)}\n\n{plain_text(html)}".casefold()
    found = spoken("".join(title), "", html, ["AI", "machine learning", "光学"])
    assert ("光学" in found) == ("光学" in text)
    assert ("machine learning" in found) == (re.search(r"(?<![a-z0-9])machine learning(?![a-z0-9])", text) is not None)
    assert ("AI" in found) == (re.search(r"(?<![a-z0-9])ai(?![a-z0-9])", text) is not None)
