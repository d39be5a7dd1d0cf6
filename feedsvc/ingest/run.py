"""Poll sources: claim one, read what it shows, write what is new, and say how it went."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedsvc import metrics
from feedsvc.clock import Clock
from feedsvc.errors import FeedsvcError, FetchError, ReadError, StorageError
from feedsvc.ingest import backoff, burst
from feedsvc.ingest.apply import LEASE, Found, Tally, apply
from feedsvc.ingest.decide import Circumstances
from feedsvc.ingest.fronts import Front, SourceGoneError, read_front
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.pages import Missed, Reading, read_page
from feedsvc.ingest.politeness import PoliteFetcher
from feedsvc.ingest.ports import OnProgress, Progress, StoryReader, unwatched
from feedsvc.ingest.report import PollReport
from feedsvc.logs import get_logger
from feedsvc.model.health import PollOutcome, PollRecord, SourceHealth, Validators
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.settings import Settings
from feedsvc.storage import articles, origins, polls, sources, validators
from feedsvc.storage.database import Database

log = get_logger(__name__)

BATCH = 10
"""Stories written in one transaction: a process that is killed loses no more, and the next poll finds them."""

_SOON = timedelta(minutes=5)
_GONE_APART = timedelta(days=1)
_GONE = "The site says that this address was taken away for good (410)."
_INTERNAL = "Something went wrong inside feedsvc; the log says what. It is tried again later."


@dataclass(frozen=True, slots=True)
class _Job:
    """One claimed source, how it was doing, and when the poll began (UTC)."""

    source: Source
    health: SourceHealth
    started_at: datetime

    @property
    def first_poll(self) -> bool:
        """Has it never been polled?"""
        return self.health.first_polled_at is None


async def poll(
    db: Database,
    fetcher: PoliteFetcher,
    reader: StoryReader,
    settings: Settings,
    clock: Clock,
    slug: str,
    progress: OnProgress = unwatched,
) -> PollReport:
    """Poll one source now, due or not, paused or not. Raises NotFound, StorageError; upstream's faults are reported."""
    return await _poll(Kit(db, fetcher, reader, settings, clock, progress), slug, only_due=False)


async def tick(
    db: Database,
    fetcher: PoliteFetcher,
    reader: StoryReader,
    settings: Settings,
    clock: Clock,
    progress: OnProgress = unwatched,
) -> list[PollReport]:
    """Poll what is due, `[ingest] concurrency` sources at once, and publish articles whose embargo has ended.

    One source's fault never stops another; StorageError is raised where the database itself cannot be used. Ticks may
    overlap, in one process or in several: a source is polled by one of them.
    """
    kit = Kit(db, fetcher, reader, settings, clock, progress)
    await release_embargoed(db, clock)
    turns = asyncio.Semaphore(settings.ingest.concurrency)

    async def take(slug: str) -> PollReport | None:
        """Poll one of them when it is its turn; None where that could not be recorded."""
        async with turns:
            try:
                return await _poll(kit, slug, only_due=True)
            except FeedsvcError as error:
                # Its row is gone, or could not be written: the next tick sees what there is then.
                log.warning("poll not recorded", source=slug, error=str(error))
                return None

    async with db.read() as conn:
        due = await sources.due(conn, clock.now(), limit=settings.ingest.concurrency * 8)
    reports = await asyncio.gather(*map(take, due))
    return [report for report in reports if report and report.outcome != PollOutcome.BUSY]


async def release_embargoed(db: Database, clock: Clock) -> list[str]:
    """Publish what was embargoed until now or earlier; returns the articles' ids. Raises StorageError."""
    async with db.read() as conn:
        if not await articles.is_release_due(conn, clock.now()):
            return []
    async with db.write() as conn:
        return await articles.release_due(conn, clock.now())


async def _poll(kit: Kit, slug: str, only_due: bool) -> PollReport:
    started = kit.clock.now()
    async with kit.db.write() as conn:
        claimed = await sources.claim(conn, slug, started, LEASE, only_due)
    if claimed is None:
        return PollReport(slug, PollOutcome.BUSY, started, started)
    job, tally = _Job(*claimed, started), Tally()
    try:
        report = await _read_and_record(kit, job, tally)
    except asyncio.CancelledError:
        # The process is stopping: whoever starts next need not wait for the lease to lapse.
        async with kit.db.write() as conn:
            await sources.give_back(conn, slug)
        raise
    metrics.polls.labels(report.outcome.value).inc()
    for change, count in (("new", report.new), ("changed", report.changed), ("failed", report.failed)):
        metrics.articles.labels(change).inc(count)
    log.info("poll finished", source=slug, outcome=report.outcome.value, new=report.new, changed=report.changed)
    return report


async def _read_and_record(kit: Kit, job: _Job, tally: Tally) -> PollReport:
    try:
        front = await read_front(kit, job.source, job.health)
        await _bring_in(kit, job, front, tally)
    except SourceGoneError:
        return await _record_gone(kit, job)
    except (FetchError, ReadError) as error:
        return await _record_failure(kit, job, tally, (error.code, str(error)), getattr(error, "retry_after", None))
    except StorageError:
        raise
    except Exception:
        # A fault of ours in one source must not stop the others, nor be tried in a tight loop.
        log.exception("poll failed", source=job.source.slug)
        return await _record_failure(kit, job, tally, ("internal", _INTERNAL), None)
    return await _record_success(kit, job, front, tally)


