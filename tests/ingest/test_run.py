"""A poll from end to end, against a real server: what comes in, what stays, and what a fault costs."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.errors import NotFound
from feedsvc.ingest import run
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.ports import Progress
from feedsvc.ingest.report import PollReport
from feedsvc.model.article import ArticleState
from feedsvc.model.health import PollOutcome, SourceHealth, SourceStatus
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListPage
from feedsvc.net.client import Fetched
from feedsvc.storage import articles as article_rows
from feedsvc.storage import polls, sources
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles
from tests.ingest.conftest import AddSource
from tests.ingest.site import BODY, PlainReader, Site

HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)


async def poll(kit: Kit, slug: str = "usst", **progress: Any) -> PollReport:
    return await run.poll(kit.db, kit.fetcher, kit.reader, kit.settings, kit.clock, slug, **progress)


async def tick(kit: Kit) -> list[PollReport]:
    return await run.tick(kit.db, kit.fetcher, kit.reader, kit.settings, kit.clock)


async def rows(db: Database) -> dict[str, dict[str, Any]]:
    """Articles by title."""
    async with db.read() as conn:
        return {row["title"]: dict(row) for row in (await conn.execute(select(articles))).mappings()}


async def entries(db: Database) -> list[int | None]:
    async with db.read() as conn:
        return list((await conn.execute(select(article_categories.c.entry))).scalars())


async def health(kit: Kit, slug: str = "usst") -> SourceHealth:
    async with kit.db.read() as conn:
        return await sources.health(conn, slug)


@pytest.fixture
async def usst(site: Site, add_source: AddSource) -> Source:
    """A list of three stories."""
    for number in (1, 2, 3):
        site.story(number)
    site.list_of(3, 2, 1)
    return await add_source()


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


# ---------------------------------------------------------------- what cannot be read


async def test_one_bad_page_costs_itself_and_comes_later(kit: Kit, usst: Source, site: Site) -> None:
    await poll(kit)
    site.story(4)
    site.story(5)
    site.fail("/info/5.htm")
    site.list_of(5, 4, 3, 2, 1)
    report = await poll(kit)
    assert (report.outcome, report.new, report.failed) == (PollOutcome.OK, 1, 1)
    assert "/info/5.htm" in report.problems[0]
    site.story(5)
    report = await poll(kit)
    assert (report.new, report.failed) == (1, 0)


async def test_a_first_poll_keeps_what_it_cannot_read_as_a_link(kit: Kit, usst: Source, site: Site) -> None:
    site.fail("/info/2.htm")
    report = await poll(kit)
    assert (report.new, report.failed) == (3, 0)
    row = (await rows(kit.db))["Story 2"]
    assert (row["content_html"], row["mailable"]) == ("", False)
    site.story(2)
    await poll(kit)
    row = (await rows(kit.db))["Story 2"]
    assert "agreement" in row["content_html"]
    assert not row["mailable"]


@pytest.mark.parametrize("url", ["/files/plan.pdf", "http://localhost:9/campus-only.htm", "/download?id=7"])
async def test_what_is_no_page_is_kept_as_title_and_link(kit: Kit, usst: Source, site: Site, url: str) -> None:
    await poll(kit)
    site.page("/download", b"%PDF", "application/pdf")
    old = "2020-06-01T00:00:00+00:00"
    items = [{"url": url, "title": "A link", "date": old}, {"url": "/info/1.htm", "title": "Story 1"}]
    site.put("/list", {"items": items})
    report = await poll(kit)
    assert (report.new, report.failed) == (1, 0)
    row = (await rows(kit.db))["A link"]
    assert (row["url"], row["content_html"]) == (site.url(url), "")
    assert "/files/plan.pdf" not in site.asked


async def test_a_page_that_goes_away_takes_nothing_away(kit: Kit, usst: Source, site: Site) -> None:
    await poll(kit)
    for answer in (404, 410, 500):
        site.fail("/info/2.htm", answer)
        report = await poll(kit)
        assert (report.changed, report.failed) == (0, 0)
    assert "agreement" in (await rows(kit.db))["Story 2"]["content_html"]


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b'{"items": []}', b""])
async def test_never_no_news(kit: Kit, usst: Source, site: Site, body: bytes) -> None:
    await poll(kit)
    before = await health(kit)
    site.page("/list", body)
    report = await poll(kit)
    assert (report.outcome, report.error_code) == (PollOutcome.FAILED, "read")
    state = await health(kit)
    assert (state.status, state.failures, state.last_error) == (SourceStatus.FAILING, 1, report.error)
    assert state.last_success_at == before.last_success_at
    assert len(await rows(kit.db)) == 3
    site.list_of(3, 2, 1)
    assert (await poll(kit)).went_well
    assert (await health(kit)).status == SourceStatus.HEALTHY


async def test_failures_wait_longer_and_longer(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    site.fail("/list")
    waits = []
    for _ in range(4):
        report = await poll(kit)
        assert report.next_poll_at is not None
        waits.append(report.next_poll_at - clock.now())
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]


async def test_retry_after_is_obeyed(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    site.fail("/list", 503, Retry_After="7200")
    report = await poll(kit)
    assert report.next_poll_at == clock.now() + timedelta(hours=2)


async def test_a_fault_of_ours_is_recorded(kit: Kit, usst: Source, capsys: pytest.CaptureFixture[str]) -> None:
    class Broken(PlainReader):
        async def list_page(self, fetched: Fetched, source: Source) -> ListPage:  # noqa: ARG002 (its interface)
            raise ZeroDivisionError

    report = await poll(replace(kit, reader=Broken()))
    assert (report.outcome, report.error_code) == (PollOutcome.FAILED, "internal")
    assert "ZeroDivisionError" in "".join(capsys.readouterr())
    assert (await health(kit)).failures == 1


# ---------------------------------------------------------------- gone, bursts, history


async def test_gone_twice_a_day_apart_ends_it(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    await poll(kit)
    clock.advance(HALF_HOUR)
    site.fail("/list", 410)
    first = await poll(kit)
    assert (first.outcome, first.next_poll_at) == (PollOutcome.GONE, clock.now() + DAY)
    clock.advance(timedelta(hours=1))
    assert (await poll(kit)).next_poll_at is not None
    assert (await health(kit)).gone_at is None
    clock.advance(DAY)
    last = await poll(kit)
    assert last.next_poll_at is None
    state = await health(kit)
    assert state.status == SourceStatus.GONE
    assert "feedsvc source resume usst" in state.last_error
    clock.advance(10 * DAY)
    assert await tick(kit) == []
    site.list_of(3, 2, 1)
    assert (await poll(kit)).went_well
    assert (await health(kit)).status == SourceStatus.HEALTHY


async def test_a_gone_that_comes_back_starts_anew(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    for answers in ("gone", "there", "gone"):
        site.list_of(1)
        if answers == "gone":
            site.fail("/list", 410)
        await poll(kit)
        clock.advance(DAY)
    assert (await health(kit)).gone_at is None


async def test_a_burst_is_held_and_said(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    await poll(kit)
    clock.advance(HALF_HOUR)
    for number in range(100, 112):
        site.story(number, date="2018-01-01T00:00:00+00:00")
    site.list_of(*range(100, 112))
    report = await poll(kit)
    assert (report.new, report.held) == (12, 12)
    found = await rows(kit.db)
    assert {row["state"] for title, row in found.items() if int(title.split()[1]) >= 100} == {"held"}
    assert len([entry for entry in await entries(kit.db) if entry]) == 3
    state = await health(kit)
    assert (state.last_error_code, state.failures) == ("notice", 0)
    assert "12 stories are new at once" in state.last_error


async def test_polls_are_remembered(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    await poll(kit)
    clock.advance(HALF_HOUR)
    site.fail("/list")
    report = await poll(kit)
    async with kit.db.read() as conn:
        last, first = await polls.history(conn, "usst")
    assert (last.outcome, last.error) == (PollOutcome.FAILED, report.error)
    assert (first.outcome, first.new, first.found) == (PollOutcome.OK, 3, 3)


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
        await article_rows.set_state(
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
