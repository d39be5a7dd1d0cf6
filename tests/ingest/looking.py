"""A news site to look around on, as `source add` does: pages, feeds and sitemaps of eight stories."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.discovery.discover import discover
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.reading import Reader
from feedsvc.model.discovery import Candidate, Discovery
from feedsvc.model.newsroom import SourceKind
from feedsvc.net.client import HttpClient
from feedsvc.settings import Settings
from tests.fakes.news_site import NewsSite
from tests.ingest.list_shapes import ENGLISH, rows
from tests.ingest.site import Site

STORIES = rows()


@dataclass(frozen=True, slots=True)
class Looking:
    """A fetcher and a reader process, as the command has them."""

    fetcher: PoliteFetcher
    reader: Reader


@pytest.fixture
async def kit(client: HttpClient, settings: Settings, clock: FixedClock) -> AsyncIterator[Looking]:
    reader = Reader()
    yield Looking(PoliteFetcher(client, settings, clock), reader)
    await reader.close()


@pytest.fixture
def upstream(site: Site) -> NewsSite:
    return site.server


async def look(kit: Looking, upstream: NewsSite, path: str, only: SourceKind | None = None) -> Discovery:
    return await discover(
        kit.fetcher, kit.reader, upstream.url(path), timezone="Asia/Shanghai", allow_private=True, only=only
    )


def page(head: str = "", titles: tuple[str, ...] = ENGLISH, path: str = "/news/{slug}/", more: str = "") -> str:
    items = "".join(f'<li><a href="{r.path}">{r.title}</a> <span>{r.day}</span></li>' for r in rows(titles, path))
    return (
        f'<html lang="en"><head><title>News</title>{head}</head><body><ul class="news">{items}</ul>{more}</body></html>'
    )


def rss(upstream: NewsSite, *paths: str, day: date = STORIES[0].day, title: str = "News") -> str:
    items = "".join(
        f"<item><title>Story {number}</title><link>{upstream.url(path)}</link>"
        f"<pubDate>{day - timedelta(days=number):%a, %d %b %Y} 08:00:00 +0800</pubDate></item>"
        for number, path in enumerate(paths)
    )
    channel = f"<title>{title}</title><link>{upstream.base}</link>{items}"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}</channel></rss>'


def put_feed(upstream: NewsSite, path: str, *paths: str, day: date = STORIES[0].day) -> str:
    upstream.put(path, rss(upstream, *paths, day=day), content_type="application/rss+xml")
    return f'<link rel="alternate" type="application/rss+xml" title="News" href="{path}">'


def put_sitemap(upstream: NewsSite, path: str, *paths: str, news: bool = False) -> None:
    told = (
        "<n:news><n:publication_date>2020-06-12</n:publication_date><n:title>A story</n:title></n:news>" if news else ""
    )
    urls = "".join(f"<url><loc>{upstream.url(one)}</loc>{told}</url>" for one in paths)
    upstream.put(path, f'<urlset xmlns="s" xmlns:n="n">{urls}</urlset>', content_type="application/xml")


def proposed(found: Discovery) -> Candidate:
    chosen = found.candidate(found.chosen)
    assert chosen is not None, found
    return chosen


def why(found: Discovery, url: str) -> str:
    return next(one.why for one in found.candidates if one.url.endswith(url))


FIRST = tuple(row.path for row in STORIES)
