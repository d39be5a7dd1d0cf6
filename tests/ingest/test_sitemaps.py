"""Sitemaps: unknown pages of the same host, the newest first, a bounded number at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.ingest import run
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling import fronts
from feedsvc.ingest.polling.sitemaps import MOST_FILES, own_files, own_pages
from feedsvc.ingest.report import PollReport
from feedsvc.model.health import PollOutcome
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListItem, ListPage
from feedsvc.storage import sources
from feedsvc.storage.schema import articles
from tests.ingest.conftest import AddSource
from tests.ingest.site import Site


@pytest.fixture
async def mapped(kit: Kit, add_source: AddSource) -> Kit:
    """A source of kind sitemap."""
    await add_source(kind=SourceKind.SITEMAP, url="/sitemap.xml")
    return kit


async def poll(kit: Kit) -> PollReport:
    return await run.poll(kit.db, kit.fetcher, kit.reader, kit.settings, kit.clock, "usst")


def put(site: Site, path: str, *entries: tuple[str, str | None]) -> None:
    items = [{"url": url, "date": f"{date}T00:00:00+00:00" if date else None} for url, date in entries]
    site.put(path, {"items": items})


def put_index(site: Site, path: str, *files: str) -> None:
    site.put(path, {"sitemaps": files})


async def titles(kit: Kit) -> list[str]:
    async with kit.db.read() as conn:
        return sorted((await conn.execute(select(articles.c.title))).scalars())


async def test_unknown_pages_once(mapped: Kit, site: Site) -> None:
    put(site, "/sitemap.xml", (site.story(1), "2020-06-01"), (site.story(2), "2020-06-02"), ("/a.pdf", None))
    report = await poll(mapped)
    assert (report.found, report.new) == (2, 2)
    assert site.asked == ["/sitemap.xml", "/info/1.htm", "/info/2.htm"]
    put(site, "/sitemap.xml", (site.story(3), None), ("/info/1.htm", "2020-06-03"), ("/info/2.htm", None))
    assert (await poll(mapped)).new == 1
    assert site.asked[3:] == ["/sitemap.xml", "/info/3.htm"]
    assert (await poll(mapped)).outcome == PollOutcome.UNCHANGED


async def test_only_its_own_host(mapped: Kit, site: Site) -> None:
    put(site, "/sitemap.xml", (site.story(1), None), ("http://localhost:9/info/2.htm", None))
    assert (await poll(mapped)).found == 1


def test_www_is_no_other_site() -> None:
    source = Source("usst", SourceKind.SITEMAP, "https://www.example.edu/sitemap.xml")
    own, other = "https://example.edu/a", "https://other.example.edu/b"
    page = ListPage((ListItem(other), ListItem(own)), sitemaps=(other, own))
    assert [item.url for item in own_pages(page, source)] == own_files(page, source) == [own]


async def test_a_page_that_is_no_story_is_tried_once_a_week(mapped: Kit, site: Site, clock: FixedClock) -> None:
    put(site, "/sitemap.xml", (site.story(1), None), ("/about", None))
    for _ in range(3):
        put(
            site,
            "/sitemap.xml",
            (site.story(1), None),
            ("/about", None),
            ("/x", str(len(site.asked) + 2000) + "-01-01"),
        )
        await poll(mapped)
    assert site.asked.count("/about") == 1
    clock.advance(timedelta(days=7, seconds=1))
    await poll(mapped)
    assert site.asked.count("/about") == 2


async def test_much_at_once_comes_in_parts_and_stays_a_first_poll(
    mapped: Kit, site: Site, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    monkeypatch.setattr(fronts, "MOST_PAGES", 2)
    entries = [(site.story(n, date=f"2019-01-0{n}T00:00:00+00:00"), f"2019-01-0{n}") for n in range(1, 6)]
    put(site, "/sitemap.xml", *entries)
    report = await poll(mapped)
    assert report.new == 2
    assert await titles(mapped) == ["Story 4", "Story 5"]
    assert report.next_poll_at == clock.now() + timedelta(minutes=5)
    assert (await poll(mapped)).new == 2
    async with mapped.db.read() as conn:
        assert (await sources.health(conn, "usst")).first_polled_at is None
    assert (await poll(mapped)).new == 1
    async with mapped.db.read() as conn:
        assert (await sources.health(conn, "usst")).first_polled_at == clock.now()
        mailable = set((await conn.execute(select(articles.c.mailable))).scalars())
    assert mailable == {False}


async def test_an_index_is_followed_within_bounds(mapped: Kit, site: Site) -> None:
    put(site, "/old.xml", (site.story(1), None))
    put(site, "/new.xml", (site.story(2), None))
    put_index(site, "/deep.xml", "/deeper.xml")
    put_index(site, "/deeper.xml", "/deepest.xml")
    put(site, "/deepest.xml", (site.story(3), None))
    put_index(site, "/sitemap.xml", "/old.xml", "/new.xml", "/deep.xml", "/sitemap.xml", "http://localhost:9/x.xml")
    assert (await poll(mapped)).new == 2
    assert site.asked[:5] == ["/sitemap.xml", "/old.xml", "/new.xml", "/deep.xml", "/deeper.xml"]
    assert "/deepest.xml" not in site.asked
    assert await titles(mapped) == ["Story 1", "Story 2"]


async def test_of_too_many_files_the_outermost_are_read(mapped: Kit, site: Site) -> None:
    for number in range(MOST_FILES + 10):
        put(site, f"/{number}.xml", (site.story(number), None))
    put_index(site, "/sitemap.xml", *(f"/{number}.xml" for number in range(MOST_FILES + 10)))
    await poll(mapped)
    read = [path for path in site.asked if path.endswith(".xml")]
    assert len(read) == MOST_FILES + 1
    assert {"/0.xml", f"/{MOST_FILES + 9}.xml"} <= set(read)


async def test_a_file_that_fails_costs_itself(mapped: Kit, site: Site) -> None:
    put(site, "/good.xml", (site.story(1), None))
    put_index(site, "/sitemap.xml", "/missing.xml", "/good.xml")
    report = await poll(mapped)
    assert (report.outcome, report.new) == (PollOutcome.OK, 1)
    site.fail("/good.xml")
    assert (await poll(mapped)).outcome == PollOutcome.FAILED


async def test_an_index_that_stands_still_hides_no_change(mapped: Kit, site: Site) -> None:
    put_index(site, "/sitemap.xml", "/files.xml")
    put(site, "/files.xml", (site.story(1), None))
    await poll(mapped)
    assert (await poll(mapped)).outcome == PollOutcome.UNCHANGED
    put(site, "/files.xml", (site.story(2), None), ("/info/1.htm", None))
    assert (await poll(mapped)).new == 1


async def test_an_empty_sitemap_is_an_error(mapped: Kit, site: Site) -> None:
    put(site, "/sitemap.xml")
    assert (await poll(mapped)).error_code == "read"


async def test_a_sitemap_that_is_gone(mapped: Kit, site: Site) -> None:
    site.fail("/sitemap.xml", 410)
    assert (await poll(mapped)).outcome == PollOutcome.GONE
