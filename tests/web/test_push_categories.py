"""Where pushed articles are read, and whom they are mailed to: categories that come, go and come again, and archives."""

from datetime import timedelta

from sqlalchemy import select

from feedsvc.storage import reading
from feedsvc.storage.schema import article_categories
from tests.storage.test_archive import issue
from tests.web.pushing import faults, in_feed, pusher
from tests.web.rooms import Pages, everything


async def test_categories_that_are_not_sent_again_go_and_those_of_rules_stay(both: Pages) -> None:
    cms = await pusher(both)
    await cms.sent(categories=["research", "yaowen"])
    kept = await cms.sent()
    assert (kept["happened"], kept["categories"]) == ("unchanged", ["news", "research", "yaowen"])
    fewer = await cms.sent(categories=["yaowen"])
    assert (fewer["happened"], fewer["changed"]) == ("updated", ["categories"])
    assert fewer["categories"] == ["news", "yaowen"]
    assert not await in_feed(both, "research")
    assert (await cms.sent(categories=[]))["categories"] == ["news"]
    assert (await cms.sent(categories=["科研"]))["happened"] in ("updated", "unchanged")


async def test_a_category_that_goes_and_comes_again_is_not_mailed_again(both: Pages) -> None:
    async def entries(slug: str) -> list[int | None]:
        async with both.db.read() as conn:
            places = select(article_categories.c.entry).where(article_categories.c.category == slug)
            return list((await conn.execute(places)).scalars())

    cms = await pusher(both)
    await cms.sent(categories=["research"])
    # Nothing went out yet: whatever the CMS corrects, its readers will have it once.
    await cms.sent(categories=[])
    await cms.sent(categories=["research", "yaowen"])
    first = await entries("research")
    assert all([*first, *await entries("yaowen")])
    async with both.db.write() as conn:
        await issue(conn, both.clock, 1)
    both.clock.advance(timedelta(hours=1))
    await cms.sent(categories=[])
    again = await cms.sent(categories=["research"])
    assert (again["changed"], again["categories"]) == (["categories"], ["news", "research"])
    # Whoever had it for this category is past this entry; whoever joined meanwhile and never had it gets it.
    assert await entries("research") == first
    assert await in_feed(both, "research")
    assert all(await entries("news"))
    # News that comes now is news.
    other = {"id": "2", "url": "https://www.example.edu/2", "title": "Two", "content_html": "<p>2</p>"}
    await cms.sent(**other, published_at=None, categories=["research"])
    assert max(number or 0 for number in await entries("research")) > max(number or 0 for number in first)


async def test_the_sources_own_words_lead_to_categories(pages: Pages) -> None:
    cms = await pusher(pages)
    assert (await cms.sent(categories=["科研"]))["categories"] == ["news", "research"]
    answer = await cms.send(categories=["news", "reserch", "unheard of"])
    assert answer.status == 422
    assert set(faults(answer)) == {"/categories/1", "/categories/2"}
    assert "Did you mean 'research'?" in faults(answer)["/categories/1"]


async def test_an_archive_floods_nobody_and_news_is_mailed(both: Pages) -> None:
    cms = await pusher(both)
    ids = {}
    dates = {"old": "2020-05-31", "fresh": "2020-06-06", "undated": None, "future": "2020-07-01T00:00:00Z"}
    for number, (name, date) in enumerate(dates.items()):
        url = f"https://www.example.edu/{number}"
        sent = await cms.sent(id=name, url=url, title=name, content_html=f"<p>{name}</p>", published_at=date)
        ids[sent["id"]] = name
    async with both.db.read() as conn:
        found = await reading.latest(conn, ("news",), 10)
        assert {ids[one.id] for one in found} == set(dates)
    rows = await everything(both.db)
    entered = {
        name for row in rows["article_categories"] for key, name in ids.items() if key in row and "None" not in row
    }
    assert entered == {"fresh", "undated", "future"}
    # A later correction of an old one does not make it news.
    assert (await cms.sent(id="old", url="https://www.example.edu/0", title="old, corrected"))["happened"] == "updated"
    assert sum("None" in row for row in (await everything(both.db))["article_categories"]) == 1
