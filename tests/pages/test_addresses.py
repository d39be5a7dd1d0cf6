"""Addresses of pages and feeds."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.pages import addresses
from feedsvc.pages.addresses import chrome_for
from tests.pages.sample import BASE, BELOW, SITE, STORY


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("USST Links Cooperation Agreement with Qingpu", "usst-links-cooperation-agreement-with-qingpu"),
        ("我校与青浦区签署协议", "我校与青浦区签署协议"),
        ("  «Ｗｉｄｅ»  &  <b>bold</b>  ", "wide-b-bold-b"),
        ("!!!", "story"),
        ("", "story"),
    ],
)
def test_a_title_becomes_the_end_of_an_address(title: str, slug: str) -> None:
    assert addresses.title_slug(title) == slug


@given(st.text())
def test_any_title_makes_a_path_of_three_parts(title: str) -> None:
    path = addresses.article_path(replace(STORY, title=title))
    assert path.isascii()
    assert path.count("/") == 3
    assert urlsplit(BASE + path).path == "/stories" + path
    assert 0 < len(unquote(path.rsplit("/", 1)[1])) <= 60


@given(st.text(min_size=1))
def test_a_key_survives_the_query(before: str) -> None:
    if all(not 0xD800 <= ord(letter) <= 0xDFFF for letter in before):
        query = urlsplit(addresses.category_path("news", before)).query
        assert parse_qs(query, strict_parsing=True) == {"before": [before]}


def test_feeds_and_issues_have_plain_addresses() -> None:
    assert addresses.feed_path("news+research", "atom") == "/feeds/news+research.atom"
    assert addresses.issue_path("weekly") == "/archive/weekly"
    assert addresses.issue_path("weekly", 12) == "/archive/weekly/12"


def test_the_language_is_carried_only_where_it_is_not_the_sites_own() -> None:
    own, other = chrome_for(SITE, "/x?before=1"), chrome_for(SITE, "/x?before=1", "zh")
    assert addresses.page_url(own, "/subscribe") == f"{BASE}/subscribe"
    assert addresses.page_url(other, "/subscribe") == f"{BASE}/subscribe?language=zh"
    assert addresses.page_link(own, "/subscribe") == f"{BELOW}/subscribe"
    assert addresses.page_link(other, "/subscribe") == f"{BELOW}/subscribe?language=zh"
    assert addresses.own_link(other, "en") == f"{BELOW}/x?before=1"
    assert addresses.own_link(own, "zh") == f"{BELOW}/x?before=1&language=zh"
    assert addresses.own_url(own) == f"{BASE}/x?before=1"
    assert addresses.own_url(other) == f"{BASE}/x?before=1&language=zh"


@pytest.mark.parametrize("base", ["https://news.example.edu", BASE])
def test_a_link_and_the_whole_address_are_one_place(base: str) -> None:
    chrome = chrome_for(SITE.model_copy(update={"base_url": base}), "/x", "zh", "1a")
    for path in ("/", "/subscribe", "/categories/news?before=1"):
        assert urljoin(base, addresses.page_link(chrome, path)) == addresses.page_url(chrome, path)
        assert urljoin(base, addresses.plain_link(chrome, path)) == addresses.plain_url(chrome, path)
    assert urljoin(base, addresses.own_link(chrome, "zh")) == addresses.own_url(chrome)


@given(st.text("/\\\t\r\n\0 @:", max_size=6), st.sampled_from(["evil.example", "evil.example:443/x", ""]))
def test_no_path_becomes_a_link_to_another_site(lead: str, rest: str) -> None:
    chrome = chrome_for(SITE.model_copy(update={"base_url": "https://news.example.edu"}), lead + rest)
    for link in (addresses.own_link(chrome, "en"), addresses.page_link(chrome, lead + rest)):
        assert link.startswith("/")
        # Browsers drop what is blank and take a backslash for a slash (WHATWG URL, 4.4).
        assert not re.match(r"/[/\\\x00-\x20]", link)


@pytest.mark.parametrize("language", [None, "", "de", "EN", "zh-TW"])
def test_a_language_we_do_not_speak_takes_the_sites_own(language: str | None) -> None:
    assert chrome_for(SITE, "/", language).language == "en"


def test_styles_carry_their_version() -> None:
    assert addresses.static_link(chrome_for(SITE, "/", None, "1a"), "site.css") == f"{BELOW}/static/site.css?v=1a"
    assert addresses.static_link(chrome_for(SITE, "/"), "site.css") == f"{BELOW}/static/site.css"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.test", "/local", "", " https://x", "ftp://x/y"]
)
def test_only_web_addresses_from_elsewhere_are_linked(address: str) -> None:
    assert addresses.safe_link(address) == ""
    assert addresses.safe_link("HTTPS://www.example.edu/a") == "HTTPS://www.example.edu/a"


def test_a_host_is_read_without_www() -> None:
    assert addresses.host_of("http://www.example.edu:81/a") == "example.edu"
    assert addresses.host_of("nothing") == ""
