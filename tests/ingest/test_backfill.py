"""Walking back: by the site's own links, once, as slowly as any poll, and on from where it was."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import InputError, NotFound
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.backfill import BackfillReport, Ended, backfill
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListItem
from feedsvc.net.client import Fetched
from feedsvc.storage import backfills
from tests.fakes.news_site import Answer, Raw
from tests.ingest.conftest import AddSource
from tests.ingest.polling import rows
from tests.ingest.site import PlainReader, Site

OLD = "2018-01-01T00:00:00+00:00"
PER_PAGE = 3


def listing(site: Site, pages: int, last_next: str = "") -> None:
    """A list of so many pages: /list, /list/2 ..., three stories each, the newest first."""
    for page in range(pages):
        numbers = [100 - page * PER_PAGE - n for n in range(PER_PAGE)]
        items = [{"url": site.story(number, date=OLD), "title": f"Story {number}"} for number in numbers]
        older = f"/list/{page + 2}" if page + 1 < pages else last_next
        site.put(
            "/list" if page == 0 else f"/list/{page + 1}",
            {"items": items} | ({"next": site.url(older)} if older else {}),
        )


def ends(report: BackfillReport) -> tuple[Ended | None, int, int, int]:
    return report.ended, report.pages, report.found, report.new


async def kept(kit: Kit) -> str | None:
    """Where the walk would go on."""
    async with kit.db.read() as conn:
        standing = await backfills.get(conn, "usst")
    return standing.next_url if standing else None


async def test_it_follows_the_links_to_the_last_page(kit: Kit, site: Site, add_source: AddSource) -> None:
    listing(site, 4)
    await add_source()
    watched: list[BackfillReport] = []
    report = await backfill(kit, "usst", watch=watched.append)
    assert ends(report) == (Ended.LAST, 4, 12, 12)
    assert [one.pages for one in watched] == sorted(one.pages for one in watched)
    assert watched[-1] == report
    assert await kept(kit) is None
    found = await rows(kit.db)
    assert len(found) == 12
    assert not any(row["mailable"] for row in found.values())
    assert {row["state"] for row in found.values()} == {"published"}
    assert len(site.asked) == len(set(site.asked)) == 16


async def test_it_stops_at_the_depth_and_goes_on_from_there(kit: Kit, site: Site, add_source: AddSource) -> None:
    listing(site, 5)
    await add_source()
    assert ends(await backfill(kit, "usst", depth=2)) == (Ended.DEPTH, 2, 6, 6)
    assert await kept(kit) == site.url("/list/3")
    assert ends(await backfill(kit, "usst", depth=2)) == (Ended.DEPTH, 4, 12, 12)
    assert ends(await backfill(kit, "usst", depth=2)) == (Ended.LAST, 5, 15, 15)
    assert site.asked.count("/list") == 1


async def test_it_can_be_told_to_begin_anew(kit: Kit, site: Site, add_source: AddSource) -> None:
    listing(site, 5)
    await add_source()
    await backfill(kit, "usst", depth=3)
    # All of the first three pages are known, and still it goes on to what is not.
    assert ends(await backfill(kit, "usst", restart=True)) == (Ended.LAST, 5, 15, 6)
    # Now all are known and no walk is left to go on with, and it walks on all the same, to the depth.
    assert ends(await backfill(kit, "usst", restart=True)) == (Ended.LAST, 5, 15, 0)
    assert ends(await backfill(kit, "usst", depth=4, restart=True)) == (Ended.DEPTH, 4, 12, 0)


async def test_two_whole_known_pages_end_it_and_a_pinned_story_does_not_hide_them(
    kit: Kit, site: Site, add_source: AddSource
) -> None:
    listing(site, 5)
    await add_source()
    await backfill(kit, "usst")
    assert ends(await backfill(kit, "usst")) == (Ended.KNOWN, 2, 6, 0)
    pinned = [{"url": site.story(7, date=OLD), "title": "Story 7"}]
    site.put("/list", {"items": pinned, "next": site.url("/list/2")})
    assert ends(await backfill(kit, "usst")) == (Ended.KNOWN, 3, 7, 1)


@pytest.mark.parametrize("target", ["/list", "/list/2", "/list/3", "/again"])
async def test_loops_and_repeated_pages_end_it(kit: Kit, site: Site, add_source: AddSource, target: str) -> None:
    listing(site, 3, last_next=target)
    # A page beyond the last that shows the last one again, and leads to another such.
    site.put("/again", {"items": [{"url": "/info/92.htm", "title": "Story 92"}], "next": site.url("/again/2")})
    await add_source()
    report = await backfill(kit, "usst")
    assert report.ended == Ended.LOOP
    assert report.new == 9
    assert site.asked.count("/list") == 1
    assert await kept(kit) is None


async def test_a_link_to_another_site_is_not_followed(kit: Kit, site: Site, add_source: AddSource) -> None:
    listing(site, 1, last_next="http://elsewhere.invalid/list")
    await add_source()
    assert (await backfill(kit, "usst")).ended == Ended.LAST


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Answer(b"no", 500), "500 Internal Server Error"),
        (Answer(b"", 410), "was taken away (410)"),
        (Answer(b"<html>Please log in</html>"), "is not a page of this site"),
        (Raw((b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",)), "broke off"),
    ],
)
async def test_a_page_that_fails_ends_it_and_is_tried_again(
    kit: Kit, site: Site, add_source: AddSource, fault: Answer | Raw, words: str
) -> None:
    listing(site, 3)
    await add_source()
    site.server.then("/list/2", fault)
    report = await backfill(kit, "usst")
    assert ends(report) == (Ended.FAILED, 1, 3, 3)
    assert words in report.error
    assert report.error.endswith("Run the same command again to go on from there.")
    listing(site, 3)
    assert ends(await backfill(kit, "usst")) == (Ended.LAST, 3, 9, 9)
    assert site.asked.count("/list") == 1


async def test_a_story_that_cannot_be_had_costs_itself(kit: Kit, site: Site, add_source: AddSource) -> None:
    listing(site, 2)
    items = [{"url": "/info/1.htm", "title": ""}, {"url": site.story(2, date=OLD), "title": "Story 2"}]
    site.put("/list/2", {"items": items})
    await add_source()
    report = await backfill(kit, "usst")
    assert ends(report) == (Ended.LAST, 2, 5, 4)
    assert len(report.problems) == 1
    assert "/info/1.htm" in report.problems[0]


async def test_a_walk_that_was_killed_loses_no_page(kit: Kit, site: Site, add_source: AddSource) -> None:
    listing(site, 4)
    await add_source()

    class Killed(PlainReader):
        async def article_page(self, fetched: Fetched, source: Source, item: ListItem | None) -> Story:
            if fetched.url.endswith("/info/93.htm"):
                raise asyncio.CancelledError
            return await super().article_page(fetched, source, item)

    with pytest.raises(asyncio.CancelledError):
        await backfill(replace(kit, reader=Killed()), "usst")
    assert await kept(kit) == site.url("/list/3")
    assert ends(await backfill(kit, "usst")) == (Ended.LAST, 4, 12, 12)


async def test_a_feed_s_archive(kit: Kit, site: Site, add_source: AddSource) -> None:
    for page, older in (("/feed", "/feed/2"), ("/feed/2", "/feed/3"), ("/feed/3", "")):
        items = [{"url": f"{page}/{n}", "title": f"{page} {n}", "body": "<p>Text.</p>", "date": OLD} for n in range(12)]
        site.put(page, {"items": items, "next": older})
    await add_source(kind=SourceKind.FEED, url="/feed")
    assert ends(await backfill(kit, "usst")) == (Ended.LAST, 3, 36, 36)
    assert not any(row["mailable"] for row in (await rows(kit.db)).values())


async def test_what_is_young_is_news_in_a_backfill_too(
    kit: Kit, site: Site, add_source: AddSource, clock: FixedClock
) -> None:
    site.story(1, date=(clock.now() - timedelta(days=1)).isoformat())
    site.list_of(1)
    await add_source()
    await backfill(kit, "usst")
    assert (await rows(kit.db))["Story 1"]["mailable"]


@pytest.mark.parametrize("kind", [SourceKind.SITEMAP, SourceKind.PUSH])
async def test_what_has_no_older_pages_says_so(kit: Kit, add_source: AddSource, kind: SourceKind) -> None:
    await add_source(kind=kind)
    with pytest.raises(InputError, match="has no older pages"):
        await backfill(kit, "usst")
    with pytest.raises(NotFound, match="Did you mean 'usst'"):
        await backfill(kit, "uss")
