"""Sitemaps and their indexes (sitemaps.org): the pages they list, within bounds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from feedsvc.errors import FetchError, ReadError
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.visit import visit
from feedsvc.logs import get_logger
from feedsvc.model.health import Validators
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem, ListPage
from feedsvc.net.client import Fetched, Gone
from feedsvc.text.urls import is_page, site_of

log = get_logger(__name__)

DEEPEST = 2
MOST_FILES = 20
"""Files of an index that one poll reads: the first and the last of them, for the newest stand at one end."""

_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a sitemap lists: pages of its own site, the newest first, and the validators of its files."""

    items: tuple[ListItem, ...] = ()
    kept: tuple[Validators, ...] = ()
    unchanged: bool = False
    gone: bool = False


async def read_sitemap(kit: Kit, source: Source) -> Listing:
    """Read a sitemap, or the files that an index names. Raises FetchError, ReadError.

    A file that fails costs itself, unless all of them do. An index's own validators are not kept: it may stand unchanged
    while its files change.
    """
    first = await visit(kit.db, kit.fetcher, source, source.url, kit.clock.now())
    if not isinstance(first.answer, Fetched):
        return Listing(gone=isinstance(first.answer, Gone), unchanged=not isinstance(first.answer, Gone))
    page = await kit.reader.sitemap(first.answer, source)
    if page.sitemaps:
        return await _follow(kit, source, page)
    return Listing(own_pages(page, source), (first.kept,) if first.kept else ())


def newest_first(items: Iterable[ListItem]) -> tuple[ListItem, ...]:
    """By date of publication or last change, undated ones last; otherwise as they stand."""
    return tuple(sorted(items, key=lambda item: item.date or item.modified or _EARLIEST, reverse=True))


def own_pages(page: ListPage, source: Source) -> tuple[ListItem, ...]:
    """The pages that a sitemap lists of its own site (with `www.` or without), the newest first. Others are left out.

    A sitemap speaks for the host it stands on (sitemaps.org, "Sitemap file location").
    """
    site = site_of(source.url)
    return newest_first(item for item in page.items if site_of(item.url) == site and is_page(item.url))


def own_files(page: ListPage, source: Source) -> list[str]:
    """The sitemaps of its own site that an index names, in its order."""
    site = site_of(source.url)
    return [url for url in page.sitemaps if site_of(url) == site]


async def _follow(kit: Kit, source: Source, index: ListPage) -> Listing:
    waiting, asked = [(url, 1) for url in _files(index, source)], {source.url}
    items: list[ListItem] = []
    kept: list[Validators] = []
    failure: FetchError | ReadError | None = None
    answered = changed = False
    while waiting and len(asked) <= MOST_FILES:
        url, depth = waiting.pop(0)
        if url in asked:
            continue
        asked.add(url)
        try:
            page, validators = await _file(kit, source, url)
        except (FetchError, ReadError) as error:
            log.info("sitemap file missed", source=source.slug, url=url, error=str(error))
            failure = error
            continue
        answered, changed = True, changed or page is not None
        if page is not None:
            items += own_pages(page, source)
            kept += [validators] if validators and not page.sitemaps else []
            waiting += [(child, depth + 1) for child in _files(page, source)] if depth < DEEPEST else []
    if failure and not answered:
        raise failure
    return Listing(newest_first(items), tuple(kept), unchanged=answered and not changed)


async def _file(kit: Kit, source: Source, url: str) -> tuple[ListPage | None, Validators | None]:
    """A file of an index; no page where it did not change (or is gone)."""
    seen = await visit(kit.db, kit.fetcher, source, url, kit.clock.now())
    if not isinstance(seen.answer, Fetched):
        return None, None
    return await kit.reader.sitemap(seen.answer, source), seen.kept


def _files(page: ListPage, source: Source) -> list[str]:
    files = own_files(page, source)
    if len(files) <= MOST_FILES:
        return files
    return files[: MOST_FILES // 2] + files[-MOST_FILES // 2 :]
