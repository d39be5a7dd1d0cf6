"""Walk back through a source's older pages: its list's "next" links, or the archive of a feed (RFC 5005).

Nothing is computed: a page leads to the next by a link of its own. After each whole page the place is kept, so that a walk
that was stopped, killed or turned away goes on where it was. It runs beside the polls and never stops them; what both find
enters once. It counts as a first poll: what is undated or old enters the archive and the feeds, never a digest, and
nothing is held as a burst.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from feedsvc.errors import FetchError, InputError, ReadError
from feedsvc.ingest.intake import identity
from feedsvc.ingest.intake.apply import Found, Refused, bring_in, rising
from feedsvc.ingest.intake.decide import Circumstances, New
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.fronts import Wanted
from feedsvc.ingest.polling.pages import Missed, Reading, read_page
from feedsvc.logs import get_logger
from feedsvc.model.health import BackfillStanding
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.net.client import Fetched
from feedsvc.storage import backfills, origins, sources
from feedsvc.text.urls import canonical, host_of, site_of

log = get_logger(__name__)

DEPTH = 10
"""Pages of one walk where nobody says how many."""

BATCH = 10
"""Stories written in one transaction: a process that is killed loses no more."""

_KNOWN_PAGES = 2


class Ended(StrEnum):
    """Why a walk stopped. After `depth` and `failed` the next one goes on where this one was."""

    LAST = "last"
    LOOP = "loop"
    KNOWN = "known"
    DEPTH = "depth"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BackfillReport:
    """How far a walk is. `pages`, `found` and `new` count from its beginning, over all its parts.

    `url` is the page it is at, or is to go on with; `problems` says which stories could not be had, a sentence each.
    `error` is why it failed; `ended` is None while it goes on.
    """

    source: str
    url: str
    pages: int = 0
    found: int = 0
    new: int = 0
    problems: tuple[str, ...] = ()
    ended: Ended | None = None
    error: str = ""


Watch = Callable[[BackfillReport], None]


@dataclass(frozen=True, slots=True)
class _Page:
    """What one page shows, the oldest first: stories read already (feeds), or pages to read; and where older ones are."""

    keys: frozenset[str]
    stories: tuple[Found, ...]
    wanted: tuple[Wanted, ...]
    unknown: int
    next_url: str


@dataclass(slots=True)
class _Walk:
    """One walk as it goes on. `past_known`: pages that bring nothing new do not end it."""

    source: Source
    report: BackfillReport
    started_at: datetime
    past_known: bool
    instants: Iterator[datetime]
    visited: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    known_pages: int = 0

    def end_after(self, page: _Page) -> Ended | None:
        """Why the walk ends with this page, if it does. The page's own counts are not in yet."""
        repeated = bool(page.keys) and page.keys <= self.seen
        self.seen |= page.keys
        self.known_pages = 0 if page.unknown else self.known_pages + 1
        if not page.next_url or site_of(page.next_url) != site_of(self.source.url):
            return Ended.LAST
        if repeated or canonical(page.next_url) in self.visited:
            return Ended.LOOP
        # The first pages are known from polling. A pinned story may make one look new, two whole ones are no accident.
        return Ended.KNOWN if self.known_pages >= _KNOWN_PAGES and not self.past_known else None


async def backfill(
    kit: Kit, slug: str, depth: int = DEPTH, restart: bool = False, watch: Watch = lambda _report: None
) -> BackfillReport:
    """Walk back `depth` pages, or as far as there is anything. `restart` begins anew, and walks on past what is known.

    Raises NotFound, InputError for a source without older pages (sitemaps, push), StorageError. What the site does wrong
    is reported: then the walk goes on with the same page the next time.
    """
    walk = await _begin(kit, slug, restart)
    for _ in range(depth):
        walk.visited.add(canonical(walk.report.url))
        try:
            page = await _read(kit, walk)
            await _bring_in(kit, walk, page, watch)
        except (FetchError, ReadError) as error:
            words = f"{error} Run the same command again to go on from there."
            walk.report = replace(walk.report, ended=Ended.FAILED, error=words)
            break
        await _turn_over(kit, walk, page)
        watch(walk.report)
        if walk.report.ended:
            break
    else:
        walk.report = replace(walk.report, ended=Ended.DEPTH)
    log.info("backfill", source=slug, pages=walk.report.pages, new=walk.report.new, ended=str(walk.report.ended))
    return walk.report


