"""A poll from end to end, against a real server: what comes in, and who polls what when."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import NotFound
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.pages import REREAD
from feedsvc.ingest.ports import Progress
from feedsvc.model.article import ArticleState
from feedsvc.model.health import PollOutcome, SourceStatus
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListPage
from feedsvc.net.client import Fetched
from feedsvc.storage import sources
from tests.ingest.conftest import AddSource
from tests.ingest.polling import HALF_HOUR, entries, health, poll, rows, tick
from tests.ingest.site import BODY, PlainReader, Site
from tests.storage import standing

# ---------------------------------------------------------------- what comes in


async def test_a_first_poll_brings_in_what_is_there(kit: Kit, usst: Source, clock: FixedClock) -> None:
    report = await poll(kit)
    assert (report.outcome, report.found, report.new, report.failed) == (PollOutcome.OK, 3, 3, 0)
    found = await rows(kit.db)
    assert sorted(found) == ["Story 1", "Story 2", "Story 3"]
    assert "agreement" in found["Story 1"]["content_html"]
    # The oldest first, so that ids and entries rise with the stories.
    assert min(found.values(), key=lambda row: row["id"])["title"] == "Story 1"
    state = await health(kit)
    assert (state.status, state.last_success_at, state.first_polled_at) == (
        SourceStatus.HEALTHY,
        clock.now(),
        clock.now(),
    )
    assert report.next_poll_at == state.next_poll_at
    assert state.next_poll_at is not None
    assert HALF_HOUR * 0.9 <= state.next_poll_at - clock.now() <= HALF_HOUR * 1.1


async def test_nothing_new_costs_conditional_requests_alone(kit: Kit, usst: Source, site: Site) -> None:
    await poll(kit)
    site.server.asked.clear()
    report = await poll(kit)
    assert (report.outcome, report.new, report.changed) == (PollOutcome.UNCHANGED, 0, 0)
    assert sorted(site.conditional) == sorted(site.asked) == ["/info/1.htm", "/info/2.htm", "/info/3.htm", "/list"]


async def test_two_sources_read_the_same_page(kit: Kit, usst: Source, add_source: AddSource) -> None:
    await add_source(slug="again", categories=("research",))
    for slug in ("usst", "again"):
        report = await poll(kit, slug)
        assert (report.outcome, report.found) == (PollOutcome.OK, 3)
    # It is one story in the categories of both.
    assert len(await rows(kit.db)) == 3
    assert len(await entries(kit.db)) == 6
    assert [(await poll(kit, slug)).outcome for slug in ("usst", "again")] == [PollOutcome.UNCHANGED] * 2


async def test_a_new_story_enters_and_a_correction_is_seen(kit: Kit, usst: Source, site: Site) -> None:
    await poll(kit)
    site.story(4)
    site.list_of(4, 3, 2, 1)
    site.story(2, body=BODY.format(2) + "<p>Corrected.</p>")
    report = await poll(kit)
    assert (report.new, report.changed) == (1, 1)
    assert (await rows(kit.db))["Story 2"]["revision"] == 2
    assert sorted(filter(None, await entries(kit.db))) == [1, 2, 3, 4]


async def test_a_correction_is_seen_though_the_list_stands(kit: Kit, usst: Source, site: Site) -> None:
    await poll(kit)
    site.story(1, title="Story 1, corrected")
    report = await poll(kit)
    assert (report.outcome, report.changed) == (PollOutcome.OK, 1)
    assert "Story 1, corrected" in await rows(kit.db)


async def test_pages_without_validators_are_asked_for_seldom(
    kit: Kit, usst: Source, site: Site, clock: FixedClock
) -> None:
    """They would be sent whole every time."""
    whole = {"title": "Story 3", "body": BODY.format(3), "date": None}
    site.server.put("/info/3.htm", json.dumps(whole).encode())
    await poll(kit)
    clock.advance(REREAD - timedelta(minutes=1))
    site.server.put("/info/3.htm", json.dumps(whole | {"title": "Story 3, corrected"}).encode())
    site.server.asked.clear()
    assert (await poll(kit)).changed == 0
    assert "/info/3.htm" not in site.asked
    clock.advance(timedelta(minutes=1))
    assert (await poll(kit)).changed == 1


async def test_a_first_poll_mails_nothing_old_or_undated(kit: Kit, usst: Source, site: Site) -> None:
    site.story(1, date=None)
    site.story(2, date="2019-01-01T00:00:00+00:00")
    await poll(kit)
    mailable = {title: row["mailable"] for title, row in (await rows(kit.db)).items()}
    assert mailable == {"Story 1": False, "Story 2": False, "Story 3": True}
    assert [entry for entry in await entries(kit.db) if entry] == [1]
    site.story(4, date=None)
    site.list_of(4, 3, 2, 1)
    await poll(kit)
    assert (await rows(kit.db))["Story 4"]["mailable"]


async def test_a_date_on_the_list_serves_a_page_without(kit: Kit, usst: Source, site: Site) -> None:
    site.story(1, date=None)
    date = "2020-06-01T00:00:00+00:00"
    site.put("/list", {"items": [{"url": "/info/1.htm", "title": "Story 1", "date": date}]})
    await poll(kit)
    row = (await rows(kit.db))["Story 1"]
    assert row["published_at"] == datetime.fromisoformat(date)
    assert row["published_is_date"]


async def test_a_feed_brings_its_stories(kit: Kit, site: Site, add_source: AddSource) -> None:
    await add_source(kind=SourceKind.FEED, url="/feed")
    items = [{"url": f"/{n}", "title": f"Story {n}", "body": BODY.format(n), "id": f"g{n}"} for n in (2, 1)]
    site.put("/feed", {"items": items})
    assert (await poll(kit)).new == 2
    assert (await poll(kit)).outcome == PollOutcome.UNCHANGED
    items[0]["url"] = "/moved"
    items[1] |= {"id": "changed", "title": "Story 1, corrected"}
    site.put("/feed", {"items": items})
    report = await poll(kit)
    assert (report.new, report.changed) == (0, 2)
    assert (await rows(kit.db))["Story 2"]["url"] == site.url("/moved")
    assert site.asked == ["/feed"] * 3


async def test_progress_is_told(kit: Kit, usst: Source, site: Site) -> None:
    told: list[Progress] = []
    await poll(kit, progress=told.append)
    assert [(one.done, one.total) for one in told] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert told[0].url == site.url("/info/1.htm")


# ---------------------------------------------------------------- who polls what, when


async def test_two_pollers_at_once_are_one_poll(kit: Kit, usst: Source, site: Site) -> None:
    reports = await asyncio.gather(*(poll(kit) for _ in range(4)))
    assert sorted(report.outcome for report in reports) == ["busy", "busy", "busy", "ok"]
    assert site.asked.count("/list") == 1
    assert len(await rows(kit.db)) == 3


async def test_a_poll_that_is_stopped_gives_its_source_back(kit: Kit, usst: Source) -> None:
    reached = asyncio.Event()

    class Slow(PlainReader):
        async def list_page(self, fetched: Fetched, source: Source) -> ListPage:
            reached.set()
            await asyncio.sleep(60)
            return await super().list_page(fetched, source)

    stopped = asyncio.create_task(poll(replace(kit, reader=Slow())))
    await reached.wait()
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    assert (await poll(kit)).outcome == PollOutcome.OK


async def test_a_tick_polls_what_is_due(
    kit: Kit, usst: Source, site: Site, add_source: AddSource, clock: FixedClock
) -> None:
    await add_source(slug="broken", url="/nothing")
    await add_source(slug="third", url="/other")
    site.story(9)
    site.list_of(9, path="/other")
    reports = {report.source: report.outcome for report in await tick(kit)}
    assert reports == {"usst": PollOutcome.OK, "broken": PollOutcome.FAILED, "third": PollOutcome.OK}
    assert await tick(kit) == []
    clock.advance(timedelta(minutes=34))
    assert {report.source for report in await tick(kit)} == {"usst", "broken", "third"}


async def test_a_paused_source_rests_unless_asked(kit: Kit, usst: Source, clock: FixedClock) -> None:
    async with kit.db.write() as conn:
        await sources.pause(conn, "usst", clock.now())
    assert await tick(kit) == []
    assert (await poll(kit)).new == 3


async def test_a_tick_ends_embargoes(kit: Kit, usst: Source, clock: FixedClock) -> None:
    await poll(kit)
    article_id = (await rows(kit.db))["Story 1"]["id"]
    async with kit.db.write() as conn:
        await standing.set_state(
            conn, article_id, ArticleState.EMBARGOED, clock.now(), clock.now() + timedelta(minutes=1)
        )
    await tick(kit)
    assert (await rows(kit.db))["Story 1"]["state"] == "embargoed"
    clock.advance(timedelta(minutes=1))
    await tick(kit)
    assert (await rows(kit.db))["Story 1"]["state"] == "published"


async def test_a_source_that_is_not_there(kit: Kit, usst: Source) -> None:
    with pytest.raises(NotFound, match="Did you mean 'usst'"):
        await poll(kit, "ussst")
