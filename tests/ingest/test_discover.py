"""What discovery proposes for the addresses that people paste: a real server, the real reader process."""

import re
from dataclasses import replace

import pytest

from feedsvc.errors import FetchError, InputError, ReadError
from feedsvc.ingest.check import check
from feedsvc.ingest.discovery.discover import discover
from feedsvc.ingest.discovery.errand import MOST_REQUESTS, addresses
from feedsvc.model.discovery import Candidate, Method
from feedsvc.model.newsroom import Source, SourceKind
from tests.fakes.news_site import NewsSite
from tests.ingest.list_shapes import CHINESE, ENGLISH, rows
from tests.ingest.looking import (
    FIRST,
    STORIES,
    Looking,
    kit,
    look,
    page,
    proposed,
    put_feed,
    put_sitemap,
    upstream,
    why,
)

__all__ = ["kit", "upstream"]


async def test_declared_stories_are_read_as_jsonld(kit: Looking, upstream: NewsSite) -> None:
    items = ",".join(
        f'{{"@type":"ListItem","position":{n},"item":{{"@type":"NewsArticle","headline":"{r.title}","url":"{r.path}",'
        f'"datePublished":"{r.day}"}}}}'
        for n, r in enumerate(STORIES)
    )
    data = f'{{"@context":"https://schema.org","@graph":[{{"@type":"BreadcrumbList","itemListElement":[{items}]}},{{"@type":"ItemList","itemListElement":[{items}]}}]}}'
    upstream.put(
        "/news/", f'<html><body><script type="application/ld+json">{data}</script><div id="app"></div></body></html>'
    )
    found = await look(kit, upstream, "/news/")
    chosen = proposed(found)
    assert (chosen.method, chosen.preset, chosen.stories, chosen.dated) == (Method.JSONLD, "jsonld", 8, 8)


@pytest.mark.parametrize(("name", "titles"), [("vsb", ENGLISH), ("webplus", CHINESE)])
async def test_the_list_of_a_known_cms_is_read_by_its_preset(
    kit: Looking, upstream: NewsSite, name: str, titles: tuple[str, ...]
) -> None:
    if name == "vsb":
        items = "".join(
            f'<li id="line_u8_{n}"><a href="{r.path}">{r.title}</a><span>{r.day}</span></li>'
            for n, r in enumerate(rows(titles, "/info/1023/{number}.htm"))
        )
        body = f"<html><!--Visual SiteBuilder 9--><body><ul>{items}</ul></body></html>"
    else:
        items = "".join(
            f'<li class="news"><a href="{r.path}" title="{r.title}">{r.title[:5]}...</a><i>{r.day}</i></li>'
            for r in rows(titles, "/{day:%Y}/{day:%m%d}/c11a{number}/page.htm")
        )
        body = f'<html lang="en"><body><div id="wp_news_w6"><ul>{items}</ul></div></body></html>'
    upstream.put("/list.htm", body)
    found = await look(kit, upstream, "/list.htm")
    assert (proposed(found).method, proposed(found).preset, proposed(found).rules) == (Method.PRESET, name, {})
    assert len(found.candidates) == 1
    assert found.language == ("" if name == "vsb" else "zh")


async def test_a_list_is_pinned_and_the_pin_reads_the_same_stories(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page())
    chosen = proposed(await look(kit, upstream, "/news/"))
    assert chosen.rules == {"item": "ul.news li", "link": "a", "date": "span", "min_items": 3}
    source = Source(
        "s", SourceKind.PAGE, chosen.url, preset=chosen.preset, list_rules=dict(chosen.rules), allow_private=True
    )
    report = await check(kit.fetcher, kit.reader, source, 1)
    assert report.listed == 8
    upstream.put("/news/", page().replace('class="news"', 'class="rebuilt"'))
    again = await check(kit.fetcher, kit.reader, source, 1)
    assert (again.listed, len(again.problems)) == (0, 1)
    assert "rebuilt" in again.problems[0]


