"""The sample university: four kinds of pages that behave as real ones do."""

import struct
from collections.abc import AsyncIterator
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from feedsvc.demo.site.content import pieces
from feedsvc.demo.site.pictures import HEIGHT, NAMES, WIDTH, picture
from feedsvc.demo.site.server import CORRECTION, SampleSite, long_date

TODAY = date(2020, 7, 1)
KINDS = ("english", "chinese", "library", "events")
Client = TestClient[Request, Application]


@pytest.fixture
def site() -> SampleSite:
    return SampleSite(TODAY)


@pytest.fixture
async def client(site: SampleSite) -> AsyncIterator[Client]:
    async with TestClient(TestServer(site.application())) as made:
        yield made


async def text(client: Client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def test_the_english_list_holds_the_story_of_june_6_2020(client: Client) -> None:
    page = await text(client, "/News_Events.htm")
    assert 'title="USST Links Cooperation Agreement with Qingpu"' in page
    assert "<span>June 6, 2020</span>" in page


async def test_a_long_title_is_cut_in_the_list_and_whole_in_its_attribute(client: Client) -> None:
    page = await text(client, "/News_Events/1.htm")
    whole = "The Network Cultural Festival Concluded and 2019 Campus Cultural Projects Launched at USST"
    assert f'title="{whole}"' in page
    assert f">{whole}</a>" not in page


async def test_older_pages_are_numbered_downwards_and_link_upwards(client: Client) -> None:
    first, older = await text(client, "/News_Events.htm"), await text(client, "/News_Events/1.htm")
    assert 'href="News_Events/1.htm"' in first
    assert "../info/1023/1634.htm" in older
    assert "p_next_d" in older


async def test_one_story_stands_under_two_addresses(client: Client) -> None:
    one, two = await text(client, "/info/1023/1983.htm"), await text(client, "/info/1178/1984.htm")
    for body in [piece.body[1] for piece in pieces("english", TODAY, later=False) if piece.id == "1983"]:
        assert body.replace("'", "&#39;") in one
        assert body.replace("'", "&#39;") in two


async def test_the_chinese_pages_are_gb18030_and_say_gb2312(client: Client) -> None:
    answer = await client.get("/2020/0604/c1234a41981/page.htm")
    body = await answer.read()
    assert "charset" not in answer.headers["Content-Type"]
    assert b"charset=gb2312" in body
    # The name holds a character that gb2312 itself does not have.
    assert "张镕喆" in body.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        body.decode("gb2312")


async def test_a_pinned_item_stands_first_out_of_order(client: Client) -> None:
    page = (await (await client.get("/yw/list.htm")).read()).decode("gb18030")
    assert page.index("a41977") < page.index("a41983")
    assert "[置顶]" in page


async def test_the_hit_counter_changes_the_bytes_and_nothing_else(client: Client) -> None:
    one = await (await client.get("/2020/0606/c1234a41983/page.htm")).read()
    two = await (await client.get("/2020/0606/c1234a41983/page.htm")).read()
    assert one != two
    assert len(one) == len(two)


async def test_the_feed_and_the_sitemap_are_well_formed_and_their_links_lead_somewhere(client: Client) -> None:
    feed = ET.fromstring(await text(client, "/library/rss.xml"))
    links = [item.findtext("link") or "" for item in feed.iter("item")]
    ns = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    links += [loc.text or "" for loc in ET.fromstring(await text(client, "/sitemap-events.xml")).iter(f"{ns}loc")]
    assert len(links) == 3
    async with ClientSession() as session:
        for link in links:
            async with session.get(link) as answer:
                assert answer.status == 200


async def test_pages_that_did_not_change_are_answered_with_304(client: Client) -> None:
    etag = (await client.get("/News_Events.htm")).headers["ETag"]
    assert (await client.get("/News_Events.htm", headers={"If-None-Match": etag})).status == 304


async def test_publishing_adds_stories_of_every_kind_and_corrects_one(site: SampleSite, client: Client) -> None:
    before = await text(client, "/News_Events.htm")
    corrected = await text(client, "/info/1178/2044.htm")
    assert (await client.get("/info/1023/2601.htm")).status == 404
    assert site.publish() == 6
    assert CORRECTION not in corrected
    assert CORRECTION in await text(client, "/info/1178/2044.htm")
    assert await text(client, "/News_Events.htm") != before
    assert "Lens Thinner" in await text(client, "/info/1023/2601.htm")
    assert "night-of-books" in await text(client, "/library/rss.xml")
    assert "open-day" in await text(client, "/sitemap-events.xml")


@pytest.mark.parametrize(
    "path", ["/info/1023/9.htm", "/info/1/1983.htm", "/News_Events/9.htm", "/News_Events/x.htm", "/events/no.html"]
)
async def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_stories_before_and_more_after(kind: str) -> None:
    before, after = pieces(kind, TODAY, later=False), pieces(kind, TODAY, later=True)
    assert 0 < len(before) < len(after)
    assert {piece.day for piece in after if piece.later} <= {TODAY, TODAY - timedelta(days=1)}
    days = [piece.day for piece in after if piece.day]
    assert days == sorted(days, reverse=True)


def test_an_undated_story_stays_undated() -> None:
    assert [piece.id for piece in pieces("english", TODAY, later=False) if piece.day is None] == ["1254"]
    assert long_date(None) == ""


def test_pictures_are_png_of_the_size_they_say() -> None:
    body = picture(NAMES[0])
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", body[16:24]) == (WIDTH, HEIGHT)
