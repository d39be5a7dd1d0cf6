"""Feeds for people: who gets the page at a feed's address and what stands on it, and the form that makes addresses."""

import re
from html import unescape
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.feeds.document import SUBSCRIBABLE
from feedsvc.model.newsroom import Category
from feedsvc.publish.keys import MOST_CATEGORIES, FeedKey, canonical_key
from feedsvc.web.public.feed_page import LATEST_STORIES, built, language_of, prefers_page
from tests.web.rooms import BASE, Pages, story

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
PEOPLE = {
    "Chromium": CHROMIUM,
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Firefox of 2021": "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
    "HTML alone": "text/html",
    "with a charset": 'Text/HTML; charset="utf-8" ; q=1.000',
    "a feed if need be": "application/rss+xml;q=0.5, text/html",
    "an empty member": "text/html,, ,image/png",
    "Lynx": "text/html, text/plain, text/sgml, */*;q=0.01",
}
PROGRAMS = {
    "nothing": "",
    "anything": "*/*",
    "feedparser": (
        "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,application/xml;q=0.9,"
        "text/xml;q=0.2,*/*;q=0.1"
    ),
    "HTML as well": "application/xml, application/atom+xml, application/rss+xml, text/html, */*;q=0.9",
    "HTML at last": "application/atom+xml, application/rss+xml;q=0.9, text/html;q=0.7, */*;q=0.1",
    "JSON Feed": "application/feed+json, application/json;q=0.9, text/html;q=0.5",
    "HTML by a range": "text/*, */*;q=0.1",
    "HTML no more than anything": "text/html, */*",
    "HTML refused": "text/html;q=0, */*",
    "HTML refused alone": "text/html;q=0",
    "Java's own": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    "no header at all": "html",
    "a weight that is none": "text/html;q=2, */*;q=0.1",
}


@pytest.mark.parametrize("accept", PEOPLE.values(), ids=PEOPLE)
def test_who_asks_for_a_page_above_all_gets_one(accept: str) -> None:
    assert prefers_page(accept)


@pytest.mark.parametrize("accept", PROGRAMS.values(), ids=PROGRAMS)
def test_who_does_not_gets_the_feed(accept: str) -> None:
    assert not prefers_page(accept)


@given(st.text(alphabet='texhml/*,;=q01. "appicon+\\\té', max_size=60))
def test_any_header_whatever_is_answered_and_more_html_never_brings_the_feed_nearer(accept: str) -> None:
    if prefers_page(accept):
        assert prefers_page(f"{accept},text/html")
        assert not prefers_page(f"{accept},application/rss+xml")
        assert "html" in accept.lower()


@pytest.mark.parametrize("form", [form.value for form in SUBSCRIBABLE])
@pytest.mark.parametrize("key", ["all", "news", "news+research"])
async def test_one_address_answers_people_and_programs(both: Pages, key: str, form: str) -> None:
    one = await story(both.db, both.clock.now(), "A treaty & a <b>bridge</b>")
    path = f"/feeds/{key}.{form}"
    for method in ("GET", "HEAD"):
        page = await both.ask(method, path, headers={"Accept": CHROMIUM})
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert page.headers["Vary"] == "Accept, Accept-Language"
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        feed = await both.ask(method, path, headers={"Accept": "*/*"})
        assert feed.status == 200
        assert "html" not in feed.headers["Content-Type"]
        assert "Accept" in feed.headers["Vary"].split(", ")
    text = (await both.get(path, Accept=CHROMIUM)).text
    assert "A treaty &amp; a &lt;b&gt;bridge&lt;/b&gt;" in text
    assert one.summary in unescape(text)
    assert '<meta name="robots" content="noindex">' in text
    assert f'value="{BASE}{path}"' in text
    assert f'href="feed:{BASE}{path}"' in text
    assert f"https://www.inoreader.com/?add_feed={quote(BASE + path, safe='')}" in text
    canonical = f"{BASE}/categories/news" if key == "news" else f"{BASE}/"
    assert f'<link rel="canonical" href="{canonical}">' in text


