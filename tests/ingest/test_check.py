"""What a source would bring, with nothing stored."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from feedsvc.ingest.check import check
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.report import CheckReport
from feedsvc.model.article import Attachment
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.storage.schema import metadata
from tests.ingest.site import Site


@pytest.fixture
def source(site: Site) -> Source:
    return Source(
        "usst",
        SourceKind.PAGE,
        site.url("/list"),
        categories=("news",),
        category_map={"info": "inside"},
        timezone="Asia/Shanghai",
        allow_private=True,
    )


async def look(kit: Kit, source: Source, **options: Any) -> CheckReport:
    return await check(kit.fetcher, kit.reader, source, **options)


async def test_a_list_and_its_stories(kit: Kit, site: Site, source: Source) -> None:
    site.story(1, date="2020-06-05T16:00:00+00:00", authors=["Lu Wen", "Zhang Liu"])
    site.story(2, date=None)
    site.put("/list", {"items": [{"url": "/info/1.htm"}, {"url": "/info/2.htm"}], "next": "x/1.htm", "preset": "vsb"})
    report = await look(kit, source)
    assert (report.preset, report.next_url, report.listed, report.problems) == ("vsb", "x/1.htm", 2, ())
    first, second = report.items
    assert (first.title, first.date, first.authors) == ("Story 1", "2020-06-06", ("Lu Wen", "Zhang Liu"))
    assert first.published_at == datetime(2020, 6, 5, 16, tzinfo=UTC)
    assert first.text.startswith("The university and the district")
    assert first.summary
    assert first.categories == ("news", "inside")
    assert (second.date, second.published_at) == ("", None)
    assert report.went_well


async def test_the_limit_and_the_categories_there_are(kit: Kit, site: Site, source: Source) -> None:
    site.story(1)
    site.list_of(1, 2, 3)
    report = await look(kit, source, limit=1, categories=(Category("inside", "Inside"),))
    assert (len(report.items), report.listed) == (1, 3)
    assert report.items[0].categories == ("inside",)
    assert site.asked == ["/list", "/info/1.htm"]


async def test_nothing_is_stored(kit: Kit, site: Site, source: Source) -> None:
    site.story(1)
    site.list_of(1)
    await look(kit, source)
    async with kit.db.read() as conn:
        for table in metadata.sorted_tables:
            assert (await conn.execute(select(func.count()).select_from(table))).scalar_one() == 0
    await look(kit, source)
    assert site.conditional == []


async def test_what_is_wrong_is_said_where_it_is(kit: Kit, site: Site, source: Source) -> None:
    site.fail("/info/1.htm")
    site.page("/info/2.htm", b"<h1>Please log in</h1>")
    site.put(
        "/list", {"items": [{"url": f"/info/{n}.htm", "title": f"Story {n}"} for n in (1, 2)] + [{"url": "/a.pdf"}]}
    )
    report = await look(kit, source)
    problems = [item.problem for item in report.items]
    assert "500" in problems[0]
    assert "not a page of this site" in problems[1]
    assert "no title" in problems[2]
    assert [item.title for item in report.items] == ["Story 1", "Story 2", ""]
    assert not report.went_well


@pytest.mark.parametrize("status", [404, 410, 500])
async def test_a_list_that_fails(kit: Kit, site: Site, source: Source, status: int) -> None:
    site.fail("/list", status)
    report = await look(kit, source)
    assert str(status) in report.problems[0]
    assert report.items == ()


async def test_an_empty_list(kit: Kit, site: Site, source: Source) -> None:
    site.put("/list", {"items": []})
    assert "shows no stories" in (await look(kit, source)).problems[0]


async def test_a_feed(kit: Kit, site: Site, source: Source) -> None:
    site.put("/list", {"items": [{"url": "/1", "title": "Story 1", "body": "<p>A text.</p>"}]})
    report = await look(kit, replace(source, kind=SourceKind.FEED))
    assert (report.title, report.kind, report.items[0].text) == ("A feed", "feed", "A text.")
    assert report.items[0].attachments == tuple[Attachment, ...]()
    assert site.asked == ["/list"]


async def test_a_sitemap_and_an_index(kit: Kit, site: Site, source: Source) -> None:
    site.story(1)
    site.put("/list", {"sitemaps": ["/files.xml"]})
    site.put("/files.xml", {"items": [{"url": "/info/1.htm"}]})
    report = await look(kit, replace(source, kind=SourceKind.SITEMAP))
    assert [item.title for item in report.items] == ["Story 1"]
    assert report.url == site.url("/files.xml")


async def test_a_sitemap_leads_to_no_other_host(kit: Kit, site: Site, source: Source) -> None:
    elsewhere = site.url("/info/2.htm").replace("127.0.0.1", "localhost")
    assert elsewhere != site.url("/info/2.htm")
    site.story(1)
    site.story(2)
    site.put("/list", {"sitemaps": [elsewhere, "/files.xml"]})
    site.put("/files.xml", {"items": [{"url": elsewhere}, {"url": "/info/1.htm"}]})
    report = await look(kit, replace(source, kind=SourceKind.SITEMAP))
    assert (report.listed, [item.title for item in report.items]) == (1, ["Story 1"])
    assert "/info/2.htm" not in site.asked


async def test_a_push_source_is_not_asked_for(kit: Kit, site: Site, source: Source) -> None:
    report = await look(kit, replace(source, kind=SourceKind.PUSH, url=""))
    assert report.remarks == ("There is nothing to check: the articles of this source are pushed.",)
    assert report.went_well
    assert site.asked == []


async def test_what_an_editor_should_know_is_remarked(kit: Kit, site: Site, source: Source) -> None:
    site.story(1, date=None, body="")
    site.list_of(1)
    found, undated, bare, unsorted = (await look(kit, replace(source, categories=(), category_map={}))).remarks
    assert found.startswith("The list was found by its look")
    assert undated.startswith("None of these stories bears a date")
    assert bare.startswith("None of these stories has a text")
    assert unsorted.startswith("None of these stories is in a category")
    pinned = await look(kit, replace(source, list_rules={"item": "li"}))
    assert pinned.rules == {"item": "li"}
    assert not any("look" in remark for remark in pinned.remarks)
    assert pinned.went_well
