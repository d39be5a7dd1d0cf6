"""A month of polling by a fixed clock: nothing is asked for early, and nothing twice without a condition."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.report import PollReport
from feedsvc.model.health import PollOutcome
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.net.client import HttpClient
from feedsvc.settings import Settings
from feedsvc.storage import categories, editorial, sources
from feedsvc.storage.database import Database
from tests.fakes.news_site import Asked, serving
from tests.ingest.polling import DAY, rows, tick
from tests.ingest.site import PlainReader, Site

HOUR = timedelta(hours=1)
MONTH = 30 * DAY
WEEK = 7 * DAY
CRAWL_DELAY = timedelta(seconds=5)
WAIT_FROM, WAIT_FOR = 15 * DAY, 9 * HOUR
OUTAGE = (8 * DAY, 10 * DAY)
UNREADABLE_RULES = (20 * DAY, 22 * DAY)
RESTARTS = 3 * DAY


@dataclass(frozen=True)
class Month:
    """What the sites saw, and what the polls told. `start` is the first instant; `restarts` counts processes."""

    start: datetime
    sites: dict[str, Site]
    reports: list[PollReport]
    restarts: int
    stories: int

    def asked(self, site: str, path: str = "") -> list[Asked]:
        """What a site was asked for, in order; of one path, where it is given."""
        return [one for one in self.sites[site].server.asked if path in ("", one.path)]

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every address that was asked for, by site."""
        for name in self.sites:
            for path in dict.fromkeys(one.path for one in self.asked(name)):
                yield name, path


SOURCES = {
    # by slug: site, path, kind, the interval's bounds
    "list": ("slow", "/list", SourceKind.PAGE, 6 * HOUR, DAY),
    "daily": ("busy", "/daily", SourceKind.FEED, 2 * HOUR, 12 * HOUR),
    "weekly": ("busy", "/weekly", SourceKind.FEED, 4 * HOUR, 12 * HOUR),
    "still": ("quiet", "/still", SourceKind.FEED, 3 * HOUR, DAY),
}


def at(one: Asked) -> datetime:
    assert one.at is not None
    return one.at


class World:
    """What the sites show at an instant of the month."""

    def __init__(self, sites: dict[str, Site], clock: FixedClock) -> None:
        self._sites = sites
        self._clock = clock
        self._start = clock.now()
        for site in sites.values():
            site.server.clock = clock
        sites["slow"].page("/robots.txt", b"User-agent: *\nCrawl-delay: 5\nDisallow: /secret")
        sites["quiet"].page("/robots.txt", b"User-agent: *\nDisallow: /search")

    def turn(self) -> None:
        """Show what there is now."""
        passed = self._clock.now() - self._start
        busy, slow, quiet = self._sites["busy"], self._sites["slow"], self._sites["quiet"]
        newest = passed // (3 * DAY)
        for number in range(max(0, newest - 3), newest + 1):
            slow.story(number, date=(self._start + number * 3 * DAY).isoformat())
        slow.list_of(*range(newest, max(-1, newest - 4), -1))
        for path, days in (("/daily", 1), ("/weekly", 7)):
            count = passed // (days * DAY)
            busy.put(path, {"items": [self._entry(path, n, days) for n in range(count, max(-1, count - 5), -1)]})
        quiet.put("/still", {"items": [self._entry("/still", 0, 1)]})
        if OUTAGE[0] <= passed < OUTAGE[1]:
            busy.fail("/daily")
        until = self._start + WAIT_FROM + WAIT_FOR
        if WAIT_FROM <= passed < WAIT_FROM + WAIT_FOR:
            for path in ("/daily", "/weekly"):
                busy.fail(path, 503, Retry_After=format_datetime(until, usegmt=True))
        if UNREADABLE_RULES[0] <= passed < UNREADABLE_RULES[1]:
            quiet.fail("/robots.txt")
        else:
            quiet.page("/robots.txt", b"User-agent: *\nDisallow: /search")

    def _entry(self, path: str, number: int, days: int) -> dict[str, str]:
        date = self._start + number * days * DAY
        body = f"<p>What happened on day {number} of {path} and why it matters to everyone.</p>"
        return {"url": f"{path}/{number}.htm", "title": f"{path} {number}", "body": body, "date": date.isoformat()}


@pytest.fixture
async def month(sqlite_db: Database, settings: Settings, clock: FixedClock) -> AsyncIterator[Month]:
    """The month, lived through. The jitter is the same in every run."""
    random.seed(6)
    start, reports, restarts = clock.now(), list[PollReport](), 0
    async with AsyncExitStack() as stack:
        names = {"slow": "127.0.0.1", "busy": "127.0.0.2", "quiet": "127.0.0.3"}
        sites = {name: Site(await stack.enter_async_context(serving(host))) for name, host in names.items()}
        world = World(sites, clock)
        await _newsroom(sqlite_db, sites)
        kit, began = await _process(sqlite_db, settings, clock, stack), start
        while clock.now() < start + MONTH:
            if clock.now() - began >= RESTARTS:
                kit, began, restarts = await _process(sqlite_db, settings, clock, stack), clock.now(), restarts + 1
            world.turn()
            reports += await tick(kit)
            clock.set(max(await _next(sqlite_db), clock.now() + timedelta(seconds=1)))
        yield Month(start, sites, reports, restarts, len(await rows(sqlite_db)))


