"""Looking for a site's sitemaps: where robots.txt says, of news first, and few of many."""

import gzip

import pytest

from feedsvc.model.discovery import Discovery
from feedsvc.model.newsroom import SourceKind
from tests.fakes.news_site import NewsSite
from tests.ingest.looking import FIRST, Looking, kit, look, page, proposed, put_sitemap, upstream, why

__all__ = ["kit", "upstream"]


async def maps(kit: Looking, upstream: NewsSite) -> Discovery:
    upstream.put("/news/", page())
    return await look(kit, upstream, "/news/", SourceKind.SITEMAP)


def put_index(upstream: NewsSite, path: str, *files: str) -> None:
    names = "".join(f"<sitemap><loc>{file}</loc></sitemap>" for file in files)
    upstream.put(path, f'<sitemapindex xmlns="s">{names}</sitemapindex>', content_type="application/xml")


async def test_the_usual_places_are_tried_where_robots_names_none(kit: Looking, upstream: NewsSite) -> None:
    put_sitemap(upstream, "/sitemap_index.xml", *FIRST)
    found = await maps(kit, upstream)
    assert proposed(found).url == upstream.url("/sitemap_index.xml")
    assert upstream.count("/sitemap.xml") == 1


async def test_they_are_not_tried_where_robots_names_one(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/robots.txt", "Sitemap: /maps/stories.xml # ours\n")
    put_sitemap(upstream, "/maps/stories.xml", *FIRST)
    assert proposed(await maps(kit, upstream)).url == upstream.url("/maps/stories.xml")
    assert upstream.count("/sitemap.xml") == 0


async def test_a_sitemap_of_another_site_is_not_asked_for(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/robots.txt", "Sitemap: https://elsewhere.example/sitemap.xml\nSitemap: not an address\n")
    found = await maps(kit, upstream)
    assert (found.chosen, found.candidates) == (0, ())


@pytest.mark.parametrize("form", ["gzip", "lines"])
async def test_gzipped_ones_and_lists_of_lines(kit: Looking, upstream: NewsSite, form: str) -> None:
    urls = [upstream.url(path) for path in FIRST]
    if form == "gzip":
        body = gzip.compress(f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>".encode())
        upstream.put("/sitemap.xml", body, content_type="application/x-gzip")
    else:
        upstream.put("/robots.txt", "Sitemap: /sitemap.txt")
        upstream.put("/sitemap.txt", "\n".join(urls), content_type="text/plain")
    assert proposed(await maps(kit, upstream)).stories == 8


async def test_several_files_of_stories_are_read_as_their_index(kit: Looking, upstream: NewsSite) -> None:
    put_index(
        upstream, "/sitemap.xml", "/post-sitemap.xml", "/post-sitemap2.xml", "/page-sitemap.xml", "/image-sitemap.xml"
    )
    put_sitemap(upstream, "/post-sitemap2.xml", *FIRST)
    chosen = proposed(await maps(kit, upstream))
    assert (chosen.url, chosen.stories) == (upstream.url("/sitemap.xml"), 8)
    assert upstream.count("/post-sitemap.xml") == upstream.count("/page-sitemap.xml") == 0


async def test_files_without_telling_names_are_tried_in_their_order(kit: Looking, upstream: NewsSite) -> None:
    put_index(upstream, "/sitemap.xml", "/news-map.xml", "/b.xml", "/c.xml")
    put_sitemap(upstream, "/news-map.xml", "/about/us/more", "/about/you/more")
    put_sitemap(upstream, "/b.xml", *FIRST)
    found = await maps(kit, upstream)
    assert proposed(found).url == upstream.url("/b.xml")
    assert why(found, "/news-map.xml") == "It maps the whole site: 0 of its 2 pages look like stories."
    assert upstream.count("/c.xml") == 0


async def test_an_index_of_nothing_usable(kit: Looking, upstream: NewsSite) -> None:
    put_index(upstream, "/sitemap.xml", "/image-sitemap.xml", "https://elsewhere.example/1.xml")
    found = await maps(kit, upstream)
    assert found.chosen == 0
    assert "No sitemap was found at " in found.advice


async def test_what_is_no_sitemap_is_told_where_robots_names_it(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/robots.txt", "Sitemap: /map.xml\nSitemap: /gone.xml\n")
    upstream.put("/map.xml", "<html><body>Not found</body></html>")
    found = await maps(kit, upstream)
    assert "not a sitemap" in why(found, "/map.xml")
    assert "404" in why(found, "/gone.xml")
