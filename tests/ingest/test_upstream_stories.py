"""Stories that are not what they were: changed guids, returned entries, tracking parameters, dates to come."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.report import PollReport
from feedsvc.model.newsroom import SourceKind
from tests.ingest.conftest import AddSource
from tests.ingest.polling import poll, rows
from tests.ingest.site import Site

HOUR = timedelta(hours=1)
DATE = "2020-06-07T00:00:00+00:00"


def entry(number: int, **fields: Any) -> dict[str, Any]:
    told = {"url": f"/info/{number}.htm", "title": f"Story {number}", "body": f"<p>Text of the {number}th.</p>"}
    return told | {"id": f"guid-{number}", "date": DATE} | fields


@pytest.fixture
async def feed(kit: Kit, site: Site, add_source: AddSource) -> Callable[..., Any]:
    """`await feed(entry(1), ...)` polls a feed that shows these."""
    await add_source(kind=SourceKind.FEED, url="/feed")

    async def show(*entries: dict[str, Any]) -> PollReport:
        site.put("/feed", {"items": list(entries)})
        return await poll(kit)

    await show(*(entry(number) for number in range(1, 6)))
    return show


async def test_changed_guids_under_known_links_are_no_news(kit: Kit, feed: Callable[..., Any]) -> None:
    report = await feed(*(entry(number, id=f"new-{number}") for number in range(1, 6)))
    assert (report.went_well, report.new, len(await rows(kit.db))) == (True, 0, 5)
    report = await feed(*(entry(number, id=f"newer-{number}", title=f"Better {number}") for number in range(1, 6)))
    assert (report.new, report.changed, len(await rows(kit.db))) == (0, 5, 5)


async def test_what_comes_back_is_not_new(kit: Kit, feed: Callable[..., Any]) -> None:
    assert (await feed(entry(5))).new == 0
    report = await feed(*(entry(number) for number in range(1, 6)))
    assert (report.new, len(await rows(kit.db))) == (0, 5)


@pytest.mark.parametrize(
    "more", ["?utm_source=x&utm_medium=rss", "?fbclid=1", "?gclid=1", "?spm=a.b", "?from=home", "#top"]
)
async def test_tracking_parameters_make_no_new_story(kit: Kit, feed: Callable[..., Any], more: str) -> None:
    report = await feed(*(entry(number, url=f"/info/{number}.htm{more}") for number in range(1, 6)))
    assert (report.new, len(await rows(kit.db))) == (0, 5)


async def test_a_date_to_come_orders_nothing(kit: Kit, feed: Callable[..., Any], clock: FixedClock) -> None:
    clock.advance(HOUR)
    await feed(entry(9, date="2031-01-01T00:00:00+00:00"), *(entry(number) for number in range(1, 6)))
    row = (await rows(kit.db))["Story 9"]
    assert row["published_at"] == datetime.fromisoformat("2031-01-01T00:00:00+00:00")
    assert row["sort_at"] == row["first_seen_at"]
    assert clock.now() <= row["first_seen_at"] < clock.now() + HOUR