async def _begin(kit: Kit, slug: str, restart: bool) -> _Walk:
    now = kit.clock.now()
    async with kit.db.write() as conn:
        source = await sources.get(conn, slug)
        if source.kind not in (SourceKind.PAGE, SourceKind.FEED):
            msg = f"{slug} is a {source.kind} source: it has no older pages to follow. What it offers is read by every poll."
            raise InputError(msg)
        last = await backfills.get(conn, slug)
        if restart:
            await backfills.forget(conn, slug)
    if last is None or restart:
        return _Walk(source, BackfillReport(slug, source.url), now, restart, rising(kit.clock))
    report = BackfillReport(slug, last.next_url, last.pages, last.found, last.new)
    return _Walk(source, report, last.started_at, True, rising(kit.clock))


async def _read(kit: Kit, walk: _Walk) -> _Page:
    """The page that the walk is at. Raises FetchError, ReadError."""
    source, url = walk.source, walk.report.url
    answer = await kit.fetcher.get(url, allow_private=source.allow_private)
    if not isinstance(answer, Fetched):
        msg = f"{url} was taken away (410)."
        raise FetchError(msg)
    if source.kind == SourceKind.FEED:
        feed = await kit.reader.feed(answer, source)
        keys = frozenset(key for story in feed.stories for key in identity.keys(story))
        known = await _known(kit, source, keys)
        found = tuple(Found(story) for story in reversed(feed.stories))
        return _Page(keys, found, (), len(keys - known), await kit.reader.older_feed(answer, source))
    listed = await kit.reader.list_page(answer, source)
    items = {canonical(item.url): item for item in reversed(listed.items)}
    known = await _known(kit, source, frozenset(items))
    wanted = tuple(Wanted(item) for key, item in items.items() if key not in known)
    return _Page(frozenset(items), (), wanted, len(wanted), listed.next_url or "")


async def _known(kit: Kit, source: Source, keys: frozenset[str]) -> frozenset[str]:
    async with kit.db.read() as conn:
        return frozenset(await origins.known(conn, source.slug, keys))


async def _bring_in(kit: Kit, walk: _Walk, page: _Page, watch: Watch) -> None:
    for start in range(0, len(page.stories), BATCH):
        await _write(kit, walk, page.stories[start : start + BATCH])
    reading = Reading(walk.source, host_of(walk.source.url), first_poll=True)
    batch: list[Found] = []
    for wanted in page.wanted:
        watch(walk.report)
        read = await read_page(kit, wanted, reading)
        if isinstance(read, Missed):
            walk.report = replace(walk.report, problems=(*walk.report.problems, read.problem))
        elif read is not None:
            batch.append(read)
        if len(batch) == BATCH:
            await _write(kit, walk, batch)
            batch = []
    await _write(kit, walk, batch)


async def _write(kit: Kit, walk: _Walk, batch: Sequence[Found]) -> None:
    if not batch:
        return
    # Each of the stories has an instant of its own; the batch is told of the first.
    now, *_ = [next(walk.instants) for _ in batch]
    what = Circumstances(walk.source, now, first_poll=True)
    async with kit.db.write() as conn:
        results = await bring_in(conn, batch, what, kit.settings.site.base_url)
    new = sum(not isinstance(result, Refused) and isinstance(result.intent, New) for result in results)
    refused = tuple(result.problem for result in results if isinstance(result, Refused))
    walk.report = replace(walk.report, new=walk.report.new + new, problems=walk.report.problems + refused)


async def _turn_over(kit: Kit, walk: _Walk, page: _Page) -> None:
    """The page is in as a whole: keep where the walk goes on, or that it is over."""
    ended = walk.end_after(page)
    report = replace(walk.report, pages=walk.report.pages + 1, found=walk.report.found + len(page.keys), ended=ended)
    walk.report = report if ended else replace(report, url=page.next_url)
    async with kit.db.write() as conn:
        if ended:
            await backfills.forget(conn, report.source)
            return
        counts = (report.pages, report.found, report.new)
        await backfills.put(
            conn, BackfillStanding(report.source, page.next_url, *counts, walk.started_at, kit.clock.now())
        )
