"""The sitemap: those pages whose canonical address is here (docs/decisions/0018)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from feedsvc.pages import addresses, sitemap
from feedsvc.pages.sitemap import SitemapPage
from feedsvc.storage import digests, lists, reading, sitemap_pages, stamps
from feedsvc.storage.types import Conn
from feedsvc.text.urls import canonical
from feedsvc.web import keys
from feedsvc.web.public.assets import tagged

SIZE = sitemap.LARGEST
_CACHE = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class _Row:
    """Pages of one kind: how many there are, and how to read some of them (how many to pass over, how many)."""

    count: int
    read: Callable[[int, int], Awaitable[list[SitemapPage]]]


async def whole(request: web.Request) -> web.Response:
    """Every page in one file; where they are too many for one, the list of the parts."""
    base_url = request.app[keys.SETTINGS].site.base_url
    async with request.app[keys.DATABASE].read() as conn:
        rows = await _rows(conn, base_url)
        parts = _parts(rows)
        pages = await _slice(rows, 0, SIZE) if parts == 1 else []
    if parts > 1:
        return _xml(request, sitemap.sitemap_index(base_url, parts))
    return _xml(request, await asyncio.to_thread(sitemap.sitemap, base_url, pages))


async def part(request: web.Request) -> web.Response:
    """One part, counted from 1."""
    base_url, number = request.app[keys.SETTINGS].site.base_url, int(request.match_info["part"])
    async with request.app[keys.DATABASE].read() as conn:
        rows = await _rows(conn, base_url)
        if number > _parts(rows):
            raise web.HTTPNotFound
        pages = await _slice(rows, (number - 1) * SIZE, SIZE)
    return _xml(request, await asyncio.to_thread(sitemap.sitemap, base_url, pages))


async def _rows(conn: Conn, base_url: str) -> list[_Row]:
    open_lists = {one.slug for one in await lists.every(conn) if one.public}
    # What comes to closed lists alone is not hung out, though who knows its address may read it.
    open_digests = [one.slug for one in await digests.every(conn) if open_lists & set(one.lists)]
    first = await _first_pages(conn, open_digests)
    page = f"{base_url}/articles/"
    key = canonical(f"{page}written-")

    async def _first(start: int, limit: int) -> list[SitemapPage]:
        return first[start : start + limit]

    async def _issues(start: int, limit: int) -> list[SitemapPage]:
        found = await sitemap_pages.public_issues(conn, open_digests, start, limit)
        return [SitemapPage(addresses.issue_path(one.digest, one.number), one.sent_at) for one in found]

    async def _written(start: int, limit: int) -> list[SitemapPage]:
        found = await sitemap_pages.written(conn, key, page, start, limit)
        return [SitemapPage(addresses.story_path(one.id, one.title), one.updated_at) for one in found]

    return [
        _Row(len(first), _first),
        _Row(await sitemap_pages.count_issues(conn, open_digests), _issues),
        _Row(await sitemap_pages.count_written(conn, key, page), _written),
    ]


async def _first_pages(conn: Conn, open_digests: list[str]) -> list[SitemapPage]:
    marks = await reading.feed_marks(conn)
    newest = await sitemap_pages.newest_issues(conn, open_digests)
    return [
        SitemapPage("/", marks.changed.get(stamps.ALL)),
        *(SitemapPage(addresses.category_path(kind.slug), marks.changed.get(kind.slug)) for kind in marks.categories),
        SitemapPage(addresses.builder_path()),
        SitemapPage("/subscribe"),
        *(SitemapPage(addresses.issue_path(slug), newest[slug]) for slug in open_digests if slug in newest),
    ]


def _parts(rows: list[_Row]) -> int:
    return -(-sum(row.count for row in rows) // SIZE)


async def _slice(rows: list[_Row], first: int, limit: int) -> list[SitemapPage]:
    found: list[SitemapPage] = []
    for row in rows:
        take = min(limit - len(found), row.count - first)
        if take > 0:
            found += await row.read(first, take)
        first = max(0, first - row.count)
    return found


def _xml(request: web.Request, body: bytes) -> web.Response:
    return tagged(request, body, "application/xml", _CACHE)
