"""Poll sources: claim what is due, read what it shows, bring in what is new, and say how it went.

Many sources are polled at once, each by a task of its own. They meet in two places: the reader, which takes one page at a
time, and the recorder, which commits whatever waits in one transaction. A source is claimed until its outcome is
committed, so a process that is killed loses nothing and repeats at most a fetch.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from feedsvc import metrics
from feedsvc.clock import Clock
from feedsvc.errors import FeedsvcError, FetchError, ReadError, StorageError, WaitNotOver
from feedsvc.ingest.intake import nearness
from feedsvc.ingest.intake.apply import Found, Refused, prepare, rising
from feedsvc.ingest.intake.decide import Circumstances
from feedsvc.ingest.intake.planning import Prepared
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling import outcomes
from feedsvc.ingest.polling.claiming import Job, Leases, holding
from feedsvc.ingest.polling.fingerprints import Fingerprints
from feedsvc.ingest.polling.fronts import Front, SourceGoneError, read_front
from feedsvc.ingest.polling.looks import look
from feedsvc.ingest.polling.outcomes import Tally
from feedsvc.ingest.polling.pages import Missed, Reading, read_page
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.polling.recorder import MOST_STORIES, Closing, Conclude, Recorder, Results, Work
from feedsvc.ingest.ports import OnProgress, Progress, StoryReader, unwatched
from feedsvc.ingest.report import PollReport
from feedsvc.logs import get_logger
from feedsvc.model.health import PollOutcome, Validators
from feedsvc.model.newsroom import SourceKind
from feedsvc.settings import Settings
from feedsvc.storage import articles, origins, polls
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn

log = get_logger(__name__)

BATCH = 10
"""Pages whose stories are written together: a process that is killed loses no more, and the next poll finds them."""

GATHER = 0.1
"""Seconds that a tick's outcomes wait for others, to be committed together: the next fetches do not wait for them."""

# Stories that are prepared before others get a turn on the loop.
_AT_ONCE = 4
_INTERNAL = "Something went wrong inside feedsvc; the log says what. It is tried again later."


@dataclass(frozen=True, slots=True)
class _Line:
    """What the polls of one tick share."""

    kit: Kit
    leases: Leases
    recorder: Recorder
    prints: Fingerprints


@dataclass(slots=True)
class _Course:
    """One poll under way: its source, what became of its stories so far, and an instant for each story to come."""

    job: Job
    instants: Iterator[datetime]
    tally: Tally = field(default_factory=Tally)


async def poll(
    db: Database,
    fetcher: PoliteFetcher,
    reader: StoryReader,
    settings: Settings,
    clock: Clock,
    slug: str,
    progress: OnProgress = unwatched,
) -> PollReport:
    """Poll one source now, due or not, paused or not.

    Raises NotFound, InputError (for a source that is pushed), StorageError; upstream's faults are reported.
    """
    async with _lined_up(Kit(db, fetcher, reader, settings, clock, progress)) as line:
        job = await line.leases.claim(slug)
        if job is None:
            return PollReport(slug, PollOutcome.BUSY, clock.now(), clock.now())
        report = await _conclude(line, job, await _follow(line, job))
    await nearness.tick(db)
    return report


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
    await release_embargoed(db, clock)
    turns = asyncio.Semaphore(settings.ingest.concurrency)
    reports: list[PollReport] = []

    async def take(line: _Line, job: Job) -> None:
        """Poll one of them when it is its turn."""
        try:
            with line.recorder.coming():
                async with turns:
                    last = await _follow(line, job)
            reports.append(await _conclude(line, job, last))
        except FeedsvcError as error:
            # Its row is gone, or could not be written: the next tick sees what there is then.
            line.leases.let_go(job.source.slug)
            log.warning("poll not recorded", source=job.source.slug, error=str(error))

    async with _lined_up(Kit(db, fetcher, reader, settings, clock, progress), GATHER) as line:
        await _each_due(line, settings.ingest.concurrency * 8, take)
    return reports


async def _each_due(line: _Line, most: int, take: Callable[[_Line, Job], Coroutine[object, object, None]]) -> None:
    """Claim what is due, at most so many at a time, until nothing is left; a task for each. Raises StorageError."""
    tasks: list[asyncio.Task[None]] = []
    running: set[asyncio.Task[None]] = set()
    try:
        while jobs := await line.leases.claim_due(most - len(running)):
            started = [asyncio.create_task(take(line, job)) for job in jobs]
            tasks += started
            running.update(started)
            while len(running) > most // 2:
                _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        for task in running:
            task.cancel()
        raise
    finally:
        # Where the database fails, what is under way still comes to its end.
        await asyncio.gather(*tasks)


async def release_embargoed(db: Database, clock: Clock) -> list[str]:
    """Publish what was embargoed until now or earlier; returns the articles' ids. Raises StorageError."""
    async with db.read() as conn:
        if not await articles.is_release_due(conn, clock.now()):
            return []
    async with db.write() as conn:
        released = await articles.release_due(conn, clock.now())
    log.info("embargoes ended", articles=released)
    return released


@asynccontextmanager
async def _lined_up(kit: Kit, gather: float = 0.0) -> AsyncIterator[_Line]:
    async with holding(kit) as leases:
        recorder = Recorder(kit, gather)
        try:
            yield _Line(kit, leases, recorder, Fingerprints(kit.db))
        finally:
            await recorder.close()


