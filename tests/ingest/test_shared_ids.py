"""Entries that share an id or an address in one document, or take over another's, stay the stories that they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from feedsvc.ingest.intake.apply import Applied, Found, bring_in
from feedsvc.ingest.intake.decide import Circumstances, New, Revised
from feedsvc.ingest.intake.identity import tells_other
from feedsvc.ingest.readers.upstream.feeds import read_feed
from feedsvc.ingest.readers.upstream.sharing import Named, Told, shares, tell_apart
from feedsvc.model.article import Story
from feedsvc.storage import origins
from feedsvc.storage.database import Database
from feedsvc.storage.schema import articles
from tests.ingest.stories import BASE, SOURCE, furnish

NOW = datetime(2020, 6, 8, 9, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://up.example/feed.xml"
NAMES = ("Library", "Canteen", "Laser", "Harbour", "Choir", "Robots", "Swimming", "Chemistry")


def item(number: int, link: str, guid: str = "", words: str = "", title: str = "", days: int = 0) -> str:
    name = NAMES[number]
    told = " ".join(f"{name}{word}" for word in range(40))
    date = (NOW - (number + 1 + days) * DAY).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return (
        f"<item><title>{title or name + ' opens'}</title><link>https://up.example/{link}</link>"
        f"{guid and f'<guid>{guid}</guid>'}<pubDate>{date}</pubDate>"
        f"<description>&lt;p&gt;{told} {words}&lt;/p&gt;</description></item>"
    )


class Desk:
    """A source that is polled again and again, each time an hour later."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.now = NOW
        self.seen: dict[str, str] = {}

    async def poll(self, *items: str) -> tuple[int, int]:
        """Poll a feed of these entries; returns how many articles are new, and how many changed."""
        self.now += timedelta(hours=1)
        async with self.db.write() as conn:
            known = (await origins.fingerprints(conn, [SOURCE.slug]))[SOURCE.slug]
            text = f'<rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'
            read = read_feed(text.encode(), "text/xml", URL, SOURCE, known)
            found = [Found(story) for story in reversed(read.stories)]
            results = await bring_in(conn, found, Circumstances(SOURCE, self.now), BASE)
        intents = []
        for story, one in zip(reversed(read.stories), results, strict=True):
            assert isinstance(one, Applied)
            self.seen[story.title] = one.article_id
            intents.append(one.intent)
        return sum(isinstance(one, New) for one in intents), sum(isinstance(one, Revised) for one in intents)

    async def told(self, title: str) -> tuple[str, str]:
        """Address and text of the article that a title was last brought in for."""
        row = await self.row(title)
        return row.url, row.content_html

    async def row(self, title: str) -> Row[Any]:
        """The article that a title was last brought in for."""
        async with self.db.read() as conn:
            return (await conn.execute(select(articles).where(articles.c.id == self.seen[title]))).one()


@pytest.fixture
async def desk(db: Database) -> Desk:
    """A newsroom without articles."""
    await furnish(db, NOW)
    return Desk(db)


SHARED = {
    "one guid": [item(n, f"{n}.html", "http://x/") for n in range(8)],
    "one link": [item(n, "news.asp", f"g{n}") for n in range(8)],
    "one page": [item(n, f"news.html#item{n}", f"g{n}") for n in range(8)],
    "fragments and one guid": [item(n, f"news.html#item{n}", "http://x/") for n in range(8)],
    "one link, no guids": [item(n, "news.asp") for n in range(8)],
    "one link, one guid": [item(n, "news.asp", "g") for n in range(8)],
}


@pytest.mark.parametrize("name", SHARED)
async def test_entries_that_share_are_articles_of_their_own_and_stable(desk: Desk, name: str) -> None:
    shown = SHARED[name]
    assert await desk.poll(*shown) == (8, 0)
    assert len(set(desk.seen.values())) == 8
    assert await desk.poll(*shown) == (0, 0)
    assert await desk.poll(shown[0].replace("&lt;p&gt;", "&lt;p&gt;Erratum. "), *shown[1:]) == (0, 1)
    assert "Erratum" in (await desk.told("Library opens"))[1]


async def test_links_that_people_follow_stay_as_given(desk: Desk) -> None:
    await desk.poll(*SHARED["one page"])
    assert (await desk.told("Laser opens"))[0] == "https://up.example/news.html#item2"


