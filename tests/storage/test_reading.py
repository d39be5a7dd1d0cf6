"""Articles as readers see them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from feedsvc.model.article import ArticleState, Attachment, Image
from feedsvc.storage import reading, shelves
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles, categories, sources, stamps
from feedsvc.storage.types import Conn

DAY = datetime(2020, 6, 8, tzinfo=UTC)


async def add_category(conn: Conn, slug: str, position: int = 0, **changes: Any) -> None:
    fields = {"slug": slug, "title": slug.title(), "language": "en", "keywords": [], "position": position}
    await conn.execute(insert(categories).values(**fields | changes))


async def add_source(conn: Conn, slug: str, title: str) -> None:
    lists: dict[str, Any] = {"categories": [], "list_rules": {}, "article_rules": {}, "category_map": {}}
    texts = {"kind": "page", "url": "https://x.edu/", "preset": "auto", "timezone": "UTC", "language": "en"}
    numbers = {
        "interval_seconds": 60,
        "first_run_seconds": 60,
        "max_interval_seconds": 60,
        "allow_private": False,
        "approval": False,
        "position": 0,
    }
    await conn.execute(insert(sources).values(slug=slug, title=title, **lists, **texts, **numbers))


async def add(conn: Conn, article_id: str, *slugs: str, hours: int = 0, **changes: Any) -> None:
    """An article that came out so many hours after the day began."""
    sort_at = DAY + timedelta(hours=hours)
    fields: dict[str, Any] = {
        "id": article_id,
        "guid": "tag:x.edu,2020:" + article_id,
        "source": "usst",
        "url": "https://x.edu/" + article_id,
        "title": article_id,
        "summary": "",
        "content_html": "",
        "authors": [],
        "language": "en",
        "attachments": [],
        "published_at": sort_at,
        "published_is_date": False,
        "first_seen_at": sort_at,
        "updated_at": sort_at,
        "sort_at": sort_at,
        "revision": 1,
        "state": ArticleState.PUBLISHED.value,
        "mailable": True,
        "content_hash": "",
    }
    fields |= changes
    await conn.execute(insert(articles).values(**fields))
    visible = fields["state"] == ArticleState.PUBLISHED
    for slug in slugs:
        await conn.execute(
            insert(article_categories).values(category=slug, article_id=article_id, sort_at=sort_at, visible=visible)
        )
    if visible:
        await shelves.put(conn, [article_id])


async def withdraw(conn: Conn, article_id: str, when: datetime) -> None:
    gone = {"state": ArticleState.WITHDRAWN.value, "withdrawn_at": when}
    await conn.execute(update(articles).where(articles.c.id == article_id).values(**gone))
    link = article_categories
    await conn.execute(update(link).where(link.c.article_id == article_id).values(visible=False))


@pytest.fixture
async def newsroom(db: Database) -> Database:
    """Three categories and a source; `news` comes before `culture`, `empty` has nothing."""
    async with db.write() as conn:
        await add_category(conn, "culture", 2)
        await add_category(conn, "news", 1, title="News & Events", language="zh", description="On campus")
        await add_category(conn, "empty", 3)
        await add_source(conn, "usst", "USST News")
    return db


@asynccontextmanager
async def counted(db: Database) -> AsyncIterator[list[tuple[str, Any]]]:
    """Every statement that is sent meanwhile, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def ids(db: Database, *slugs: str, limit: int = 10, before: reading.Position | None = None) -> list[str]:
    async with db.read() as conn:
        return [article.id for article in await reading.latest(conn, slugs, limit, before)]


async def test_an_article_comes_whole(newsroom: Database) -> None:
    image = {"url": "https://x.edu/a.png", "alt": "A", "width": 3}
    attachment = {"url": "https://x.edu/a.pdf", "title": "Plan", "media_type": None, "length": 5}
    async with newsroom.write() as conn:
        await add(conn, "a", "culture", "news", authors=["Li Wei"], image=image, attachments=[attachment])
    async with newsroom.read() as conn:
        (article,) = await reading.latest(conn, (), 10)
    assert article.categories == ("news", "culture")
    assert article.source_title == "USST News"
    assert article.authors == ("Li Wei",)
    assert article.image == Image("https://x.edu/a.png", alt="A", width=3)
    assert article.attachments == (Attachment("https://x.edu/a.pdf", "Plan", length=5),)
    assert article.sort_at == DAY


