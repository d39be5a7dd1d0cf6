"""Selectors made from elements: they name them again, as shortly as that can be done."""

from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, first, parse, select
from feedsvc.ingest.readers.listing.blocks import row_of
from feedsvc.ingest.readers.listing.clusters import groups, stable_classes
from feedsvc.ingest.readers.listing.detection import without
from feedsvc.ingest.readers.listing.selectors import for_rows, within
from tests.ingest.test_list_detection import SHANGHAI


def page(html: str) -> Page:
    return parse(f"<html><body>{html}</body></html>".encode(), "text/html; charset=utf-8", "https://x.example/news/")


def rows(at: Page, selector: str) -> list[HtmlElement]:
    return select(at.root, selector)


def test_a_class_of_the_rows_is_enough() -> None:
    at = page("<ul><li class='n n1'>a</li><li class='n n2'>b</li></ul>")
    assert next(for_rows(rows(at, "li"))) == "li.n"


def test_an_id_above_ends_the_path() -> None:
    at = page("<div class='w'><div id='news'><ul><li>a</li><li>b</li></ul></div></div>")
    found = list(for_rows(rows(at, "#news li")))
    assert found == ["#news li", "#news > ul > li"]


def test_without_any_name_the_whole_path_is_told() -> None:
    at = page("<div><ul><li>a</li><li>b</li></ul></div>")
    assert list(for_rows(rows(at, "li"))) == ["body > div > ul > li"]


def test_names_that_no_selector_can_say_are_left_out() -> None:
    at = page("<ul id='1:2'><li class='md:flex 2col'>a</li><li class='md:flex'>b</li></ul>")
    assert list(for_rows(rows(at, "li"))) == ["body > ul > li"]


def test_what_changes_from_row_to_row_is_no_name() -> None:
    at = page("<li class='post post-12 odd category-bees story active'>a</li>")
    assert stable_classes(rows(at, "li")[0]) == ("post", "story")


def test_a_part_of_a_row_is_named_by_its_class_first() -> None:
    at = page("<li><a class='pic'>x</a><h3><a class='title'>y</a></h3></li>")
    row, link = rows(at, "li")[0], rows(at, "a.title")[0]
    assert list(within(row, link))[:3] == ["a.title", "a", "h3 a.title"]


TREES = st.recursive(
    st.sampled_from(["<a href='/x'>t</a>", "text", "<b>1</b>"]),
    lambda inner: st.builds(
        lambda tag, name, parts: f"<{tag} {name}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "span", "section"]),
        st.sampled_from(["", "class='n'", "class='n m'", "class='x-1 odd'", "id='i'", "id='9'"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=20,
)


@given(TREES)
def test_every_selector_names_all_that_it_was_made_from(html: str) -> None:
    at = page(html)
    found = rows(at, "body *")
    for tag in {str(element.tag) for element in found}:
        alike = [element for element in found if element.tag == tag]
        depth = len(list(alike[0].iterancestors()))
        alike = [element for element in alike if len(list(element.iterancestors())) == depth]
        for selector in for_rows(alike):
            # An id may stand twice on a page; all of its bearers are named.
            assert set(alike) <= set(rows(at, selector)), selector


@given(TREES)
def test_a_part_is_among_what_its_selectors_name(html: str) -> None:
    at = page(html)
    row = rows(at, "body")[0]
    for part in rows(at, "body a")[:5]:
        for selector in within(row, part):
            assert part in select(row, selector)
            assert first(row, selector) is not None


def test_the_row_is_the_largest_element_of_one_link() -> None:
    at = page(
        "<div class='all'><div class='r'><p><a href='/1'>a</a></p></div><div class='r'><p><a href='/2'>b</a></p></div></div>"
    )
    links = rows(at, "a")
    assert [row_of(links, link).get("class") for link in links] == ["r", "r"]


def test_a_menu_a_foot_and_a_slider_are_worth_little() -> None:
    items = "".join(f"<li><a href='/n/{n}'>A story of middling length {n}</a></li>" for n in range(6))
    for name in ("nav-main", "siteFooter", "sidebar-2", "news-slider", "Breadcrumbs", "quick-links"):
        at = page(f"<div class='{name}'><ul>{items}</ul></div>")
        assert sum(group.worth for group in groups(at, SHANGHAI)) < 0.6, name
    assert groups(page(f"<div class='news-links-list'><ul>{items}</ul></div>"), SHANGHAI)[0].worth > 3


def test_exclude_names_a_row_its_holder_or_what_stands_in_it() -> None:
    at = page(
        "<ul><li class='ad'>a</li><li>b</li><li><i class='paid'></i></li></ul><div class='old'><ul><li>c</li></ul></div>"
    )
    found = rows(at, "li")
    for rule, left in ((".ad", 3), (".paid", 3), (".old", 3), (".ad, .paid, .old", 1), (".none", 4), ("", 4)):
        assert len(without(found, at, rule)) == left, rule
