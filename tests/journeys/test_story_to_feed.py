"""A story on the university's page becomes an item of a feed: 200, then 304, then changed when it is corrected."""

import json

import feedparser
import pytest

from feedsvc.ingest import run as ingest
from tests.journeys.conftest import JOURNEY, ON_SQLITE, World

pytestmark = JOURNEY
FORMATS = ("rss", "atom", "json")


def titles(body: str, form: str) -> list[str]:
    if form == "json":
        return [item["title"] for item in json.loads(body)["items"]]
    return [entry.title for entry in feedparser.parse(body).entries]


@pytest.mark.parametrize("form", FORMATS)
async def test_a_scraped_story_is_in_the_feed_and_then_not_modified(world: World, form: str) -> None:
    new = await world.poll()
    assert new == {"usst-news": 5, "usst-yaowen": 4, "library": 2, "events": 1}
    world.settle()
    answer = await world.get(f"/feeds/news.{form}")
    assert answer.status == 200
    assert "USST Links Cooperation Agreement with Qingpu" in titles(answer.text, form)
    for given in ({"If-None-Match": answer.headers["ETag"]}, {"If-Modified-Since": answer.headers["Last-Modified"]}):
        again = await world.get(f"/feeds/news.{form}", headers=given)
        assert again.status == 304
        assert again.headers["ETag"]
        assert again.body == b""


async def test_polling_again_changes_no_byte(world: World) -> None:
    await world.poll()
    world.settle()
    before = await world.get("/feeds/all.atom")
    assert set((await world.poll()).values()) == {0}
    world.settle()
    after = await world.get("/feeds/all.atom")
    assert after.body == before.body
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"]


async def test_a_correction_changes_the_feed_and_keeps_the_id(world: World) -> None:
    await world.poll()
    world.settle()
    before = await world.get("/feeds/news.json")
    world.site.publish()
    new = await world.poll()
    assert sum(new.values()) == 6
    world.settle()
    after = await world.get("/feeds/news.json", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status == 200
    old, now = json.loads(before.text), json.loads(after.text)
    ids = {item["title"]: item["id"] for item in now["items"]}
    assert all(ids[item["title"]] == item["id"] for item in old["items"])
    corrected = next(item for item in now["items"] if item["title"] == "USST Strengthens Ties with SHU")
    assert "Correction:" in corrected["content_html"]


async def test_the_same_story_under_two_addresses_is_one_article(world: World) -> None:
    await world.poll()
    world.settle()
    found = titles((await world.get("/feeds/news.rss")).text, "rss")
    assert found.count("USST Links Cooperation Agreement with Qingpu") == 1


@ON_SQLITE
async def test_the_pages_show_what_the_feed_has(world: World) -> None:
    await world.poll()
    home = (await world.get("/")).text
    assert "USST Holds the Opening Ceremony for Class of 2022" in home
    chinese = (await world.get("/categories/yaowen")).text
    assert "副校长张镕喆一行赴企业调研" in chinese
    assert 'lang="zh' in chinese


@ON_SQLITE
async def test_a_site_that_is_away_loses_nothing(world: World) -> None:
    await world.poll()
    world.settle()
    before = (await world.get("/feeds/all.json")).body
    world.site.away = True
    app = world.app
    report = await ingest.poll(app.db, app.fetcher, app.reader, app.settings, world.clock, "usst-news")
    assert report.error
    assert (await world.get("/feeds/all.json")).body == before
