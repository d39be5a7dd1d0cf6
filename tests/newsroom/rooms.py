"""Any newsroom that holds together, for property tests."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList, Source, SourceKind

SLUGS = [f"{letter}-{number}" for letter in "abcd" for number in (1, 2)]
_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), max_size=12)
_titles = _texts.filter(lambda text: bool(text.strip()))
_seconds = st.integers(60, 10**6).map(lambda number: timedelta(seconds=number))
_languages = st.sampled_from(["en", "zh", "zh-CN"])
_selectors = st.sampled_from(["li", "ul.news > li:not(.top)", 'a[href*="/info/"], .标题', "#nr :nth-child(2n+1)"])
_zones = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Kyiv"])


def _several(of: list[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), unique=True, min_size=least, max_size=3).map(tuple) if of else st.just(())


def _rules(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(names), _selectors, max_size=2)


def _slugs() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(SLUGS), unique=True, max_size=4)


def _category(draw: st.DrawFn, slug: str) -> Category:
    keywords = tuple(draw(st.lists(_titles, max_size=2)))
    return Category(slug, draw(_titles), draw(_languages), draw(_texts), keywords)


def _source(draw: st.DrawFn, slug: str, categories: list[str]) -> Source:
    return Source(
        slug,
        draw(st.sampled_from(SourceKind)),
        draw(st.sampled_from(["https://a.example.edu/news", "http://b.example.edu:8000/?q=1"])),
        title=draw(_texts),
        preset=draw(st.sampled_from(["auto", "vsb"])),
        categories=draw(_several(categories)),
        timezone=draw(_zones),
        language=draw(_languages),
        interval=draw(_seconds),
        first_run_window=draw(_seconds),
        allow_private=draw(st.booleans()),
        approval=draw(st.booleans()),
        list_rules=draw(_rules("item", "next")) | draw(st.sampled_from([{}, {"min_items": 3}])),
        article_rules=draw(_rules("body", "remove")),
        category_map=draw(st.dictionaries(_texts, st.sampled_from(categories), max_size=2)) if categories else {},
    )


def _digest(draw: st.DrawFn, slug: str, categories: list[str], lists: list[str]) -> Digest:
    return Digest(
        slug,
        draw(_titles),
        draw(st.sampled_from(["0 8 * * mon", "@daily", "*/5 1-3 1,15 * *"])),
        categories=draw(_several(categories)),
        lists=draw(_several(lists, 1)),
        frequency=draw(st.sampled_from(["daily", "weekly", "monthly"])),
        timezone=draw(_zones),
        language=draw(_languages),
        min_items=draw(st.integers(1, 5)),
        max_items=draw(st.integers(5, 500)),
        lateness=draw(_seconds),
    )


@st.composite
def newsrooms(draw: st.DrawFn) -> Newsroom:
    """A newsroom with up to four things of each kind."""
    categories, lists = draw(_slugs()), draw(_slugs())
    return Newsroom(
        categories=tuple(_category(draw, slug) for slug in categories),
        sources=tuple(_source(draw, slug, categories) for slug in draw(_slugs())),
        lists=tuple(ReaderList(slug, draw(_titles), draw(st.booleans()), draw(_texts)) for slug in lists),
        digests=tuple(_digest(draw, slug, categories, lists) for slug in draw(_slugs()) if lists),
    )
