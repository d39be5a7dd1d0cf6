"""What a source's health says after polls: alarms that stand as long as their reason, and waits that are no failures."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.desk import Act, Order, carry_out
from feedsvc.ingest.kit import Kit
from feedsvc.model.health import PollOutcome, SourceStatus
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import polls
from tests.ingest.conftest import AddSource
from tests.ingest.polling import HALF_HOUR, health, poll, rows, tick
from tests.ingest.site import BODY, Site

KINDS = [SourceKind.FEED, SourceKind.PAGE]


class Changing:
    """A source that shows other stories at every poll: dated and with a text, or neither."""

    def __init__(self, kit: Kit, site: Site, clock: FixedClock, kind: SourceKind) -> None:
        self.kit, self.site, self.clock, self.kind, self.next = kit, site, clock, kind, 1

    async def shows(self, count: int, good: bool) -> str:
        """Let it show so many new stories and poll it; the codes of the alarms that stand."""
        numbers = range(self.next, self.next + count)
        self.next += count
        # Days apart, so that never too many come at once; a date that is newer than all before.
        self.clock.advance(timedelta(days=60))
        date = (self.clock.now() - timedelta(hours=1)).isoformat() if good else None
        bodies = {number: BODY.format(number) if good else "" for number in numbers}
        if self.kind == SourceKind.FEED:
            items = [{"url": f"/{n}", "title": f"Story {n}", "body": body, "date": date} for n, body in bodies.items()]
            self.site.put("/list", {"items": items})
        else:
            for number, body in bodies.items():
                self.site.story(number, body=body, date=date)
            self.site.list_of(*reversed(numbers))
        await poll(self.kit)
        return (await health(self.kit)).alarm_code


@pytest.fixture(params=KINDS, ids=[kind.value for kind in KINDS])
async def source(
    request: pytest.FixtureRequest, kit: Kit, site: Site, clock: FixedClock, add_source: AddSource
) -> Changing:
    await add_source(kind=request.param)
    return Changing(kit, site, clock, request.param)


async def test_the_alarm_stays_until_the_stories_are_as_before(source: Changing) -> None:
    assert await source.shows(12, good=True) == ""
    for _ in range(4):
        assert await source.shows(8, good=False) == "bodies dates"
    since = (await health(source.kit)).alarm_since
    assert await source.shows(2, good=True) == "bodies dates"
    state = await health(source.kit)
    assert (state.alarm_since, state.status) == (since, SourceStatus.ALARM)
    assert "where 12 of 12 did before" in state.alarm
    assert await source.shows(6, good=True) == ""
    assert (await health(source.kit)).status == SourceStatus.HEALTHY


@pytest.mark.parametrize("before", [5, 8])
async def test_a_few_good_stories_are_custom_enough(source: Changing, before: int) -> None:
    assert await source.shows(before, good=True) == ""
    assert await source.shows(8, good=False) == "bodies dates"


async def test_nothing_new_changes_nothing(source: Changing) -> None:
    await source.shows(8, good=True)
    await source.shows(8, good=False)
    before = await health(source.kit)
    source.clock.advance(HALF_HOUR)
    # Of pages, the old ones are read again after a week, and are as good as they were.
    assert (await poll(source.kit)).read == (8 if source.kind == SourceKind.PAGE else 0)
    after = await health(source.kit)
    assert (after.alarm, after.alarm_since) == (before.alarm, before.alarm_since)


# ---------------------------------------------------------------- bursts


async def burst(kit: Kit, site: Site, clock: FixedClock, good: bool = True) -> list[str]:
    """Let twelve old stories come at once; their articles' ids."""
    if not await rows(kit.db):
        await poll(kit)
    clock.advance(HALF_HOUR)
    for number in range(100, 112):
        site.story(number, **({"date": "2018-01-01T00:00:00+00:00"} if good else {"date": None, "body": ""}))
    site.list_of(*range(100, 112))
    report = await poll(kit)
    assert report.held == 12
    return [row["id"] for row in (await rows(kit.db)).values() if row["state"] == "held"]


async def move(kit: Kit, ids: Sequence[str], act: Act) -> None:
    await carry_out(kit.db, ids, Order(act), kit.clock.now())


@pytest.mark.parametrize("act", [Act.PUBLISH, Act.WITHDRAW])
async def test_a_bursts_alarm_goes_with_its_last_story(
    kit: Kit, usst: Source, site: Site, clock: FixedClock, act: Act
) -> None:
    held = await burst(kit, site, clock)
    assert (await health(kit)).alarm.startswith("12 stories of a burst")
    await move(kit, held[:11], act)
    state = await health(kit)
    assert (state.alarm_code, state.status) == ("burst", SourceStatus.ALARM)
    assert state.alarm.startswith("1 story of a burst")
    await move(kit, held[11:], act)
    state = await health(kit)
    assert (state.alarm, state.alarm_since, state.status) == ("", None, SourceStatus.HEALTHY)