async def test_the_page_leads_to_the_feed_itself_and_a_browser_gets_it(pages: Pages) -> None:
    page = (await pages.get("/feeds/news.atom", Accept=CHROMIUM)).text
    found = re.search(r'href="([^"]*format=feed)"', page)
    assert found is not None
    feed = await pages.get(unescape(found[1]), Accept=CHROMIUM, Accept_Encoding="identity")
    assert feed.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.body == (await pages.get("/feeds/news.atom", Accept="*/*", Accept_Encoding="identity")).body


async def test_below_a_path_the_page_works_too(below: Pages) -> None:
    page = await below.get("/press/news/feeds/all.rss", Accept=CHROMIUM)
    assert page.status == 200
    assert 'href="/press/news/feeds/all.rss?format=feed"' in page.text
    assert 'action="/press/news/feeds"' in (await below.get("/press/news/feeds")).text


async def test_it_shows_the_latest_in_the_order_of_the_feed_and_leaves_out_what_the_feed_does(pages: Pages) -> None:
    for number in range(LATEST_STORIES + 2):
        await story(pages.db, pages.clock.now(), f"Story {number}")
    await story(pages.db, pages.clock.now(), "No address", url="javascript:alert(1)")
    feed = (await pages.get("/feeds/news.rss", Accept="*/*", Accept_Encoding="identity")).text
    page = (await pages.get("/feeds/news.rss", Accept=CHROMIUM)).text
    titles = re.findall(r'class="story-title"><a [^>]*>([^<]*)</a>', page)
    assert titles == re.findall(r"<title>(Story \d+)</title>", feed)[: len(titles)]
    assert LATEST_STORIES - 1 <= len(titles) <= LATEST_STORIES
    assert "No address" not in page


async def test_pages_of_the_archive_are_turned(pages: Pages) -> None:
    for number in range(51):
        await story(pages.db, pages.clock.now(), f"Story {number}")
    last = (await pages.get("/feeds/news/archive/2.atom", Accept=CHROMIUM)).text
    assert "Story 50" in last
    assert "Story 49" not in last
    assert "page 2 of 2" in last
    assert '<a class="button" href="/feeds/news/archive/1.atom" rel="next">' in last
    # What is subscribed to is the feed, not this page of it.
    assert f'href="feed:{BASE}/feeds/news.atom"' in last
    first = (await pages.get("/feeds/news/archive/1.atom?language=zh", Accept=CHROMIUM)).text
    assert first.count('class="story-title"') == 50
    assert 'href="/feeds/news/archive/2.atom?language=zh" rel="prev"' in first
    assert (await pages.get("/feeds/news/archive/3.atom", Accept=CHROMIUM)).status == 404


@pytest.mark.parametrize("path", ["/feeds/nothing.rss", "/feeds/news+nothing.rss", "/feeds/news.xml"])
async def test_what_is_no_feed_has_no_page(both: Pages, path: str) -> None:
    answer = await both.get(path, Accept=CHROMIUM)
    assert answer.status == 404
    assert "There is no page here" in answer.text


async def test_people_too_are_led_to_the_one_address_of_a_union(pages: Pages) -> None:
    answer = await pages.get("/feeds/research+news.rss", Accept=CHROMIUM)
    assert (answer.status, answer.headers["Location"]) == (308, f"{BASE}/feeds/news+research.rss")


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("", "de-DE, fr;q=0.8", "en"),
        ("?language=en", "zh", "en"),
        ("?language=zh", "en-GB", "zh-Hans"),
        ("?language=..", "zh", "en"),
    ],
)
async def test_the_page_speaks_the_language_of_the_browser(
    pages: Pages, query: str, header: str, language: str
) -> None:
    answer = await pages.get(f"/feeds/news.rss{query}", Accept=CHROMIUM, Accept_Language=header)
    assert f'<html lang="{language}">' in answer.text


@given(st.text())
def test_any_wish_for_a_language_is_met_with_one_of_ours(header: str) -> None:
    assert language_of(header, "en") in ("en", "zh")


# ---------------------------------------------------------------- the builder


