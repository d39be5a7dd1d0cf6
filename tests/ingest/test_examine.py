"""What an address offers, as the reader process sees it."""

import gzip

import pytest

from feedsvc.ingest.readers.listing.discovery import examine
from feedsvc.model.discovery import Answered, Method, PageFacts
from feedsvc.model.newsroom import Source, SourceKind
from tests.ingest.list_shapes import CHINESE, ENGLISH, rows

URL = "https://www.lake.example/news/"
SOURCE = Source("s", SourceKind.PAGE, URL, timezone="Asia/Shanghai")


def look(html: str, url: str = URL, content_type: str = "text/html; charset=utf-8") -> PageFacts:
    return examine(html.encode(), content_type, url, SOURCE)


def listed(titles: tuple[str, ...] = ENGLISH, path: str = "/news/{slug}/") -> str:
    items = "".join(f'<li><a href="{r.path}">{r.title}</a> <i>{r.day}</i></li>' for r in rows(titles, path))
    return f"<ul class='n'>{items}</ul>"


@pytest.mark.parametrize(
    ("body", "content_type", "answered"),
    [
        (b"<?xml version='1.0'?><rss version='2.0'>", "text/xml", Answered.FEED),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "text/html", Answered.FEED),
        (b'<rdf:RDF xmlns="x">', "application/xml", Answered.FEED),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "application/json", Answered.FEED),
        (b"<?xml version='1.0'?><!-- hi --><urlset xmlns='s'>", "text/xml", Answered.SITEMAP),
        (b"<sitemapindex>", "text/html", Answered.SITEMAP),
        (gzip.compress(b"<urlset/>", mtime=0), "application/x-gzip", Answered.SITEMAP),
        (b"https://x.example/1\nhttps://x.example/2\n", "text/plain", Answered.SITEMAP),
        (b"<!doctype html><p>We speak of <rss> and <feed> here.", "text/html", Answered.PAGE),
        (b"<html><body>x</body></html>", "", Answered.PAGE),
        (b"%PDF-1.7", "application/pdf", Answered.OTHER),
        (b"{}", "application/json", Answered.OTHER),
        (b"some words", "text/plain", Answered.OTHER),
    ],
)
def test_what_was_answered(body: bytes, content_type: str, answered: Answered) -> None:
    assert examine(body, content_type, URL, SOURCE).answered is answered


def test_feeds_in_the_head_come_before_links_and_each_once() -> None:
    html = """<html><head><link rel="alternate" type="application/atom+xml" title="News" href="/a.atom">
    <link rel="alternate" type="application/json+oembed" href="/oembed"><link rel="stylesheet" type="text/css" href="/rss.css">
    <link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" href="/b.rss"></head><body>
    <a href="/a.atom">Atom</a><a href="/export/feed/">All</a><a href="/subscribe">RSS</a><a href="https://e.example/rss">RSS</a>
    <a href="/news/rss-explained">What RSS is</a></body></html>"""
    assert [(feed.url, feed.declared, feed.title) for feed in look(html).feeds] == [
        ("https://www.lake.example/a.atom", True, "News"),
        ("https://www.lake.example/b.rss", True, ""),
        ("https://www.lake.example/export/feed/", False, "All"),
        ("https://www.lake.example/subscribe", False, "RSS"),
    ]


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ('<html lang="en-GB"><p>The library stays open</p></html>', "en"),
        ('<html lang="en"><p>图书馆延长开放时间公告</p></html>', "zh"),
        ("<html><p>图书馆延长开放时间公告 2020</p></html>", "zh"),
        ('<html lang="zh-CN"><p>The library stays open until eleven at night, weekends included</p></html>', "en"),
        ('<html lang="zh-Hant"><p>圖書館延長開放時間</p></html>', "zh"),
        ("<html><p>図書館は夜十一時まで開いています。どうぞお越しください。</p></html>", "ja"),
        ("<html><p>도서관은 밤 열한 시까지 열려 있습니다</p></html>", "ko"),
        ('<html lang="de"><p>Die Bibliothek ist offen</p></html>', "de"),
        ("<html><p>The library</p></html>", ""),
        ('<html lang="{{ lang }}"><p>The library</p></html>', ""),
    ],
)
def test_the_language_is_what_is_written(html: str, language: str) -> None:
    assert look(html).language == language


def test_the_lists_of_a_page_the_likeliest_first() -> None:
    notices = "".join(f"<li><a href='/t/{n}'>A notice about the matter number {n}</a></li>" for n in range(4))
    facts = look(f"<html><body><div class='a'>{listed()}</div><div class='b'><ul>{notices}</ul></div></body></html>")
    assert [(one.method, len(one.items), one.rules["item"]) for one in facts.lists] == [
        (Method.LIST, 8, "ul.n li"),
        (Method.LIST, 4, "div.b li"),
    ]
    assert len(facts.links) == 12


def test_a_list_that_a_preset_reads_is_told_once() -> None:
    items = "".join(
        f'<li id="line_u8_{n}"><a href="{r.path}">{r.title}</a><span>{r.day}</span></li>'
        for n, r in enumerate(rows(CHINESE, "/info/1023/{number}.htm"))
    )
    facts = look(f"<html><!--Visual SiteBuilder 9--><body><ul>{items}</ul></body></html>")
    assert [(one.method, one.preset, one.rules) for one in facts.lists] == [(Method.PRESET, "vsb", {})]


def test_a_known_cms_with_a_list_of_its_own_make_has_preset_and_rules() -> None:
    facts = look(f"<html><!--Visual SiteBuilder 9--><body>{listed(CHINESE, '/info/1023/{number}.htm')}</body></html>")
    (one,) = facts.lists
    assert (one.method, one.preset, one.rules["item"]) == (Method.LIST, "vsb", "ul.n li")


@pytest.mark.parametrize(
    ("head", "body", "url", "story"),
    [
        ('<meta property="og:type" content="article">', "<p>" + "Words. " * 100 + "</p>", URL, True),
        ('<meta property="og:type" content="article">', listed(), URL, False),
        ('<meta property="og:type" content="website">', "<p>" + "Words. " * 100 + "</p>", URL, False),
        ("", "<p>x</p>", "https://www.lake.example/info/1023/7.htm", True),
        ('<script type="application/ld+json">{"@type":"NewsArticle","headline":"T"}</script>', "<p>x</p>", URL, True),
    ],
)
def test_a_story_is_told_from_a_list(head: str, body: str, url: str, story: bool) -> None:
    assert look(f"<html><head>{head}</head><body>{body}</body></html>", url).story is story


def test_where_else_to_look_the_nearest_first() -> None:
    html = """<html><body><a href="/blog/">Blog</a><div class="breadcrumb"><a href="/">Home</a><a href="/news/">All</a>
    <a href="/news/physics/">Physics</a></div><a href="https://news.lake.example/">News</a><a href="https://e.example/">News</a>
    <a href="/x.pdf">News</a><a href="/paper">Newspaper of the lake</a></body></html>"""
    assert look(html, "https://www.lake.example/news/physics/snow").sections == (
        "https://www.lake.example/news/physics/",
        "https://www.lake.example/news/",
        "https://www.lake.example/blog/",
        "https://news.lake.example/",
    )


def test_a_page_that_says_nothing_without_its_scripts() -> None:
    assert look('<html><body><div id="app"></div><script src="/a.js"></script></body></html>').scripted
    assert not look("<html><body><p>Nothing here.</p></body></html>").scripted
    assert not look(f"<html><body>{listed()}<script src='/a.js'></script></body></html>").scripted
    assert look("<form><input type='password'></form>").login