async def test_from_a_story_to_the_list_it_belongs_to(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page())
    others = "".join(f'<li><a href="{r.path}">{r.title}</a></li>' for r in STORIES[1:5])
    upstream.put(
        FIRST[0],
        '<html><head><meta property="og:type" content="article"></head><body><div class="breadcrumb"><a href="/">Home</a> '
        f'<a href="/news/">All the news</a></div><h1>{ENGLISH[0]}</h1>'
        f"<p>{'The library is open. ' * 40}</p><ul>{others}</ul></body></html>",
    )
    found = await look(kit, upstream, FIRST[0])
    assert (proposed(found).url, proposed(found).stories) == (upstream.url("/news/"), 8)
    assert why(found, FIRST[0]) == "The page is one story, and these are links beside it."
    assert "story's own page" in found.notes[0]


async def test_from_a_home_page_to_its_news(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page())
    boxes = "".join(f'<li><a href="{r.path}">{r.title}</a></li>' for r in STORIES[:4])
    upstream.put(
        "/",
        f'<html><body><a href="/about">About</a><a href="/news/">News &amp; Events</a><ul id="n">{boxes}</ul></body></html>',
    )
    found = await look(kit, upstream, "/")
    assert (proposed(found).url, proposed(found).stories) == (upstream.url("/news/"), 8)
    assert [(one.url, one.holds) for one in found.candidates][1] == (upstream.url("/"), True)


@pytest.mark.parametrize(("path", "kind"), [("/feed.xml", SourceKind.FEED), ("/map.xml", SourceKind.SITEMAP)])
async def test_a_feed_or_a_sitemap_itself(kit: Looking, upstream: NewsSite, path: str, kind: SourceKind) -> None:
    put_feed(upstream, "/feed.xml", *FIRST)
    put_sitemap(upstream, "/map.xml", *FIRST)
    found = await look(kit, upstream, path)
    assert (proposed(found).kind, proposed(found).url, proposed(found).stories) == (kind, upstream.url(path), 8)
    assert upstream.count(path) == 1


async def test_only_one_kind_is_looked_for_where_one_is_asked_for(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page(put_feed(upstream, "/feed.xml", *FIRST)))
    assert proposed(await look(kit, upstream, "/news/", SourceKind.PAGE)).method is Method.LIST
    assert upstream.count("/feed.xml") == 0
    put_sitemap(upstream, "/sitemap.xml", *FIRST)
    assert proposed(await look(kit, upstream, "/news/", SourceKind.SITEMAP)).kind is SourceKind.SITEMAP


@pytest.mark.parametrize(
    ("body", "content_type", "says"),
    [
        ("<html><body><form><input type=password name=p></form></body></html>", "text/html", "asks for a login"),
        ('<html><body><div id="root"></div><script src="/app.js"></script></body></html>', "text/html", "JavaScript"),
        ("<html><body><h1>Welcome</h1><p>Nothing is listed here.</p></body></html>", "text/html", "No feed, no sitemap"),
        ("%PDF-1.4", "application/pdf", "is no page, feed or sitemap but application/pdf"),
    ],
)  # fmt: skip
async def test_where_there_is_nothing_the_next_step_is_said(
    kit: Looking, upstream: NewsSite, body: str, content_type: str, says: str
) -> None:
    upstream.put("/x", body, content_type=content_type)
    found = await look(kit, upstream, "/x")
    assert found.chosen == 0
    assert says in found.advice
    assert "Give " in found.advice


LOGIN = '<form><input type="password" name="p"></form>'


def login_page(head: str = "") -> str:
    """As a page of news, without any date."""
    return re.sub(r"<span>[^<]*</span>", "", page(head, more=LOGIN))


async def test_news_beside_a_login_are_news(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page(more=LOGIN))
    assert proposed(await look(kit, upstream, "/news/")).method is Method.LIST