async def test_the_form_is_linked_from_where_people_follow(pages: Pages) -> None:
    assert 'href="/feeds"' in (await pages.get("/")).text
    assert (
        'href="/feeds?categories=news&amp;format=atom"'
        in (await pages.get("/feeds/news.atom", Accept="text/html")).text
    )
    for path in ("/", "/feeds", "/feeds/news.atom"):
        assert "/feeds.opml" in (await pages.get(path, Accept="text/html")).text


async def test_choosing_gives_an_address_that_works(both: Pages) -> None:
    empty = (await both.get("/feeds")).text
    assert 'id="result"' not in empty
    assert '<link rel="canonical" href="https://news.example.edu/feeds">' in empty
    chosen = (await both.get("/feeds?categories=research&categories=news&categories=news&format=atom")).text
    assert f'value="{BASE}/feeds/news+research.atom"' in chosen
    assert len(re.findall(r'name="categories" value="(?:news|research)" checked', chosen)) == 2
    assert 'value="atom" checked' in chosen
    found = re.search(r'<a class="button" href="(/feeds/[^"]*)"', chosen)
    assert found is not None
    assert (await both.get(found[1])).headers["Content-Type"].startswith("application/atom+xml")
    everything = (await both.get("/feeds?format=json")).text
    assert f'value="{BASE}/feeds/all.json"' in everything


async def test_the_form_keeps_the_language_and_the_switch_keeps_the_choice(pages: Pages) -> None:
    page = (await pages.get("/feeds?categories=news&format=atom&language=zh")).text
    assert '<input type="hidden" name="language" value="zh">' in page
    assert 'href="/feeds/news.atom?language=zh"' in page
    assert 'href="/feeds?categories=news&amp;format=atom" lang="en"' in page
    assert f'data-copy="{BASE}/feeds/news.atom"' in page
    english = (await pages.get("/feeds?categories=news&format=atom")).text
    assert 'name="language"' not in english
    assert 'href="/feeds?categories=news&amp;format=atom&amp;language=zh"' in english


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("categories=nothing&categories=news", "/feeds/news.rss"),
        ("categories=news&format=pdf", "/feeds/news.rss"),
        ("categories=nothing", None),
        ("categories=&format=rss", None),
        ("categories=all&format=rss", None),
        ("categories=%3Cscript%3Ealert(1)%3C/script%3E&format=%22%3E", None),
    ],
)
async def test_what_is_unknown_is_said_in_plain_words(pages: Pages, query: str, address: str | None) -> None:
    answer = await pages.get(f"/feeds?{query}")
    assert answer.status == 200
    assert "Something you asked for is not offered here." in answer.text
    assert "alert(1)" not in answer.text
    assert re.findall(r'readonly value="([^"]*)"', answer.text) == ([BASE + address] if address else [])


@given(
    known=st.sets(st.sampled_from([f"topic-{number}" for number in range(12)])),
    asked=st.lists(st.sampled_from([f"topic-{number}" for number in range(14)])),
    form=st.sampled_from([None, "", "rss", "atom", "json", "opml", "feed"]),
)
def test_an_address_is_made_only_of_what_there_is_and_is_the_one_of_its_feed(
    known: set[str], asked: list[str], form: str | None
) -> None:
    page = built(tuple(Category(slug, slug) for slug in sorted(known)), asked, form)
    wanted = known & set(asked)
    assert page.chosen == wanted
    assert page.unknown == bool(set(asked) - known or form in ("", "opml", "feed"))
    assert bool(page.key) == (len(wanted) <= MOST_CATEGORIES and (bool(wanted) or (not asked and form is not None)))
    if page.key:
        key = canonical_key(f"/feeds/{page.key}.{page.form}")
        assert isinstance(key, FeedKey)
        assert set(key.categories) == wanted


def test_more_than_a_feed_takes_gives_no_address() -> None:
    offered = tuple(Category(f"topic-{number}", f"Topic {number}") for number in range(MOST_CATEGORIES + 1))
    slugs = [category.slug for category in offered]
    assert built(offered, slugs, "rss").key == ""
    assert built(offered, slugs[1:], "rss").key == "+".join(sorted(slugs[1:]))