async def _newsroom(db: Database, sites: dict[str, Site]) -> None:
    async with db.write() as conn:
        await categories.put(conn, Category("news", "News"), 0)
        for slug, (site, path, kind, least, most) in SOURCES.items():
            source = Source(slug, kind, sites[site].url(path), categories=("news",), allow_private=True)
            await editorial.put_source(conn, replace(source, interval=least, max_interval=most), 0)


async def _process(db: Database, settings: Settings, clock: FixedClock, stack: AsyncExitStack) -> Kit:
    """What a process that begins now has: a client and a fetcher that remember nothing of the last one's."""
    client = HttpClient(settings, clock)
    stack.push_async_callback(client.close)

    async def nap(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    return Kit(db, PoliteFetcher(client, settings, clock, nap, db), PlainReader(), settings, clock)


async def _next(db: Database) -> datetime:
    async with db.read() as conn:
        healths = (await sources.healths(conn)).values()
    return min(one.next_poll_at for one in healths if one.next_poll_at)


async def test_a_month_of_polling(month: Month) -> None:
    _it_was_a_month_worth_looking_at(month)
    _nothing_is_asked_for_early(month)
    _waits_are_kept(month)
    _crawl_delays_are_kept(month)
    _every_repeat_is_conditional(month)
    _rules_are_read_once_a_day(month)


def _it_was_a_month_worth_looking_at(month: Month) -> None:
    assert month.restarts >= 8
    assert {report.outcome for report in month.reports} == {PollOutcome.OK, PollOutcome.UNCHANGED, PollOutcome.FAILED}
    # 10 of the list, 30 of the daily, 5 of the weekly, 1 of the still, all in; none of them twice
    assert 44 <= month.stories <= 47
    # Where there is no news, there are fewer visits: a day apart instead of three hours.
    assert len(month.asked("quiet", "/still")) < 80
    assert len(month.asked("busy", "/daily")) > 100


def _nothing_is_asked_for_early(month: Month) -> None:
    for slug, (site, path, _kind, least, most) in SOURCES.items():
        polls = [report for report in month.reports if report.source == slug]
        for last, following in pairwise(polls):
            assert last.next_poll_at is not None
            assert following.started_at >= last.next_poll_at
            shortest = 0.9 * least if last.went_well else timedelta(minutes=5) * 0.75
            assert following.started_at - last.started_at >= shortest
            # nor ever forgotten: the longest interval, or a day where it fails, and the sleeps of crawl delays
            assert following.started_at - last.finished_at <= 1.1 * max(most, DAY) + HOUR
        assert len(month.asked(site, path)) <= len(polls)


def _waits_are_kept(month: Month) -> None:
    begin, end = month.start + WAIT_FROM, month.start + WAIT_FROM + WAIT_FOR
    during = [one for one in month.asked("busy") if begin <= at(one) < end and one.path != "/robots.txt"]
    # Each of the two is told once at the most; they are one host, so nothing else is asked for either.
    assert 1 <= len(during) <= 2
    assert len({one.path for one in during}) == len(during)


def _crawl_delays_are_kept(month: Month) -> None:
    asked = month.asked("slow")
    assert len(asked) > 100
    assert all(at(following) - at(last) >= CRAWL_DELAY for last, following in pairwise(asked))


def _every_repeat_is_conditional(month: Month) -> None:
    weekly = 0
    for name, path in month.paths():
        if path == "/robots.txt":
            continue
        full: datetime | None = None
        for one, status in [pair for pair in month.sites[name].server.answered if pair[0].path == path]:
            if "If-None-Match" not in one.headers and full is not None:
                assert at(one) - full >= WEEK, (path, at(one) - month.start)
                weekly += 1
            if status == 200:
                full = at(one)
    assert weekly >= 3


def _rules_are_read_once_a_day(month: Month) -> None:
    for name in month.sites:
        read = [
            at(one) for one, status in month.sites[name].server.answered if one.path == "/robots.txt" and status < 500
        ]
        assert 15 <= len(read) <= 31
        assert all(following - last >= DAY for last, following in pairwise(read))
    # Where they cannot be read, those that are known hold, and the question comes again after an hour at the earliest.
    failed = [at(one) for one, status in month.sites["quiet"].server.answered if status == 500]
    assert failed
    assert all(following - last >= HOUR for last, following in pairwise(failed))
