"""Ticks over many sources: together, in several processes, killed in the middle; what has not changed costs little."""

import asyncio
import multiprocessing
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.errors import InputError
from feedsvc.ingest import run
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.claiming import LEASE
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.model.health import PollOutcome
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import FeedRead
from feedsvc.net.client import Fetched, HttpClient
from feedsvc.settings import Settings
from feedsvc.storage import editorial, sources
from feedsvc.storage.database import Database
from feedsvc.storage.schema import origins
from tests.ingest.conftest import AddSource
from tests.ingest.polling import HALF_HOUR, entries, health, poll, rows, tick
from tests.ingest.site import BODY, PlainReader, Site
from tests.ingest.test_recorder import commits


def feed_of(site: Site, name: str, *numbers: int) -> None:
    """Put a feed; its stories are its own."""
    items = [{"url": f"/{name}/{n}", "title": f"{name} {n}", "body": BODY.format(f"{name}{n}")} for n in numbers]
    site.put(f"/{name}", {"items": items})


async def feeds(site: Site, add_source: AddSource, count: int) -> None:
    for number in range(count):
        await add_source(slug=f"f{number}", kind=SourceKind.FEED, url=f"/f{number}")
        feed_of(site, f"f{number}", 2, 1)


async def test_many_unchanged_feeds_are_a_few_transactions(
    kit: Kit, site: Site, add_source: AddSource, clock: FixedClock
) -> None:
    await feeds(site, add_source, 30)
    assert {report.outcome for report in await tick(kit)} == {PollOutcome.OK}
    clock.advance(timedelta(hours=1))
    with commits(kit.db) as seen:
        reports = await tick(kit)
    assert [report.outcome for report in reports] == [PollOutcome.UNCHANGED] * 30
    # One claims, one finds that nothing more is due, one gives nothing back; the outcomes share the rest.
    assert len(seen) < 15


async def test_entries_that_are_as_they_were_cost_nothing(kit: Kit, site: Site, add_source: AddSource) -> None:
    asked: list[int] = []

    class Counting(PlainReader):
        async def feed(self, fetched: Fetched, source: Source, known: frozenset[str] = frozenset()) -> FeedRead:
            read = await super().feed(fetched, source, known)
            asked.append(len(read.stories))
            return read

    counting = replace(kit, reader=Counting())
    await feeds(site, add_source, 1)
    await poll(counting, "f0")
    feed_of(site, "f0", 3, 2, 1)
    report = await poll(counting, "f0")
    assert (report.found, report.new, report.read) == (3, 1, 1)
    assert asked == [2, 1]
    # Rules that changed are applied to everything that is shown.
    async with kit.db.write() as conn:
        await editorial.read_anew(conn, "f0")
    assert (await poll(counting, "f0")).found == 3
    assert asked == [2, 1, 3]


async def test_a_source_that_is_pushed_is_never_polled(kit: Kit, site: Site, add_source: AddSource) -> None:
    await add_source(slug="cms", kind=SourceKind.PUSH, url="/nothing")
    assert await tick(kit) == []
    with pytest.raises(InputError, match="never polled"):
        await poll(kit, "cms")
    assert site.asked == []


async def test_a_tick_polls_more_than_it_claims_at_once(kit: Kit, site: Site, add_source: AddSource) -> None:
    few = replace(
        kit,
        settings=kit.settings.model_copy(update={"ingest": kit.settings.ingest.model_copy(update={"concurrency": 1})}),
    )
    await feeds(site, add_source, 20)
    assert len(await tick(few)) == 20


async def current_interval(kit: Kit) -> int:
    async with kit.db.read() as conn:
        found = (await sources.health(conn, "f0")).current_interval_seconds
    assert found is not None
    return found


async def test_the_interval_adapts(kit: Kit, site: Site, add_source: AddSource, clock: FixedClock) -> None:
    await feeds(site, add_source, 1)
    await tick(kit)
    intervals = []
    for _ in range(3):
        clock.advance(timedelta(hours=2))
        await tick(kit)
        intervals.append(await current_interval(kit))
    assert intervals == sorted(set(intervals))
    assert intervals[-1] > HALF_HOUR.total_seconds()
    feed_of(site, "f0", 3, 2, 1)
    clock.advance(timedelta(hours=2))
    await tick(kit)
    assert await current_interval(kit) < intervals[-1]