async def test_one_title_at_one_address_is_one_article_and_stable(desk: Desk) -> None:
    shown = item(0, "news.asp", title="News"), item(1, "news.asp", title="News")
    assert await desk.poll(*shown) == (1, 0)
    assert await desk.poll(*shown) == (0, 0)
    assert await desk.poll(*shown) == (0, 0)


async def test_a_guid_that_an_older_entry_uses_overwrites_nothing(desk: Desk) -> None:
    base = [item(n, f"{n}.html", f"g{n}") for n in range(6)]
    await desk.poll(*base)
    assert await desk.poll(item(7, "7.html", "g5"), *base) == (1, 0)
    assert await desk.poll(item(7, "7.html", "g5"), *base) == (0, 0)
    assert (await desk.told("Robots opens"))[0].endswith("/5.html")


async def test_a_guid_of_an_entry_that_has_gone_is_a_new_story_or_a_move(desk: Desk) -> None:
    await desk.poll(item(0, "0.html", "g0"), item(1, "1.html", "g1"))
    assert await desk.poll(item(2, "2.html", "g0"), item(1, "1-moved.html", "g1")) == (1, 1)
    assert (await desk.told("Library opens"))[0].endswith("/0.html")
    assert (await desk.told("Canteen opens"))[0].endswith("/1-moved.html")
    # The id is the newer one's from now on.
    assert await desk.poll(item(2, "2-moved.html", "g0")) == (0, 1)


async def test_an_entry_that_moves_away_and_back_is_corrected_at_each_step(desk: Desk) -> None:
    for link, words, result in (
        ("x0", "First.", (2, 0)),
        ("x0a", "Second.", (0, 1)),
        ("x0", "Third.", (0, 1)),
        ("x0", "Fourth.", (0, 1)),
    ):
        assert await desk.poll(item(0, f"{link}.html", "g0", words), item(1, "1.html", "g1")) == result
        url, text = await desk.told("Library opens")
        assert url == f"https://up.example/{link}.html"
        assert words in text


async def test_a_lone_entry_that_gets_company_at_its_address_stays_its_article(desk: Desk) -> None:
    await desk.poll(item(0, "news.asp", "g0"))
    first = desk.seen["Library opens"]
    assert await desk.poll(item(1, "news.asp", "g1"), item(0, "news.asp", "g0")) == (1, 0)
    assert await desk.poll(item(1, "news.asp", "g1"), item(0, "news.asp", "g0", "Corrected.")) == (0, 1)
    assert desk.seen["Library opens"] == first


async def test_a_date_that_is_corrected_alone_is_taken(desk: Desk) -> None:
    await desk.poll(item(0, "0.html", "g0"))
    assert await desk.poll(item(0, "0.html", "g0", days=2)) == (0, 1)
    article = await desk.row("Library opens")
    assert (article.published_at, article.sort_at) == (NOW - 3 * DAY, NOW - 3 * DAY)


async def test_a_feed_that_prints_when_it_was_built_corrects_nothing(desk: Desk) -> None:
    await desk.poll(item(0, "0.html", "g0"))
    for days in (-2, -3):
        desk.now += 3 * DAY
        assert await desk.poll(item(0, "0.html", "g0", days=days)) == (0, 0)


def test_an_id_shown_twice_under_one_name_is_still_an_id() -> None:
    twice = [Named("https://a.example/1", "x"), Named("https://a.example/1", "x")]
    assert tell_apart(twice, lambda _: "One") == [Told("x"), Told("x", again=True)]


def test_entries_share_an_address_or_an_id_and_not_one_for_the_other() -> None:
    here = Named("https://a.example/1", "x").calls
    assert shares([here], [Named("https://a.example/1#top", "").calls])
    assert shares([here], [Named("https://a.example/2", "x").calls])
    assert not shares([here], [Named("https://a.example/2", "https://a.example/1").calls, Named("", "").calls])


def test_stories_without_words_are_told_by_their_titles_and_dates() -> None:
    one = Story(URL, "Library opens", published=NOW)
    assert tells_other(one, "Canteen menu", "", NOW - DAY)
    assert not tells_other(one, "Canteen menu", "", NOW)
    assert not tells_other(one, "Library opens (corrected)", "", NOW - DAY)
    assert tells_other(replace(one, published=None), "Canteen menu", "", None)