async def _conclude(line: _Line, job: Job, last: Work) -> PollReport:
    """Commit the last work of a poll. Raises StorageError."""
    _, closing = await line.recorder.record(last)
    line.leases.let_go(job.source.slug)
    assert closing is not None  # its work says how to conclude
    report = closing.report
    metrics.polls.labels(report.outcome.value).inc()
    for change, count in (("new", report.new), ("changed", report.changed), ("failed", report.failed)):
        if count:
            metrics.articles.labels(change).inc(count)
    told = log.debug if report.outcome == PollOutcome.UNCHANGED else log.info
    told("poll finished", source=report.source, outcome=report.outcome.value, new=report.new, changed=report.changed)
    return report


async def _follow(line: _Line, job: Job) -> Work:
    """Read all that a source shows; returns the last of the work, with the poll's conclusion. Raises StorageError."""
    course = _Course(job, rising(line.kit.clock))
    try:
        front = await read_front(line.kit, job.source, job.health, job.last, line.prints)
        if front.stories:
            return await _from_feed(line, course, front)
        return await _from_pages(line, course, front)
    except SourceGoneError:
        return Work(conclude=_gone(line.kit, job))
    except WaitNotOver as error:
        now = line.kit.clock.now()
        until = error.until or now
        words = f"{error.origin} asked us to wait: it waits until {until:%Y-%m-%d %H:%M} UTC."
        return _ended(outcomes.waiting(job, words, until, now))
    except (FetchError, ReadError) as error:
        return _failed(line.kit, course, (error.code, str(error)), getattr(error, "retry_after", None))
    except StorageError:
        raise
    except Exception:
        # A fault of ours in one source must not stop the others, nor be tried in a tight loop.
        log.exception("poll failed", source=job.source.slug)
        return _failed(line.kit, course, ("internal", _INTERNAL), None)


async def _from_feed(line: _Line, course: _Course, front: Front) -> Work:
    course.tally = course.tally.reading(front.stories)
    stories = await _prepared(course, front.stories, front)
    whole = len(stories) - 1 - (len(stories) - 1) % MOST_STORIES
    for start in range(0, whole, MOST_STORIES):
        await _bring_in(line, course, stories[start : start + MOST_STORIES])
    return _succeeded(line.kit, course, front, stories[whole:])


async def _from_pages(line: _Line, course: _Course, front: Front) -> Work:
    """Read the wanted pages one after another, and write stories in small batches as they come."""
    kit, slug = line.kit, course.job.source.slug
    reading = Reading(course.job.source, front.host, course.job.first_poll)
    batch: list[Found] = []
    for number, wanted in enumerate(front.wanted):
        kit.progress(Progress(slug, number, len(front.wanted), wanted.item.url))
        read = await read_page(kit, wanted, reading)
        if isinstance(read, Missed):
            _note_missed(kit, course, read)
        elif read is not None:
            batch.append(read)
            if read.kept and front.judged_by(wanted):
                course.tally = course.tally.reading([read])
        if len(batch) == BATCH:
            await _bring_in(line, course, await _prepared(course, batch, front))
            batch = []
    kit.progress(Progress(slug, len(front.wanted), len(front.wanted)))
    return _succeeded(kit, course, front, await _prepared(course, batch, front))


async def _prepared(course: _Course, found: Sequence[Found], front: Front) -> list[Prepared | Refused]:
    what = Circumstances(course.job.source, course.job.started_at, course.job.first_poll, burst=bool(front.burst))
    stories: list[Prepared | Refused] = []
    for number, one in enumerate(found, 1):
        stories.append(prepare(one, replace(what, now=next(course.instants))))
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return stories


async def _bring_in(line: _Line, course: _Course, stories: Sequence[Prepared | Refused]) -> None:
    results, _ = await line.recorder.record(Work(stories))
    course.tally = course.tally.after(results)


def _note_missed(kit: Kit, course: _Course, missed: Missed) -> None:
    log.info("story missed", source=course.job.source.slug, url=missed.url, error=missed.problem)
    # Sitemaps list many pages that are no stories: each is tried once a week, not at every poll.
    rests = course.job.source.kind == SourceKind.SITEMAP
    tried = Validators(missed.url, None, None, kit.clock.now()) if rests else None
    course.tally = course.tally.missing(missed.problem, tried)


def _succeeded(kit: Kit, course: _Course, front: Front, stories: Sequence[Prepared | Refused]) -> Work:
    job, tally, chance = course.job, course.tally, kit.chance()

    async def conclude(conn: Conn, results: Results) -> Closing:
        """Count the last stories, and judge the poll beside earlier ones where that may matter."""
        whole, slug = tally.after(results), job.source.slug
        if front.keys:
            await origins.seen(conn, slug, front.keys, kit.clock.now())
        beside = await look(conn, job.health, whole.brought, bool(front.burst))
        return outcomes.success(job, front, whole, beside, kit.clock.now(), chance)

    return Work(stories, conclude)


def _failed(kit: Kit, course: _Course, error: tuple[str, str], retry_after: float | None) -> Work:
    return _ended(outcomes.failure(course.job, course.tally, error, retry_after, kit.clock.now(), kit.chance()))


def _ended(closing: Closing) -> Work:
    async def conclude(_conn: Conn, _results: Results) -> Closing:
        """Nothing more came in."""
        return closing

    return Work(conclude=conclude)


def _gone(kit: Kit, job: Job) -> Conclude:
    async def conclude(conn: Conn, _results: Results) -> Closing:
        """Since when it has been gone stands in its polls."""
        since = await polls.gone_since(conn, job.source.slug, job.health.last_success_at)
        return outcomes.gone(job, since, kit.clock.now())

    return conclude
