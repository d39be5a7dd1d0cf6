"""Feeds and sitemaps that discovery finds: which hold, and why the others do not."""

from datetime import date

from feedsvc.model.discovery import Method
from feedsvc.model.newsroom import SourceKind
from tests.fakes.news_site import NewsSite
from tests.ingest.looking import FIRST, Looking, kit, look, page, proposed, put_feed, put_sitemap, upstream, why

__all__ = ["kit", "upstream"]


async def test_a_feed_that_the_page_names_comes_first(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page(put_feed(upstream, "/feed.xml", *FIRST)))
    found = await look(kit, upstream, "/news/")
    chosen = proposed(found)
    assert (chosen.method, chosen.kind, chosen.url, chosen.stories) == (
        Method.FEED,
        SourceKind.FEED,
        upstream.url("/feed.xml"),
        8,
    )
    assert chosen.why == "It brings 8 stories, 8 of them on this page."
    assert [one.method for one in found.candidates] == [Method.FEED, Method.LIST]
    assert found.language == "en"


async def test_a_link_that_plainly_leads_to_a_feed_is_one(kit: Looking, upstream: NewsSite) -> None:
    put_feed(upstream, "/export/rss", *FIRST)
    upstream.put("/news/", page(more='<a href="/export/rss">RSS</a>'))
    assert proposed(await look(kit, upstream, "/news/")).url == upstream.url("/export/rss")


async def test_feeds_that_do_not_hold_are_passed_over_with_the_reason(kit: Looking, upstream: NewsSite) -> None:
    put_feed(upstream, "/other.xml", "/sports/1", "/sports/2")
    put_feed(upstream, "/old.xml", FIRST[0], day=date(2012, 3, 4))
    put_feed(upstream, "/empty.xml")
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{name}.xml">'
        for name in ("other", "old", "empty", "missing")
    )
    upstream.put("/news/", page(head))
    found = await look(kit, upstream, "/news/")
    assert proposed(found).method is Method.LIST
    assert why(found, "/other.xml") == "None of its 2 stories stands on this page: it is of another part of the site."
    assert why(found, "/old.xml") == "Its newest story is of 2012-03-04, while the page has one of 2020-06-12."
    assert why(found, "/empty.xml") == "It holds no stories."
    assert "404" in why(found, "/missing.xml")


async def test_a_feed_of_comments_is_not_even_asked_for(kit: Looking, upstream: NewsSite) -> None:
    put_feed(upstream, "/comments/feed/", *FIRST)
    head = '<link rel="alternate" type="application/rss+xml" title="Lake » Comments Feed" href="/comments/feed/">'
    upstream.put("/news/", page(head))
    found = await look(kit, upstream, "/news/")
    assert why(found, "/comments/feed/") == "It is a feed of comments."
    assert upstream.count("/comments/feed/") == 0


async def test_a_feed_of_another_site_is_none_of_this_one(kit: Looking, upstream: NewsSite) -> None:
    items = "<item><title>T</title><link>https://elsewhere.example/1</link></item>"
    upstream.put(
        "/feed.xml", f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="application/rss+xml"
    )
    upstream.put("/news/", page('<link rel="alternate" type="application/rss+xml" href="/feed.xml">'))
    assert why(await look(kit, upstream, "/news/"), "/feed.xml") == "None of its 1 story is on this site."


async def test_a_news_sitemap_that_robots_names_comes_before_lists(kit: Looking, upstream: NewsSite) -> None:
    upstream.put(
        "/robots.txt", f"User-agent: *\nAllow: /\nSitemap: {upstream.url('/all.xml')}\nsitemap: /news-map.xml\n"
    )
    put_sitemap(upstream, "/news-map.xml", *FIRST[:3], news=True)
    put_sitemap(upstream, "/all.xml", *FIRST, "/about", "/contact")
    upstream.put("/news/", page())
    found = await look(kit, upstream, "/news/")
    chosen = proposed(found)
    assert (chosen.kind, chosen.url, chosen.title) == (
        SourceKind.SITEMAP,
        upstream.url("/news-map.xml"),
        "news sitemap",
    )
    assert chosen.why == "It is a sitemap of news with 3 stories, 3 of them on this page."
    assert upstream.count("/all.xml") == 0


async def test_a_map_of_everything_is_no_source_of_news(kit: Looking, upstream: NewsSite) -> None:
    put_sitemap(upstream, "/sitemap.xml", *FIRST[:2], *(f"/about/page{n}/more/{n}" for n in range(20)))
    upstream.put("/news/", page())
    found = await look(kit, upstream, "/news/")
    assert proposed(found).method is Method.LIST
    assert why(found, "/sitemap.xml") == "It maps the whole site: 2 of its 22 pages look like stories."


async def test_of_an_index_the_file_of_stories_is_taken(kit: Looking, upstream: NewsSite) -> None:
    files = "".join(
        f"<sitemap><loc>/{name}.xml</loc></sitemap>" for name in ("page-sitemap", "post-sitemap", "category-sitemap")
    )
    upstream.put("/sitemap_index.xml", f'<sitemapindex xmlns="s">{files}</sitemapindex>', content_type="text/xml")
    put_sitemap(upstream, "/post-sitemap.xml", *FIRST)
    upstream.put("/news/", page())
    found = await look(kit, upstream, "/news/")
    assert (proposed(found).url, proposed(found).stories) == (upstream.url("/post-sitemap.xml"), 8)
    assert upstream.count("/category-sitemap.xml") == 0
