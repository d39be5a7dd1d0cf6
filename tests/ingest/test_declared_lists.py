"""Lists that a page declares as schema.org data."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.dom import Page, parse
from feedsvc.ingest.readers.listing.declaredlists import declared_items, declares_story
from feedsvc.ingest.readers.listing.lists import read_list
from feedsvc.model.newsroom import Source, SourceKind

URL = "https://x.example/news/"
ZONE = ZoneInfo("Asia/Shanghai")


def page(*data: Any, more: str = "") -> Page:
    return parse(html(*data, more=more), "text/html; charset=utf-8", URL)


def html(*data: Any, more: str = "") -> bytes:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in data)
    return f"<html><body>{scripts}{more}</body></html>".encode()


def story(number: int, **more: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "headline": f"Story {number}", "url": f"/news/{number}"} | more


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": story(n)} for n in range(3)]},
        {"@type": "ItemList", "itemListElement": [story(n) for n in range(3)]},
        {"@type": "Blog", "blogPost": [story(n) | {"@type": "BlogPosting"} for n in range(3)]},
        {"@type": "CollectionPage", "hasPart": [story(n) for n in range(3)]},
        {
            "@type": "CollectionPage",
            "mainEntity": {"@type": "ItemList", "itemListElement": [story(n) for n in range(3)]},
        },
        {"@graph": [{"@type": "WebSite"}, *(story(n) for n in range(3))]},
        [story(n) | {"@type": ["Article", "NewsArticle"]} for n in range(3)],
        [story(n) | {"@type": "https://schema.org/NewsArticle"} for n in range(3)],
    ],
)
def test_every_way_to_declare_a_list(data: Any) -> None:
    assert [(item.url, item.title) for item in declared_items(page(data), ZONE)] == [
        (f"https://x.example/news/{n}", f"Story {n}") for n in range(3)
    ]


def test_dates_are_read_as_they_are_given() -> None:
    data = [story(1, datePublished="2020-06-06T08:00:00Z"), story(2, datePublished="2020-06-06"), story(3)]
    first, second, third = declared_items(page(data), ZONE)
    assert (first.date, first.date_is_date) == (datetime(2020, 6, 6, 8, tzinfo=UTC), False)
    assert (second.date, second.date_is_date) == (datetime(2020, 6, 5, 16, tzinfo=UTC), True)
    assert third.date is None


def test_bare_addresses_have_the_titles_of_the_page() -> None:
    data = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "url": f"/news/{n}"} for n in range(4)]}
    links = "".join(f'<a href="/news/{n}">A story about number {n}</a>' for n in range(3))
    assert [item.title for item in declared_items(page(data, more=links), ZONE)] == [
        f"A story about number {n}" for n in range(3)
    ]


@pytest.mark.parametrize("kind", ["BreadcrumbList", "ItemList"])
def test_what_lists_no_stories_is_none(kind: str) -> None:
    other = "Product" if kind == "ItemList" else "ListItem"
    data = {"@type": kind, "itemListElement": [{"@type": other, "name": f"N {n}", "url": f"/{n}"} for n in range(5)]}
    assert declared_items(page(data), ZONE) == ()


@pytest.mark.parametrize(
    "data",
    [None, 3, "text", [], [[[]]], {"@graph": None}, {"@type": 3}, {"@type": "ItemList", "itemListElement": [3, None]}],
)
def test_what_makes_no_sense_breaks_nothing(data: Any) -> None:
    assert declared_items(page(data), ZONE) == ()
    assert not declares_story(page(data))


def test_one_story_is_a_story_and_two_are_a_list() -> None:
    assert declares_story(page(story(1)))
    assert not declares_story(page([story(1), story(2)]))


def test_the_preset_reads_them_and_nothing_else() -> None:
    source = Source("s", SourceKind.PAGE, URL, preset="jsonld")
    read = read_list(html([story(n) for n in range(3)]), "text/html", URL, source)
    assert (len(read.items), read.preset) == (3, "jsonld")
    links = "".join(f'<li><a href="/n/{n}">A story of the page itself, number {n}</a></li>' for n in range(5))
    with pytest.raises(ReadError, match=r"its preset jsonld.*rebuilt"):
        read_list(html(more=f"<ul>{links}</ul>"), "text/html", URL, source)