async def _bring_in(kit: Kit, job: _Job, front: Front, tally: Tally) -> None:
    """Read the wanted pages one after another, and write stories in small batches as they come."""
    what = Circumstances(job.source, job.started_at, job.first_poll, burst=bool(front.burst))
    for start in range(0, len(front.stories), BATCH):
        await apply(kit, front.stories[start : start + BATCH], replace(what, now=kit.clock.now()), tally)
    reading = Reading(job.source, front.host, job.first_poll)
    batch: list[Found] = []
    for number, wanted in enumerate(front.wanted):
        kit.progress(Progress(job.source.slug, number, len(front.wanted), wanted.item.url))
        read = await read_page(kit, wanted, reading)
        if isinstance(read, Missed):
            await _note_missed(kit, job, read, tally)
        elif read is not None:
            batch.append(read)
        if len(batch) == BATCH:
            await apply(kit, batch, replace(what, now=kit.clock.now()), tally)
            batch = []
    await apply(kit, batch, replace(what, now=kit.clock.now()), tally)
    kit.progress(Progress(job.source.slug, len(front.wanted), len(front.wanted)))


async def _note_missed(kit: Kit, job: _Job, missed: Missed, tally: Tally) -> None:
    tally.miss(missed.problem)
    log.info("story missed", source=job.source.slug, url=missed.url, error=missed.problem)
    if job.source.kind == SourceKind.SITEMAP:
        # Sitemaps list many pages that are no stories: each is tried once a week, not at every poll.
        async with kit.db.write() as conn:
            await validators.put(conn, job.source.slug, Validators(missed.url, None, None, kit.clock.now()))


async def _record_success(kit: Kit, job: _Job, front: Front, tally: Tally) -> PollReport:
    now, slug = kit.clock.now(), job.source.slug
    nothing = front.unchanged and not (tally.new or tally.changed)
    outcome = PollOutcome.UNCHANGED if nothing else PollOutcome.OK
    complete = not front.left_over and (not tally.failed or job.source.kind == SourceKind.SITEMAP)
    wait = backoff.after_success(job.source.interval, kit.chance())
    report = replace(
        _report(job, tally, outcome, now),
        found=front.found,
        next_poll_at=now + (min(wait, _SOON) if front.left_over else wait),
    )
    notice = burst.notice(tally.held) if front.burst and tally.held else ""
    async with kit.db.write() as conn:
        await origins.seen(conn, slug, front.keys, now)
        # A front whose stories are not all in must come in full again: its 304 would hide the rest.
        for kept in front.kept if complete else ():
            await validators.put(conn, slug, kept)
        caught_up = not front.left_over
        await sources.record_success(conn, slug, now, report.next_poll_at or now, caught_up, notice)
        await polls.add(conn, _record(report))
    return report


async def _record_failure(
    kit: Kit, job: _Job, tally: Tally, error: tuple[str, str], retry_after: float | None
) -> PollReport:
    now = kit.clock.now()
    wait = backoff.after_failure(job.source.interval, job.health.failures + 1, kit.chance(), retry_after)
    report = _report(job, tally, PollOutcome.FAILED, now)
    report = replace(report, error=error[1], error_code=error[0], next_poll_at=now + wait)
    async with kit.db.write() as conn:
        await sources.record_failure(conn, job.source.slug, now, error, now + wait)
        await polls.add(conn, _record(report))
    return report


async def _record_gone(kit: Kit, job: _Job) -> PollReport:
    """410 once: ask again a day later. 410 twice a day apart: stop, and tell the admin."""
    now, slug = kit.clock.now(), job.source.slug
    async with kit.db.write() as conn:
        since = await polls.gone_since(conn, slug, job.health.last_success_at)
        final = since is not None and now - since >= _GONE_APART
        after = "It is not polled any more: give the source its new address" if final else "It is asked again in a day"
        words = f"{job.source.url}: {_GONE} {after}{f', then run `feedsvc source resume {slug}`' if final else ''}."
        due = now + _GONE_APART
        await sources.record_failure(conn, slug, now, ("gone", words), due, gone=final)
        report = _report(job, Tally(), PollOutcome.GONE, now)
        report = replace(report, error=words, error_code="gone", next_poll_at=None if final else due)
        await polls.add(conn, _record(report))
    return report


def _report(job: _Job, tally: Tally, outcome: PollOutcome, now: datetime) -> PollReport:
    return PollReport(
        source=job.source.slug,
        outcome=outcome,
        started_at=job.started_at,
        finished_at=now,
        new=tally.new,
        changed=tally.changed,
        held=tally.held,
        failed=tally.failed,
        problems=tuple(tally.problems),
    )


def _record(report: PollReport) -> PollRecord:
    return PollRecord(**{name: getattr(report, name) for name in PollRecord.__slots__})