async def test_the_newest_come_first_and_the_id_decides_a_tie(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        await add(conn, "a", "news", hours=1)
        await add(conn, "c", "news", hours=2)
        await add(conn, "b", "news", hours=2)
    assert await ids(newsroom, "news") == await ids(newsroom) == ["c", "b", "a"]
    assert await ids(newsroom, "news", limit=2) == await ids(newsroom, limit=2) == ["c", "b"]


async def test_a_union_has_each_article_once_in_one_order(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        await add(conn, "a", "news", hours=1)
        await add(conn, "b", "culture", hours=2)
        await add(conn, "c", "news", "culture", hours=3)
        await add(conn, "d", hours=4)
    assert await ids(newsroom, "culture", "news") == ["c", "b", "a"]
    assert await ids(newsroom, "culture", "empty", "news", limit=2) == ["c", "b"]
    assert await ids(newsroom, "empty") == []
    assert await ids(newsroom, "unknown") == []


@pytest.mark.parametrize("slugs", [(), ("news",), ("culture", "news")])
async def test_pages_follow_each_other_without_gap_or_repeat(newsroom: Database, slugs: tuple[str, ...]) -> None:
    async with newsroom.write() as conn:
        for number in range(11):
            await add(conn, f"{number:02}", "news", "culture", hours=number // 3)
    seen: list[str] = []
    before: reading.Position | None = None
    while True:
        async with newsroom.read() as conn:
            page = await reading.latest(conn, slugs, 4, before)
        if not page:
            break
        seen += [article.id for article in page]
        before = (page[-1].sort_at, page[-1].id)
    assert seen == [f"{number:02}" for number in reversed(range(11))]


@pytest.mark.parametrize("state", [ArticleState.HELD, ArticleState.EMBARGOED, ArticleState.WITHDRAWN])
async def test_only_what_is_published_is_listed(newsroom: Database, state: ArticleState) -> None:
    async with newsroom.write() as conn:
        await add(conn, "a", "news", state=state.value)
    assert await ids(newsroom) == await ids(newsroom, "news") == await ids(newsroom, "culture", "news") == []
    async with newsroom.read() as conn:
        article = await reading.get(conn, "a")
    assert article is not None
    assert article.state is state


async def test_get_finds_nothing_where_nothing_is(newsroom: Database) -> None:
    async with newsroom.read() as conn:
        assert await reading.get(conn, "missing") is None
        assert await reading.get_many(conn, []) == {}


async def test_get_many_of_more_than_fit_one_statement(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        for number in range(3):
            await add(conn, f"{number:04}", "news")
    async with newsroom.read() as conn:
        found = await reading.get_many(conn, (f"{number:04}" for number in range(1200)))
    assert sorted(found) == ["0000", "0001", "0002"]
    assert found["0001"].categories == ("news",)


@pytest.mark.parametrize("slugs", [(), ("news",), ("culture", "empty", "news")])
async def test_the_number_of_queries_does_not_grow(newsroom: Database, slugs: tuple[str, ...]) -> None:
    async with newsroom.write() as conn:
        for number in range(40):
            await add(conn, f"{number:02}", "news", "culture", hours=number)
    async with newsroom.read() as conn, counted(newsroom) as sent:
        assert len(await reading.latest(conn, slugs, 30)) == 30
    assert len(sent) == 2


async def test_a_categorys_newest_are_a_range_of_its_index(sqlite_db: Database) -> None:
    async with sqlite_db.write() as conn:
        await add_category(conn, "news")
    async with sqlite_db.read() as conn, counted(sqlite_db) as sent:
        await reading.latest(conn, ("news",), 10, (DAY, "x"))
        statement, parameters = sent[0]
        plan = await conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        steps = " ".join(str(step) for step in plan)
    assert "ix_article_categories_newest (category=? AND visible=? AND sort_at<?)" in steps


async def test_related_share_categories_then_language(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        await add(conn, "me", "news", "culture", hours=1)
        await add(conn, "both", "news", "culture", hours=2)
        await add(conn, "newer", "news", hours=4, language="zh")
        await add(conn, "older", "news", hours=3)
        await add(conn, "other", hours=5)
        await add(conn, "held", "news", state=ArticleState.HELD.value)
        await add(conn, "alone", hours=6)
    async with newsroom.read() as conn:
        me, alone = await reading.get(conn, "me"), await reading.get(conn, "alone")
        assert me is not None
        assert alone is not None
        assert [article.id for article in await reading.related(conn, me, 5)] == ["both", "older", "newer"]
        assert [article.id for article in await reading.related(conn, me, 1)] == ["both"]
        assert [article.id for article in await reading.related(conn, alone, 1)] == ["other"]


async def test_tombstones_of_what_was_withdrawn(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        await add(conn, "a", "news")
        await add(conn, "b", "news", "culture")
        await add(conn, "c", "culture")
        await add(conn, "unseen", "culture", state=ArticleState.HELD.value)
        await withdraw(conn, "a", DAY)
        await withdraw(conn, "b", DAY + timedelta(hours=1))
        await withdraw(conn, "unseen", DAY)
    async with newsroom.read() as conn:
        everything = await reading.tombstones(conn, (), 10)
        news = await reading.tombstones(conn, ("news",), 1)
        both = await reading.tombstones(conn, ("culture", "news"), 10)
        assert await reading.tombstones(conn, ("empty",), 10) == []
    assert [stone.guid for stone in everything] == ["tag:x.edu,2020:b", "tag:x.edu,2020:a"]
    assert [stone.guid for stone in both] == ["tag:x.edu,2020:b", "tag:x.edu,2020:a"]
    assert [stone.withdrawn_at for stone in news] == [DAY + timedelta(hours=1)]


async def test_categories_in_the_order_of_the_newsroom(newsroom: Database) -> None:
    async with newsroom.read() as conn:
        assert [category.slug for category in await reading.categories(conn)] == ["news", "culture", "empty"]


async def test_counts_miss_no_category(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        await add(conn, "a", "news", "culture")
        await add(conn, "b", "news")
        await add(conn, "c", "news", state=ArticleState.HELD.value)
        await add(conn, "d")
    async with newsroom.read() as conn:
        assert await reading.counts(conn) == {"news": 2, "culture": 1, "empty": 0, "*": 3}


async def test_feed_marks_are_one_query(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        await conn.execute(
            insert(stamps).values([{"feed": "*", "changed_at": DAY}, {"feed": "news", "changed_at": DAY}])
        )
        await conn.execute(insert(stamps).values(feed="removed", changed_at=DAY))
    async with newsroom.read() as conn, counted(newsroom) as sent:
        marks = await reading.feed_marks(conn)
    assert len(sent) == 1
    assert [category.slug for category in marks.categories] == ["news", "culture", "empty"]
    assert (marks.categories[0].title, marks.categories[0].language) == ("News & Events", "zh")
    assert marks.categories[0].description == "On campus"
    assert marks.changed == {"*": DAY, "news": DAY}


async def test_feed_marks_of_an_empty_newsroom(db: Database) -> None:
    async with db.read() as conn:
        assert await reading.feed_marks(conn) == reading.FeedMarks((), {})