async def test_dates_that_go_raise_an_alarm_that_clears(
    kit: Kit, site: Site, add_source: AddSource, clock: FixedClock
) -> None:
    await add_source(slug="f", kind=SourceKind.FEED, url="/f")

    async def show(start: int, date: str | None) -> None:
        items = [
            {"url": f"/{n}", "title": f"Story {n}", "body": BODY.format(n), "date": date}
            for n in range(start, start + 6)
        ]
        site.put("/f", {"items": items})
        await poll(kit, "f")
        clock.advance(timedelta(days=2))

    for start in (0, 10):
        await show(start, "2020-06-07T00:00:00+00:00")
    assert (await health(kit, "f")).alarm == ""
    await show(20, None)
    state = await health(kit, "f")
    assert (state.alarm_code, state.last_error) == ("dates", "")
    await show(30, "2020-06-11T00:00:00+00:00")
    assert (await health(kit, "f")).alarm == ""


# ---------------------------------------------------------------- several processes, and the end of one


def polling(url: str, stop_at: str = "") -> None:
    """In a process of its own: one tick; with `stop_at` it is killed when it reads that source."""

    class Deadly(PlainReader):
        async def feed(self, fetched: Fetched, source: Source, known: frozenset[str] = frozenset()) -> FeedRead:
            await asyncio.sleep(0.05)
            if source.slug == stop_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return await super().feed(fetched, source, known)

    async def once() -> None:
        """As the service does it."""
        settings = Settings.model_validate(
            {"site": {"base_url": "https://news.example.edu"}, "security": {"secret_key": "k" * 43}}
        )
        clock, db = FixedClock(datetime(2020, 6, 8, tzinfo=UTC)), Database.open(url)
        client = HttpClient(settings, clock)
        await run.tick(db, PoliteFetcher(client, settings, clock), Deadly(), settings, clock)
        await client.close()
        await db.close()

    asyncio.run(once())


async def apart(*calls: tuple[str, ...]) -> list[int | None]:
    """Run `polling` in processes of their own, at once; returns how they ended."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=polling, args=call) for call in calls]
    for process in processes:
        process.start()
    for process in processes:
        await asyncio.to_thread(process.join, 60)
    return [process.exitcode for process in processes]


async def test_three_processes_poll_each_source_once(
    kit: Kit, site: Site, add_source: AddSource, database_url: str
) -> None:
    await feeds(site, add_source, 12)
    assert await apart(*[(database_url,)] * 3) == [0, 0, 0]
    assert sorted(path for path in site.asked if path != "/robots.txt") == sorted(f"/f{n}" for n in range(12))
    assert len(await rows(kit.db)) == 24
    # Undated stories of a first poll are mailed to nobody.
    assert set(await entries(kit.db)) == {None}
    async with kit.db.read() as conn:
        assert {one.status.value for one in (await sources.healths(conn)).values()} == {"healthy"}


async def test_what_is_killed_between_fetch_and_record_is_polled_again(
    kit: Kit, site: Site, add_source: AddSource, clock: FixedClock, database_url: str
) -> None:
    await feeds(site, add_source, 4)
    assert await apart((database_url, "f2")) == [-signal.SIGKILL]
    # What was claimed stays claimed until the lease lapses, then all of it comes in, once.
    before = {report.source for report in await tick(kit)}
    clock.advance(LEASE)
    after = {report.source for report in await tick(kit)}
    assert "f2" in after
    assert "f2" not in before
    found = await rows(kit.db)
    assert len(found) == 8
    async with kit.db.read() as conn:
        assert len((await conn.execute(select(origins.c.id))).all()) == 8
        assert {one.status.value for one in (await sources.healths(conn)).values()} == {"healthy"}


async def test_a_tick_that_is_stopped_gives_back_all_it_claimed(kit: Kit, site: Site, add_source: AddSource) -> None:
    reached = asyncio.Event()

    class Slow(PlainReader):
        async def feed(self, fetched: Fetched, source: Source, known: frozenset[str] = frozenset()) -> FeedRead:
            reached.set()
            await asyncio.sleep(60)
            return await super().feed(fetched, source, known)

    await feeds(site, add_source, 10)
    stopped = asyncio.create_task(tick(replace(kit, reader=Slow())))
    await reached.wait()
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    assert len(await tick(kit)) == 10


async def test_a_fault_in_one_source_stops_no_other(kit: Kit, site: Site, add_source: AddSource) -> None:
    class Broken(PlainReader):
        async def feed(self, fetched: Fetched, source: Source, known: frozenset[str] = frozenset()) -> FeedRead:
            if source.slug == "f1":
                raise ZeroDivisionError
            return await super().feed(fetched, source, known)

    await feeds(site, add_source, 4)
    found = {report.source: report.outcome for report in await tick(replace(kit, reader=Broken()))}
    assert found.pop("f1") == PollOutcome.FAILED
    assert set(found.values()) == {PollOutcome.OK}