async def test_a_login_page_is_never_a_list(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/cas/login", login_page())
    upstream.redirect("/news/", "/cas/login", status=302)
    found = await look(kit, upstream, "/news/")
    assert (found.candidates, found.chosen) == ((), 0)
    assert found.advice.startswith(f"{upstream.url('/cas/login')} asks for a login before it shows its news.")
    upstream.put("/cas/login", login_page(put_feed(upstream, "/feed.xml", *FIRST)))
    assert proposed(await look(kit, upstream, "/news/")).method is Method.FEED


async def test_a_section_that_asks_for_a_login_is_no_list_either(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", login_page())
    upstream.put("/", '<html><body><p>Welcome.</p><a href="/news/">News</a></body></html>')
    found = await look(kit, upstream, "/")
    assert upstream.count("/news/") == 1
    assert found.candidates == ()


@pytest.mark.parametrize(
    ("body", "instead"),
    [
        ('<div id="root"></div><script src="/app.js"></script>', "without scripts: "),
        ("<p>Welcome.</p>", "the page that lists the news."),
    ],
)
async def test_what_does_not_hold_surely_may_be_chosen(
    kit: Looking, upstream: NewsSite, body: str, instead: str
) -> None:
    put_sitemap(upstream, "/sitemap.xml", *FIRST)
    upstream.put("/", f"<html><body>{body}</body></html>")
    found = await look(kit, upstream, "/")
    assert (found.chosen, len(found.candidates)) == (0, 1)
    assert found.advice.startswith(
        "It is not certain that any of this is the news of the page. Choose what looks right with --candidate 1, or "
        "give the address of "
    )
    assert instead in found.advice
    assert "sitemap" not in found.advice


async def test_where_only_another_kind_is_there_it_is_named(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page(put_feed(upstream, "/feed.xml", *FIRST)))
    found = await look(kit, upstream, "/news/", SourceKind.SITEMAP)
    assert found.advice == (
        f"No sitemap was found at {upstream.url('/news/')} or near it, but a feed and a list of stories are there: leave "
        "--kind out to see what to take."
    )
    upstream.put("/news/", page())
    advice = (await look(kit, upstream, "/news/", SourceKind.FEED)).advice
    assert advice.startswith("No feed was found at ")
    assert ", but a list of stories is there: leave --kind out" in advice


async def test_what_cannot_be_had_is_an_error(kit: Looking, upstream: NewsSite) -> None:
    with pytest.raises(FetchError, match="404"):
        await look(kit, upstream, "/missing")
    upstream.put("/gone", status=410)
    with pytest.raises(FetchError, match="410"):
        await look(kit, upstream, "/gone")
    upstream.put("/empty", "")
    with pytest.raises(ReadError, match="nothing on it"):
        await look(kit, upstream, "/empty")


async def test_robots_are_obeyed(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/robots.txt", "User-agent: *\nDisallow: /news\n")
    upstream.put("/news/", page())
    with pytest.raises(FetchError, match=r"robots\.txt"):
        await look(kit, upstream, "/news/")
    assert upstream.count("/news/") == 0


async def test_the_number_of_requests_is_bounded(kit: Looking, upstream: NewsSite) -> None:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}.xml">' for n in range(50))
    crumbs = "".join(f'<a href="/section/{n}">News</a>' for n in range(50))
    upstream.put("/robots.txt", "".join(f"Sitemap: /map{n}.xml\n" for n in range(50)))
    upstream.put("/", f"<html><head>{links}</head><body>{crumbs}</body></html>")
    found = await look(kit, upstream, "/")
    assert found.chosen == 0
    # The question for the rules themselves comes on top.
    assert len(upstream.asked) <= MOST_REQUESTS + 1


@pytest.mark.parametrize(
    ("typed", "tried"),
    [
        ("news.example.edu", ("https://news.example.edu", "http://news.example.edu")),
        (" news.example.edu/list.htm ", ("https://news.example.edu/list.htm", "http://news.example.edu/list.htm")),
        ("localhost:8080/news", ("https://localhost:8080/news", "http://localhost:8080/news")),
        ("新闻.example.cn", ("https://新闻.example.cn", "http://新闻.example.cn")),
        ("https://x.example/", ("https://x.example/",)),
    ],
)
def test_a_host_name_is_enough(typed: str, tried: tuple[str, ...]) -> None:
    assert addresses(typed) == tried


@pytest.mark.parametrize(
    "typed", ["", "foo", "ftp://x.example/y", "mailto:a@b.example", "http://", "https://[", "a b.example"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="not a web address"):
        addresses(typed)


async def test_a_bare_host_is_asked_by_http_where_https_is_not_spoken(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page())
    typed = upstream.url("/news/").removeprefix("http://")
    found = await discover(kit.fetcher, kit.reader, typed, allow_private=True)
    assert found.url == upstream.url("/news/")


def test_a_candidate_says_which_source_it_makes() -> None:
    one = Candidate(1, Method.LIST, SourceKind.PAGE, "https://x.example/", "", preset="generic", rules={"item": "li"})
    assert one.values() == {"kind": "page", "url": "https://x.example/", "preset": "generic", "list": {"item": "li"}}
    assert "list" not in replace(one, rules={}).values()
