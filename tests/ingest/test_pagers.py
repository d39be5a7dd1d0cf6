"""The link to the older page: followed, never computed, and pinned as a selector."""

import pytest

from feedsvc.ingest.readers.dom import Page, parse
from feedsvc.ingest.readers.families import FAMILIES, GENERIC
from feedsvc.ingest.readers.listing.items import Rules
from feedsvc.ingest.readers.listing.pagers import next_page, next_rule

URL = "https://x.example/news/list.htm"


def page(html: str) -> Page:
    return parse(f"<html><body>{html}</body></html>".encode(), "text/html; charset=utf-8", URL)


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="next" href="list2.htm">',
        '<a rel="next nofollow" href="list2.htm">&gt;</a>',
        '<span class="p_next"><a href="list2.htm">下页</a></span>',
        '<a class="next" href="list2.htm">2</a>',
        '<li class="next"><a href="/news/list2.htm">2</a></li>',
        '<a href="list1.htm">上一页</a><a href="list2.htm">下一页</a>',
        '<a href="list2.htm">下一页 &gt;&gt;</a>',
        '<p><a class="older" href="list2.htm">Older posts</a></p>',
        '<a href="list2.htm">NEXT PAGE »</a>',
    ],
)
def test_the_older_page_and_the_rule_that_finds_it_again(html: str) -> None:
    at = page(html)
    assert next_page(at, Rules(), GENERIC) == "https://x.example/news/list2.htm"
    rule = next_rule(at, GENERIC)
    assert not rule or next_page(at, Rules(next=rule), GENERIC) == "https://x.example/news/list2.htm"


@pytest.mark.parametrize(
    "html",
    [
        "",
        '<a class="next" href="javascript:goPage(2)">Next</a>',
        '<a class="next" href="#">Next</a>',
        '<a class="next" href="list.htm">Next</a>',
        '<a class="next">Next</a>',
        '<a href="list2.htm">Next of kin</a>',
        '<a href="list2.htm">2</a>',
    ],
)
def test_what_leads_to_no_older_page(html: str) -> None:
    assert next_page(page(html), Rules(), GENERIC) is None
    assert next_rule(page(html), GENERIC) == ""


def test_a_scripted_link_does_not_hide_a_real_one() -> None:
    html = '<a class="next" href="javascript:go()">Next</a><a href="list2.htm">下一页</a>'
    assert next_page(page(html), Rules(), GENERIC) == "https://x.example/news/list2.htm"


def test_a_rule_rules() -> None:
    html = '<a class="next" href="a.htm">Next</a><div class="more"><a href="b.htm">More</a></div>'
    assert next_page(page(html), Rules(next="div.more"), GENERIC) == "https://x.example/news/b.htm"
    assert next_page(page(html), Rules(next="a.none"), GENERIC) is None


def test_the_pagers_of_the_families() -> None:
    numbered_downwards = '<span class="p_next p_fun"><a href="list/4.htm">下页</a></span>'
    assert next_page(page(numbered_downwards), Rules(), FAMILIES["vsb"]) == "https://x.example/news/list/4.htm"
    paging = '<ul class="wp_paging"><li><a class="next" href="list2.htm"><span>下一页</span></a></li></ul>'
    assert next_page(page(paging), Rules(), FAMILIES["webplus"]) == "https://x.example/news/list2.htm"


PAGER = '<div class="pager">{}</div>'


def test_nothing_is_pinned_where_only_the_words_tell_the_link() -> None:
    only_next = page(PAGER.format('<a href="list2.htm">Next</a>'))
    assert next_page(only_next, Rules(), GENERIC) == "https://x.example/news/list2.htm"
    assert next_rule(only_next, GENERIC) == ""
    assert next_rule(page('<a class="next" href="list2.htm">Next</a>'), GENERIC) == "a.next"


@pytest.mark.parametrize("rule", ["div.pager a", "div.pager", "a"])
@pytest.mark.parametrize(
    ("links", "found"),
    [
        ('<a href="list1.htm">Previous</a><a href="list3.htm">Next</a>', "list3.htm"),
        ('<a href="list1.htm">« Newer posts</a> <a href="list3.htm">Older posts »</a>', "list3.htm"),
        ('<a href="list1.htm">上一页</a><a href="list1.htm">1</a><a href="list3.htm">下一页</a>', "list3.htm"),
        ('<a href="list1.htm">Newer posts →</a><a href="list3.htm">← Older posts</a>', "list3.htm"),
        ('<a href="list1.htm">上一页</a><a href="list3.htm">三</a>', None),
        ('<a href="list1.htm">« Previous</a>', None),
        ('<a href="list3.htm">More</a>', "list3.htm"),
    ],
)
def test_a_rule_of_several_links_never_leads_back(rule: str, links: str, found: str | None) -> None:
    expected = f"https://x.example/news/{found}" if found else None
    assert next_page(page(PAGER.format(links)), Rules(next=rule), GENERIC) == expected