async def test_what_is_held_by_hand_is_no_burst(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    held = await burst(kit, site, clock)
    await move(kit, held, Act.PUBLISH)
    await move(kit, held[:1], Act.HOLD)
    assert (await health(kit)).status == SourceStatus.HEALTHY
    more = await burst_again(kit, site, clock)
    assert (await health(kit)).alarm.startswith(f"{more} stories of a burst")
    site.list_of(3, 2, 1)
    await poll(kit)
    assert (await health(kit)).alarm.startswith(f"{more} stories of a burst")


async def burst_again(kit: Kit, site: Site, clock: FixedClock) -> int:
    """A second burst of as many as the first: nobody says that there never were so many."""
    clock.advance(HALF_HOUR)
    for number in range(200, 212):
        site.story(number, date="2018-01-01T00:00:00+00:00")
    site.list_of(*range(200, 212))
    return (await poll(kit)).held


async def test_a_burst_without_dates_and_texts_tells_of_all(
    kit: Kit, site: Site, clock: FixedClock, add_source: AddSource
) -> None:
    for number in range(1, 9):
        site.story(number)
    site.list_of(*range(8, 0, -1))
    await add_source()
    held = await burst(kit, site, clock, good=False)
    state = await health(kit)
    assert state.alarm_code == "burst bodies dates"
    assert [one.code for one in state.alarms] == ["burst", "bodies", "dates"]
    assert [one.sentence.split(".")[0] for one in state.alarms][1].startswith(
        "Only 0 of the last 12 stories have a text"
    )
    # Each ends for itself.
    await move(kit, held, Act.WITHDRAW)
    after = await health(kit)
    assert (after.alarms, after.alarm_since) == (state.alarms[1:], state.alarm_since)


async def test_moving_articles_leaves_other_alarms(
    kit: Kit, site: Site, clock: FixedClock, add_source: AddSource
) -> None:
    await add_source(kind=SourceKind.FEED)
    source = Changing(kit, site, clock, SourceKind.FEED)
    await source.shows(8, good=True)
    await source.shows(8, good=False)
    before = await health(kit)
    await move(kit, [row["id"] for row in (await rows(kit.db)).values()], Act.WITHDRAW)
    assert await health(kit) == before


# ---------------------------------------------------------------- waits


async def test_a_wait_that_is_not_over_is_no_failure(kit: Kit, usst: Source, site: Site, clock: FixedClock) -> None:
    site.fail("/list", 503, Retry_After="7200")
    first = await poll(kit)
    until, before = clock.now() + timedelta(hours=2), await health(kit)
    asked = len(site.asked)
    clock.advance(HALF_HOUR)
    report = await poll(kit)
    assert (report.outcome, report.next_poll_at, report.error) == (PollOutcome.WAITING, until, "")
    assert f"waits until {until:%Y-%m-%d %H:%M} UTC" in report.problems[0]
    assert await health(kit) == before
    assert (before.failures, before.last_error, before.next_poll_at) == (1, first.error, until)
    assert len(site.asked) == asked
    async with kit.db.read() as conn:
        assert [one.outcome for one in await polls.history(conn, "usst")] == [PollOutcome.FAILED]
    clock.advance(timedelta(hours=1.5))
    site.list_of(3, 2, 1)
    assert [one.outcome for one in await tick(kit)] == [PollOutcome.OK]


async def test_a_source_that_is_due_waits_for_its_site_and_no_longer(
    kit: Kit, usst: Source, site: Site, add_source: AddSource, clock: FixedClock
) -> None:
    await poll(kit)
    for slug in ("one", "two"):
        await add_source(slug=slug, url=f"/{slug}")
        site.fail(f"/{slug}", 503, Retry_After="86400")
        await poll(kit, slug)
    until = clock.now() + timedelta(days=1)
    before = await health(kit)
    clock.advance(timedelta(hours=12))
    (report,) = await tick(kit)
    assert (report.source, report.outcome) == ("usst", PollOutcome.WAITING)
    after = await health(kit)
    assert (after.status, after.next_poll_at) == (SourceStatus.HEALTHY, until)
    assert after.last_polled_at == before.last_polled_at
    assert await tick(kit) == []
    clock.advance(timedelta(hours=12))
    assert {one.outcome for one in await tick(kit) if one.source == "usst"} == {PollOutcome.UNCHANGED}


# ---------------------------------------------------------------- what is known from elsewhere


async def test_stories_of_another_source_are_counted(kit: Kit, usst: Source, add_source: AddSource) -> None:
    assert (await poll(kit)).joined == 0
    await add_source(slug="copy")
    report = await poll(kit, "copy")
    assert (report.found, report.new, report.joined) == (3, 0, 3)
    assert (await poll(kit, "copy")).joined == 0
