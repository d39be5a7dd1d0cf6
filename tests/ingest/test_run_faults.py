"""What a fault costs: pages that cannot be read, sites that are down or gone, too much at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.kit import Kit
from feedsvc.model.health import PollOutcome, SourceStatus
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListPage
from feedsvc.net.client import Fetched
from feedsvc.storage import polls
from tests.ingest.polling import DAY, HALF_HOUR, entries, health, poll, rows, tick
from tests.ingest.site import PlainReader, Site
from tests.storage import standing

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
    assert (state.status, state.alarm_code, state.failures) == (SourceStatus.ALARM, "burst", 0)
    assert "12 stories of a burst" in state.alarm
    since = state.alarm_since
    clock.advance(HALF_HOUR)
    await poll(kit)
    assert (await health(kit)).alarm_since == since
    async with kit.db.write() as conn:
        for row in found.values():
            await standing.withdraw(conn, row["id"], clock.now())
    await poll(kit)
    assert (await health(kit)).status == SourceStatus.HEALTHY


async def test_polls_are_remembered(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    await poll(kit)
    clock.advance(HALF_HOUR)
    site.fail("/list")
    report = await poll(kit)
    async with kit.db.read() as conn:
        last, first = await polls.history(conn, "usst")
    assert (last.outcome, last.error) == (PollOutcome.FAILED, report.error)
    assert (first.outcome, first.new, first.found) == (PollOutcome.OK, 3, 3)
