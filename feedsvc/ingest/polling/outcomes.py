"""What a poll comes to: counts, when to poll again, what a person should look at. Decided here, written by `recorder`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedsvc.ingest.intake.apply import Applied, Found, Refused
from feedsvc.ingest.intake.decide import New, Revised, SameWithNewOrigin
from feedsvc.ingest.polling import backoff, burst, drift
from feedsvc.ingest.polling.claiming import Job
from feedsvc.ingest.polling.fronts import Front
from feedsvc.ingest.polling.looks import Look
from feedsvc.ingest.polling.recorder import Closing
from feedsvc.ingest.report import PollReport
from feedsvc.model.article import ArticleState
from feedsvc.model.health import Alarm, PollOutcome, SourceHealth, StoriesRead, Validators, joined
from feedsvc.model.newsroom import SourceKind
from feedsvc.storage.sources import Settlement

SOON = timedelta(minutes=5)
"""How long a source waits at the most that has shown more than one poll reads."""

GONE_APART = timedelta(days=1)
_GONE = "The site says that this address was taken away for good (410)."
# One poll of a hundred forgets its source's oldest ones.
_PRUNES = 0.01


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the stories of one poll so far. `tried`: pages that could not be had, to rest for a while."""

    new: int = 0
    changed: int = 0
    held: int = 0
    joined: int = 0
    failed: int = 0
    read: int = 0
    dated: int = 0
    bodied: int = 0
    problems: tuple[str, ...] = ()
    tried: tuple[Validators, ...] = ()

    def after(self, results: Iterable[Applied | Refused]) -> "Tally":
        """With what became of more stories."""
        results = list(results)
        applied = [one for one in results if isinstance(one, Applied)]
        refused = [one.problem for one in results if isinstance(one, Refused)]
        new = [one for one in applied if isinstance(one.intent, New)]
        return replace(
            self,
            new=self.new + len(new),
            held=self.held + sum(one.state == ArticleState.HELD for one in new),
            changed=self.changed + sum(isinstance(one.intent, Revised) for one in applied),
            joined=self.joined + sum(isinstance(one.intent, SameWithNewOrigin) for one in applied),
            failed=self.failed + len(refused),
            problems=(*self.problems, *refused),
        )

    def reading(self, found: Iterable[Found]) -> "Tally":
        """With stories that were read in full: those of a feed, and those whose page was read."""
        stories = [one.story for one in found]
        return replace(
            self,
            read=self.read + len(stories),
            dated=self.dated + sum(story.published is not None for story in stories),
            bodied=self.bodied + sum(bool(story.content_html) for story in stories),
        )

    def missing(self, problem: str, tried: Validators | None = None) -> "Tally":
        """With a story that could not be had this time."""
        more = (tried,) if tried else ()
        return replace(self, failed=self.failed + 1, problems=(*self.problems, problem), tried=(*self.tried, *more))

    @property
    def brought(self) -> StoriesRead:
        """What was read in full and tells how the source is doing."""
        return StoriesRead(self.read, self.dated, self.bodied, self.new)


def success(job: Job, front: Front, tally: Tally, look: Look, now: datetime, chance: float) -> Closing:
    """The source answered with something that could be read."""
    news = bool(tally.new or tally.changed)
    outcome = PollOutcome.UNCHANGED if front.unchanged and not news else PollOutcome.OK
    current = job.health.current_interval_seconds
    interval = backoff.next_interval(job.source, None if current is None else timedelta(seconds=current), news)
    wait = backoff.after_success(interval, chance)
    report = replace(
        _report(job, tally, outcome, now),
        found=front.found,
        next_poll_at=now + (min(wait, SOON) if front.left_over else wait),
    )
    alarms = _alarms(job.health, tally.brought, look)
    code, sentences = joined(alarms)
    settlement = Settlement(
        slug=job.source.slug,
        polled_at=now,
        next_poll_at=report.next_poll_at or now,
        caught_up=not front.left_over,
        alarm=sentences,
        alarm_code=code,
        alarm_since=_since(job.health, alarms, now),
        interval=interval,
    )
    # A front whose stories are not all in must come in full again: its 304 would hide the rest.
    complete = not front.left_over and (not tally.failed or job.source.kind == SourceKind.SITEMAP)
    kept = (*tally.tried, *(front.kept if complete else ()))
    return Closing(report, settlement, kept, prune=chance < _PRUNES)


def failure(
    job: Job, tally: Tally, error: tuple[str, str], retry_after: float | None, now: datetime, chance: float
) -> Closing:
    """The source could not be polled. `error`: a stable code and a sentence."""
    wait = backoff.after_failure(job.source.interval, job.health.failures + 1, chance, retry_after)
    report = replace(
        _report(job, tally, PollOutcome.FAILED, now), error=error[1], error_code=error[0], next_poll_at=now + wait
    )
    settlement = Settlement(job.source.slug, now, now + wait, error[1], error[0])
    return Closing(report, settlement, prune=chance < _PRUNES)


def waiting(job: Job, words: str, until: datetime, now: datetime) -> Closing:
    """Nothing was asked for: its site's wish to wait lasts `until` then. What was known of the source stays.

    Only where it was due is it polled later, at the end of the wait.
    """
    planned = job.health.next_poll_at
    due = until if planned is None or planned <= now else planned
    report = replace(_report(job, Tally(), PollOutcome.WAITING, now), problems=(words,), next_poll_at=due)
    return Closing(report, Settlement(job.source.slug, now, due, waits=True))


def gone(job: Job, since: datetime | None, now: datetime) -> Closing:
    """410 once: ask again a day later. 410 twice a day apart (first at `since`): stop, and tell the admin."""
    slug, due = job.source.slug, now + GONE_APART
    final = since is not None and now - since >= GONE_APART
    after = "It is not polled any more: give the source its new address" if final else "It is asked again in a day"
    words = f"{job.source.url}: {_GONE} {after}{f', then run `feedsvc source resume {slug}`' if final else ''}."
    report = replace(
        _report(job, Tally(), PollOutcome.GONE, now),
        error=words,
        error_code="gone",
        next_poll_at=None if final else due,
    )
    return Closing(report, Settlement(slug, now, due, words, "gone", gone=final))


def _alarms(health: SourceHealth, brought: StoriesRead, look: Look) -> tuple[Alarm, ...]:
    """A burst's first. Where nothing was read that could say otherwise, dates and bodies miss as they did."""
    missing = tuple(one for one in health.alarms if one.code != burst.CODE)
    if brought.read:
        missing = drift.alarms(health.slug, (brought, *look.history))
    return (*burst.alarm(health.slug, look.burst_held), *missing)


def _since(health: SourceHealth, alarms: Iterable[Alarm], now: datetime) -> datetime | None:
    """Since when there is something to look at: anew where all of it is new."""
    codes = {one.code for one in alarms}
    if not codes:
        return None
    return health.alarm_since or now if codes & {one.code for one in health.alarms} else now


def _report(job: Job, tally: Tally, outcome: PollOutcome, now: datetime) -> PollReport:
    counts = {
        name: getattr(tally, name) for name in ("new", "changed", "held", "joined", "failed", "read", "dated", "bodied")
    }
    return PollReport(job.source.slug, outcome, job.started_at, now, problems=tally.problems, **counts)
