"""A site that misbehaves in every way of FAULTS, "Upstream": what we have stays, others go on, and it is said in words.

410 and bursts are in `test_run_faults`, what a client makes of each fault in `tests/net`.
"""

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.report import PollReport
from feedsvc.model.health import PollOutcome, SourceStatus, Validators
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.net.client import HttpClient
from feedsvc.settings import Ingest, Settings
from feedsvc.storage import categories, editorial, validators
from feedsvc.storage.database import Database
from tests.fakes.misbehaviour import FAULTS, MOST, PATIENCE
from tests.fakes.news_site import Raw, serving
from tests.ingest.polling import DAY, health, poll, rows, tick
from tests.ingest.site import PlainReader, Site

HOUR = timedelta(hours=1)
DATE = "2020-06-07T00:00:00+00:00"
Add = Callable[..., Any]


@pytest.fixture
async def kit(sqlite_db: Database, settings: Settings, clock: FixedClock) -> AsyncIterator[Kit]:
    """A kit with little patience, that remembers what sites asked of it."""
    few = {"timeout": PATIENCE, "max_bytes": MOST}
    tight = settings.model_copy(update={"ingest": Ingest.model_validate(few)})
    client = HttpClient(tight, clock)
    fetcher = PoliteFetcher(client, tight, clock, db=sqlite_db)
    yield Kit(sqlite_db, fetcher, PlainReader(), tight, clock, chance=lambda: 0.5)
    await client.close()


@pytest.fixture
def add(kit: Kit, site: Site) -> Add:
    """Store a source of the site: `await add("usst", "/list")`."""

    async def add_one(slug: str, path: str, **options: Any) -> Source:
        values: dict[str, Any] = {"kind": SourceKind.PAGE, "allow_private": True} | options
        source = Source(slug, url=site.url(path), categories=("news",), **values)
        async with kit.db.write() as conn:
            await categories.put(conn, Category("news", "News"), 0)
            await editorial.put_source(conn, source, 0)
        return source

    return add_one


@pytest.fixture
async def two(site: Site, add: Add) -> None:
    """Two sources of one site, each with stories of its own; each behaves."""
    for number in (1, 2, 3, 11, 12):
        site.story(number)
    site.list_of(3, 2, 1)
    site.list_of(12, 11, path="/other")
    await add("usst", "/list")
    await add("other", "/other")


async def polled(kit: Kit) -> dict[str, PollReport]:
    return {report.source: report for report in await tick(kit)}


async def remembered(kit: Kit, path: str, site: Site) -> Validators | None:
    async with kit.db.read() as conn:
        return await validators.get(conn, "usst", site.url(path))


def is_plain(words: str) -> bool:
    """A sentence for a person: whole, with what to do next, and without what only programmers read."""
    return (
        words.endswith(".") and words.count(". ") >= 1 and not re.search(r"Error\(|Traceback|errno|<class|\\x", words)
    )


# ---------------------------------------------------------------- every fault, on the source's own address


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_we_have_stays_and_others_go_on(
    kit: Kit, two: None, site: Site, clock: FixedClock, fault: str
) -> None:
    assert {slug: report.new for slug, report in (await polled(kit)).items()} == {"usst": 3, "other": 2}
    before, known, kept = await health(kit), await rows(kit.db), await remembered(kit, "/list", site)
    assert kept is not None
    clock.advance(HOUR)
    site.server.then("/list", FAULTS[fault])
    reports = await polled(kit)
    assert (reports["usst"].outcome, reports["other"].went_well) == (PollOutcome.FAILED, True)
    # the fetch counts for nothing
    assert await rows(kit.db) == known
    assert await remembered(kit, "/list", site) == kept
    state = await health(kit)
    assert (state.last_success_at, state.failures) == (before.last_success_at, 1)
    # it is said, and tried again before long
    assert state.status == SourceStatus.FAILING
    assert is_plain(state.last_error), state.last_error
    assert state.next_poll_at is not None
    assert timedelta(minutes=3) < state.next_poll_at - clock.now() <= DAY
    # and when the site is well again, so are we
    site.list_of(3, 2, 1)
    clock.set(state.next_poll_at)
    assert (await polled(kit))["usst"].went_well
    after = await health(kit)
    assert (after.status, after.failures, after.last_error) == (SourceStatus.HEALTHY, 0, "")
    assert await rows(kit.db) == known


# ---------------------------------------------------------------- and on a story's page

PAGES = (
    "no answer in time", "a reset", "a body shorter than it says", "gzip that is cut", "a gzip bomb", "an endless body",
    "a flood of headers", "404", "503", "a redirect to the machine's secrets", "nothing at all", "a login page", "bytes",
)  # fmt: skip


