"""Places in archives: in the order in which articles were shown, without gaps, once and for ever."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from feedsvc.model.article import ArticleState
from feedsvc.storage import articles, reading, shelves
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories
from feedsvc.storage.schema import articles as table
from feedsvc.storage.types import Conn
from tests.storage import incoming, standing
from tests.storage.test_articles import DRAFT, NOW

HELD = ArticleState.HELD


async def add(conn: Conn, *slugs: str, state: ArticleState = ArticleState.PUBLISHED, days: int = 0) -> str:
    await articles.lock(conn)
    draft = replace(DRAFT, sort_at=NOW - timedelta(days=days))
    article_id, _ = await incoming.enter(conn, draft, slugs, state=state)
    return article_id


async def places(db: Database, category: str | None = None) -> dict[str, int]:
    if category is None:
        query = select(table.c.id, table.c.shelf).where(table.c.shelf.is_not(None))
    else:
        link = article_categories.c
        query = select(link.article_id, link.shelf).where(link.category == category, link.shelf.is_not(None))
    async with db.read() as conn:
        return {row[0]: row[1] for row in await conn.execute(query)}


async def test_places_follow_the_order_of_showing_whatever_the_dates(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        first = await add(conn, "news", days=1)
        old = await add(conn, "news", "research", days=300)
        other = await add(conn, "research")
    assert await places(newsroom) == {first: 1, old: 2, other: 3}
    assert await places(newsroom, "news") == {first: 1, old: 2}
    assert await places(newsroom, "research") == {old: 1, other: 2}


async def test_what_nobody_has_seen_has_no_place_until_it_is_shown(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        held = await add(conn, "news", state=HELD)
        shown = await add(conn, "news")
    assert await places(newsroom) == {shown: 1}
    async with newsroom.write() as conn:
        await standing.publish(conn, held, NOW)
    assert await places(newsroom, "news") == {shown: 1, held: 2}


async def test_a_place_stays_with_what_goes_and_comes_back(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        first, second = await add(conn, "news"), await add(conn, "news")
        await standing.withdraw(conn, first, NOW)
        third = await add(conn, "news")
        await standing.publish(conn, first, NOW)
        await shelves.put(conn, [first, second, third])
    assert await places(newsroom, "news") == {first: 1, second: 2, third: 3}


async def test_those_who_show_at_once_take_different_places(newsroom: Database) -> None:
    async def show() -> None:
        """One more, in a transaction of its own."""
        async with newsroom.write() as conn:
            await add(conn, "news")

    await asyncio.gather(*(show() for _ in range(6)))
    assert sorted((await places(newsroom, "news")).values()) == sorted((await places(newsroom)).values())
    assert sorted((await places(newsroom)).values()) == [1, 2, 3, 4, 5, 6]


async def test_an_archive_shows_what_stands_on_its_shelves(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        ids = [await add(conn, "news") for _ in range(5)]
        await standing.withdraw(conn, ids[1], NOW)
    async with newsroom.read() as conn:
        assert (await reading.last_shelf(conn, "news"), await reading.last_shelf(conn, None)) == (5, 5)
        assert (await reading.last_shelf(conn, "research"), await reading.last_shelf(conn, "nothing")) == (0, 0)
        for category in ("news", None):
            found, gone = await reading.shelved(conn, category, 1, 3)
            assert [one.id for one in found] == [ids[2], ids[0]]
            assert [one.withdrawn_at for one in gone] == [NOW]
            found, gone = await reading.shelved(conn, category, 4, 6)
            assert ([one.id for one in found], gone) == ([ids[4], ids[3]], [])
        assert await reading.was_shown(conn, ids[1])
        assert not await reading.was_shown(conn, "nothing")
