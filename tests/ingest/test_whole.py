"""The whole way with nothing replaced: a real site in GB18030, the real client, the real reader process, a database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.ingest import run
from feedsvc.ingest.check import check
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.reading import Reader
from feedsvc.model.health import PollOutcome
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage.schema import article_categories, articles
from tests.fakes.news_site import NewsSite
from tests.ingest.conftest import AddSource
from tests.ingest.pages import page
from tests.ingest.site import Site

STORY = "/2020/0606/c1234a99/page.htm"
TITLE = "副校长张镕喆一行赴企业调研"


@pytest.fixture
async def real(kit: Kit) -> AsyncIterator[Kit]:
    """The kit with the reader process."""
    reader = Reader()
    yield replace(kit, reader=reader)
    await reader.close()


@pytest.fixture
async def source(site: Site, add_source: AddSource) -> Source:
    """A webplus site whose bytes are GB18030: a story, a page that is missing, a PDF."""
    put(site.server, "/yw/list.htm", "webplus_list.htm")
    put(site.server, STORY, "webplus_article.htm")
    return await add_source(
        url="/yw/list.htm", timezone="Asia/Shanghai", language="zh", category_map={"1234": "research"}
    )


def put(server: NewsSite, path: str, name: str, old: str = "", new: str = "") -> None:
    body = page(name).decode().replace(old, new) if old else page(name).decode()
    encoded = body.encode("gb18030")
    server.put(path, encoded, content_type="text/html; charset=gb2312", headers={"ETag": f'"{hash(encoded)}"'})


async def poll(kit: Kit) -> PollOutcome:
    report = await run.poll(kit.db, kit.fetcher, kit.reader, kit.settings, kit.clock, "usst")
    assert report.problems == ()
    return report.outcome


async def test_a_scraped_site(real: Kit, source: Source, site: Site, clock: FixedClock) -> None:
    assert await poll(real) == PollOutcome.OK
    async with real.db.read() as conn:
        found = {row["title"]: row for row in (await conn.execute(select(articles))).mappings()}
        places = [(row.category, row.entry) for row in await conn.execute(select(article_categories))]
    assert sorted(found) == sorted([TITLE, "图书馆延长开放时间", "工作计划"])
    story = found[TITLE]
    assert (story["url"], story["language"]) == (site.url(STORY), "zh")
    assert story["published_at"] == datetime(2020, 6, 4, 1, 30, tzinfo=UTC)
    assert "调研于6月3日举行" in story["content_html"]
    assert (story["authors"], story["revision"]) == (["王堃"], 1)
    assert found["工作计划"]["url"].endswith("plan.pdf")
    # The missing page is old, the others lie within the first run's week: entries for those alone.
    assert sorted(category for category, _ in places) == ["news", "news", "news", "research", "research"]
    assert sorted(entry for _, entry in places if entry) == [1, 2, 3]
    assert await poll(real) == PollOutcome.UNCHANGED

    clock.advance(timedelta(hours=1))
    counted = '<span class="WP_VisitCount">{}</span>'
    put(site.server, STORY, "webplus_article.htm", counted.format(10), counted.format(999))
    assert await poll(real) == PollOutcome.UNCHANGED
    put(site.server, STORY, "webplus_article.htm", "6月3日", "6月2日")
    assert await poll(real) == PollOutcome.OK
    async with real.db.read() as conn:
        row = (await conn.execute(select(articles).where(articles.c.title == TITLE))).mappings().one()
    assert (row["revision"], row["updated_at"]) == (2, clock.now())
    assert "6月2日" in row["content_html"]


async def test_a_login_page_in_the_place_of_the_list(real: Kit, source: Source, site: Site) -> None:
    await poll(real)
    site.server.put("/yw/list.htm", "<title>登录</title><form><input type=password></form>")
    report = await run.poll(real.db, real.fetcher, real.reader, real.settings, real.clock, "usst")
    assert (report.outcome, report.error_code) == (PollOutcome.FAILED, "read")
    async with real.db.read() as conn:
        assert len((await conn.execute(select(articles.c.id))).all()) == 3


async def test_what_a_check_shows(real: Kit, source: Source, site: Site) -> None:
    report = await check(real.fetcher, real.reader, source)
    assert (report.preset, report.listed, report.problems) == ("webplus", 3, ())
    by_title = {item.title: item for item in report.items}
    assert by_title[TITLE].date == "2020-06-04"
    assert by_title[TITLE].categories == ("news", "research")
    assert "404" in by_title["图书馆延长开放时间"].problem
    assert by_title["工作计划"].problem == ""


async def test_a_feed_that_is_an_html_page(real: Kit, site: Site, add_source: AddSource) -> None:
    await add_source(kind=SourceKind.FEED, url="/feed")
    site.server.put("/feed", "<html><body><h1>502 Bad Gateway</h1></body></html>")
    report = await run.poll(real.db, real.fetcher, real.reader, real.settings, real.clock, "usst")
    assert (report.outcome, report.error_code) == (PollOutcome.FAILED, "read")