@pytest.mark.parametrize("fault", PAGES)
async def test_a_story_that_misbehaves_costs_itself(
    kit: Kit, two: None, site: Site, clock: FixedClock, fault: str
) -> None:
    await tick(kit)
    known = await rows(kit.db)
    clock.advance(HOUR)
    site.story(4)
    site.story(5)
    site.list_of(5, 4, 3, 2, 1)
    for path in ("/info/5.htm", "/info/2.htm"):
        site.server.then(path, FAULTS[fault])
    report = await poll(kit)
    assert (report.outcome, report.new, report.changed, report.failed) == (PollOutcome.OK, 1, 0, 1)
    assert is_plain(report.problems[0]) or "is no page but" in report.problems[0], report.problems
    assert await rows(kit.db) == known | {"Story 4": (await rows(kit.db))["Story 4"]}
    assert await remembered(kit, "/info/5.htm", site) is None
    site.story(5)
    assert (await poll(kit)).new == 1


# ---------------------------------------------------------------- waits


async def test_back_off_grows_to_a_day_with_jitter(kit: Kit, two: None, site: Site, clock: FixedClock) -> None:
    await tick(kit)
    site.fail("/list")
    waits: list[timedelta] = []
    for _ in range(14):
        clock.set((await health(kit)).next_poll_at or clock.now())
        report = (await polled(kit))["usst"]
        assert report.next_poll_at is not None
        waits.append(report.next_poll_at - clock.now())
    for number, wait in enumerate(waits):
        usual = min(timedelta(minutes=5) * 2**number, DAY)
        assert 0.75 * usual <= wait <= min(1.25 * usual, DAY)
    # `tick` throws its own dice.
    assert len(set(waits)) == 14


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
@pytest.mark.parametrize(("wish", "kept"), [(2 * HOUR, 2 * HOUR), (3 * DAY, DAY), (timedelta(seconds=1), None)])
async def test_retry_after_is_obeyed_up_to_a_day(
    kit: Kit,
    two: None,
    site: Site,
    clock: FixedClock,
    status: int,
    as_date: bool,
    wish: timedelta,
    kept: timedelta | None,
) -> None:
    await tick(kit)
    clock.advance(HOUR)
    value = format_datetime(clock.now() + wish, usegmt=True) if as_date else str(int(wish.total_seconds()))
    site.fail("/list", status, Retry_After=value)
    report = await poll(kit)
    assert report.next_poll_at is not None
    least = kept or timedelta(minutes=3)
    assert least <= report.next_poll_at - clock.now() <= max(least, timedelta(minutes=7))
    # A person who is impatient gets no request through either; another address of the site is still asked.
    asked = site.asked.count("/list")
    again = await poll(kit)
    if kept:
        assert again.outcome == PollOutcome.WAITING
        assert again.next_poll_at == report.next_poll_at
        assert site.asked.count("/list") == asked
    assert (await poll(kit, "other")).went_well


async def test_two_urls_that_wish_for_a_wait_speak_for_their_host(
    kit: Kit, two: None, site: Site, add: Add, clock: FixedClock
) -> None:
    site.list_of(1, path="/third")
    await add("third", "/third")
    await tick(kit)
    clock.advance(HOUR)
    for path in ("/list", "/other"):
        site.fail(path, 503, Retry_After="7200")
    await poll(kit)
    await poll(kit, "other")
    before = len(site.asked)
    report = await poll(kit, "third")
    assert report.outcome == PollOutcome.WAITING
    assert report.next_poll_at == clock.now() + 2 * HOUR
    assert len(site.asked) == before


# ---------------------------------------------------------------- 304


async def test_304_for_more_than_a_week_is_asked_in_full_once(
    kit: Kit, two: None, site: Site, clock: FixedClock
) -> None:
    start = clock.now()
    unconditional: list[timedelta] = []
    for _ in range(40):
        before = len(site.server.asked)
        assert (await poll(kit)).went_well
        asked = [one for one in site.server.asked[before:] if one.path == "/list"]
        unconditional += [clock.now() - start for one in asked if "If-None-Match" not in one.headers]
        clock.advance(12 * HOUR)
    assert unconditional == [timedelta(0), 7 * DAY, 14 * DAY]


# ---------------------------------------------------------------- a healthy site beside sick ones


async def test_one_sick_site_does_not_slow_the_well(kit: Kit, two: None, site: Site, clock: FixedClock) -> None:
    async with serving("127.0.0.2") as other:
        sick = Site(other)
        sick.server.then("/list", Raw((b"HTTP/1.1 200 OK\r\n", *[b"X: 1\r\n"] * 99), pause=PATIENCE / 4))
        async with kit.db.write() as conn:
            for number in range(3):
                url = sick.url(f"/list?{number}")
                source = Source(f"sick-{number}", SourceKind.PAGE, url, categories=("news",), allow_private=True)
                await editorial.put_source(conn, source, number)
        reports = await polled(kit)
    assert {slug for slug, report in reports.items() if report.went_well} == {"usst", "other"}
    assert {report.outcome for slug, report in reports.items() if slug.startswith("sick")} == {PollOutcome.FAILED}
