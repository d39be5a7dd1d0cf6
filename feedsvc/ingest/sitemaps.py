"""Sitemaps and their indexes (sitemaps.org): the pages they list, within bounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from feedsvc.ingest.kit import Kit
from feedsvc.ingest.visit import visit
from feedsvc.model.health import Validators
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem, ListPage
from feedsvc.net.client import Fetched, Gone
from feedsvc.text.urls import host_of, is_page

INDEX = "index"
"""What a reader calls a sitemap that lists sitemaps (`ListPage.preset`)."""

DEEPEST = 2
MOST_FILES = 20

_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a sitemap lists: pages of its own host, the newest first. `left_over`: it has more files than were read."""

    items: tuple[ListItem, ...] = ()
    kept: tuple[Validators, ...] = ()
    unchanged: bool = False
    gone: bool = False
    left_over: bool = False


async def read_sitemap(kit: Kit, source: Source) -> Listing:
    """Read a sitemap, and the files that an index names, the newest first. Raises FetchError, ReadError."""
    first = await visit(kit.db, kit.fetcher, source, source.url, kit.clock.now())
    if not isinstance(first.answer, Fetched):
        return Listing(gone=isinstance(first.answer, Gone), unchanged=not isinstance(first.answer, Gone))
    page = await kit.reader.sitemap(first.answer, source)
    if page.preset != INDEX:
        return Listing(newest_first(_pages(page, source)), (first.kept,) if first.kept else ())
    return await _follow(kit, source, page)


def newest_first(items: Iterable[ListItem]) -> tuple[ListItem, ...]:
    """By date, undated ones last; otherwise as they stand."""
    return tuple(sorted(items, key=lambda item: item.date or _EARLIEST, reverse=True))


async def _follow(kit: Kit, source: Source, index: ListPage) -> Listing:
    """The files of an index. Its own validators are not kept: it may stand unchanged while its files change."""
    waiting, asked = [(file, 1) for file in _files(index, source)], {source.url}
    items: list[ListItem] = []
    kept: list[Validators] = []
    changed = False
    while waiting and len(asked) <= MOST_FILES:
        file, depth = waiting.pop(0)
        if file.url in asked:
            continue
        asked.add(file.url)
        seen = await visit(kit.db, kit.fetcher, source, file.url, kit.clock.now())
        if not isinstance(seen.answer, Fetched):
            continue
        changed = True
        page = await kit.reader.sitemap(seen.answer, source)
        items += _pages(page, source)
        kept += [seen.kept] if seen.kept and page.preset != INDEX else []
        waiting += [(child, depth + 1) for child in _files(page, source)] if depth < DEEPEST else []
    return Listing(newest_first(items), tuple(kept), not changed, left_over=bool(waiting))


def _pages(page: ListPage, source: Source) -> list[ListItem]:
    if page.preset == INDEX:
        return []
    return [item for item in page.items if host_of(item.url) == host_of(source.url) and is_page(item.url)]


def _files(page: ListPage, source: Source) -> tuple[ListItem, ...]:
    if page.preset != INDEX:
        return ()
    return newest_first(item for item in page.items if host_of(item.url) == host_of(source.url))
