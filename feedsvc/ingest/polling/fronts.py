"""The front of a source: its list page, feed or sitemap, and which of its stories are to be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.errors import ReadError
from feedsvc.ingest.intake import identity
from feedsvc.ingest.intake.apply import Found
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.burst import LEAST, Usual, is_burst
from feedsvc.ingest.polling.fingerprints import Fingerprints
from feedsvc.ingest.polling.sitemaps import read_sitemap
from feedsvc.ingest.polling.visit import Visit, ask
from feedsvc.model.health import SourceHealth, Validators
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import FeedRead, ListItem
from feedsvc.net.client import Fetched, Gone
from feedsvc.storage import origins, polls, validators
from feedsvc.text.urls import canonical, host_of

RECHECKED = 20
"""Of the pages a list shows first, those known already are asked for again: a correction is seen within one poll."""

MOST_PAGES = 60
"""Unknown pages that one poll reads; the rest waits for the next."""

_TRY_AGAIN = timedelta(days=7)


class SourceGoneError(Exception):
    """The source's own address answered 410."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to read; `known`: it was read before, and is asked for only in case it changed."""

    item: ListItem
    known: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """What a source shows now.

    `stories` were read already (feeds), `wanted` are pages to read, both the oldest first. `kept` are validators to
    store once everything is in; `left_over`: there was more than one poll reads. `keys` are the pages known before.
    """

    found: int = 0
    host: str = ""
    unchanged: bool = False
    stories: tuple[Found, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    kept: tuple[Validators, ...] = ()
    keys: tuple[str, ...] = ()
    left_over: bool = False
    burst: int = 0

    def judged_by(self, wanted: Wanted) -> bool:
        """Does a page tell whether the source still brings what it used to? A known one only where no other is wanted."""
        return not wanted.known or self.wanted[0].known


async def read_front(
    kit: Kit, source: Source, health: SourceHealth, last: Validators | None, prints: Fingerprints
) -> Front:
    """Fetch and read what it shows; `last` is what the source remembers of its own address.

    Raises FetchError, ReadError (also where it shows nothing), SourceGoneError.
    """
    if source.kind == SourceKind.SITEMAP:
        return await _sitemap(kit, source)
    seen = await ask(kit.fetcher, source, source.url, last, kit.clock.now())
    if isinstance(seen.answer, Gone):
        raise SourceGoneError
    if not isinstance(seen.answer, Fetched):
        return await _unchanged(kit, source)
    if source.kind == SourceKind.FEED:
        known = await prints.of(source.slug) if health.last_success_at else frozenset()
        return await _feed(kit, source, health, seen.answer, seen, known)
    return await _list(kit, source, health, seen.answer, seen)


def require_some(source: Source, found: int, url: str) -> None:
    """Raises ReadError where a source shows no story at all: that is a fault of the source, never "no news"."""
    if found:
        return
    msg = (
        f"{url} shows no stories. What was there stays. Look at it with `feedsvc source check {source.slug}`: if the "
        "site was rebuilt, the source needs other rules."
    )
    raise ReadError(msg)


async def _feed(
    kit: Kit, source: Source, health: SourceHealth, fetched: Fetched, seen: Visit, known: frozenset[str]
) -> Front:
    """Entries that are as they were when they came in are only counted; the others are read."""
    feed = await kit.reader.feed(fetched, source, known)
    found = len(feed.stories) + feed.unchanged
    require_some(source, found + feed.dropped, fetched.url)
    return Front(
        found=found,
        stories=tuple(Found(story) for story in reversed(feed.stories)),
        kept=_one(seen),
        burst=await _burst(kit, source, health, await _unknown_dates(kit, source, health, feed), found),
    )


async def _unknown_dates(kit: Kit, source: Source, health: SourceHealth, feed: FeedRead) -> list[datetime | None]:
    """The dates of the stories that this source never showed, where there may be enough of them to matter."""
    if health.first_polled_at is None or len(feed.stories) < LEAST:
        return []
    dates = {key: story.published for story in feed.stories for key in identity.keys(story)}
    async with kit.db.read() as conn:
        known = await origins.known(conn, source.slug, dates)
    return [date for key, date in dates.items() if key not in known]


async def _list(kit: Kit, source: Source, health: SourceHealth, fetched: Fetched, seen: Visit) -> Front:
    page = await kit.reader.list_page(fetched, source)
    require_some(source, len(page.items), fetched.url)
    items = {canonical(item.url): item for item in reversed(page.items)}
    async with kit.db.read() as conn:
        known = await origins.known(conn, source.slug, items)
    unknown = [item for key, item in items.items() if key not in known]
    first = {canonical(item.url) for item in page.items[:RECHECKED]}
    again = [Wanted(item, known=True) for key, item in items.items() if key in known and key in first]
    # The newest are at the end: where there are too many, the older ones wait.
    return Front(
        found=len(items),
        host=host_of(fetched.url),
        wanted=(*map(Wanted, unknown[-MOST_PAGES:]), *again),
        kept=_one(seen),
        keys=tuple(known),
        left_over=len(unknown) > MOST_PAGES,
        burst=await _burst(kit, source, health, [item.date for item in unknown], len(items)),
    )


async def _unchanged(kit: Kit, source: Source) -> Front:
    """The list is as it was; its stories' own pages may still have been corrected."""
    if source.kind == SourceKind.FEED:
        return Front(unchanged=True)
    async with kit.db.read() as conn:
        newest = await origins.newest(conn, source.slug, RECHECKED)
    again = tuple(Wanted(ListItem(origin.url), known=True) for origin in reversed(newest))
    return Front(unchanged=True, host=host_of(source.url), wanted=again)


async def _sitemap(kit: Kit, source: Source) -> Front:
    """Unknown pages of the sitemap's own site, the newest of them; those that could not be read rest for a week."""
    found = await read_sitemap(kit, source)
    if found.gone:
        raise SourceGoneError
    if found.unchanged:
        return Front(unchanged=True)
    require_some(source, len(found.items), source.url)
    items = {canonical(item.url): item for item in found.items}
    async with kit.db.read() as conn:
        known = await origins.known(conn, source.slug, items)
        since = kit.clock.now() - _TRY_AGAIN
        tried = await validators.tried(conn, source.slug, (item.url for item in items.values()), since)
    unknown = [item for key, item in items.items() if key not in known and item.url not in tried]
    return Front(
        found=len(items),
        host=host_of(source.url),
        wanted=tuple(map(Wanted, reversed(unknown[:MOST_PAGES]))),
        kept=found.kept,
        left_over=len(unknown) > MOST_PAGES,
    )


async def _burst(kit: Kit, source: Source, health: SourceHealth, dates: list[datetime | None], found: int) -> int:
    """How many unknown stories are too many at once; 0 where they are not."""
    if health.first_polled_at is None or not dates:
        return 0
    now = kit.clock.now()
    async with kit.db.read() as conn:
        newest = await origins.newest_date(conn, source.slug)
        per_day = await polls.usual_per_day(conn, source.slug, health.first_polled_at, now)
    usual = Usual(newest, per_day, now - (health.last_success_at or health.first_polled_at))
    return len(dates) if is_burst(dates, found, usual) else 0


def _one(seen: Visit) -> tuple[Validators, ...]:
    return (seen.kept,) if seen.kept else ()
