"""A rehearsal leaves nothing; what an earlier push chose goes, what rules and editors chose stays. On both engines."""

from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.intake.apply import Applied, Found, bring_in
from feedsvc.ingest.intake.decide import Circumstances
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.newsroom import Category, Newsroom, Source, SourceKind
from feedsvc.newsroom.apply import apply
from feedsvc.storage import pushed, sources, stamps, switches
from feedsvc.storage.database import Database
from feedsvc.storage.rehearsal import rehearse, writing
from feedsvc.storage.schema import article_categories
from feedsvc.storage.schema import stamps as stamps_table
from feedsvc.storage.types import Conn
from tests.storage import standing
from tests.web.rooms import everything

CATEGORIES = ("news", "research", "yaowen")


@pytest.fixture
async def article(db: Database, clock: FixedClock) -> str:
    """One article of the source cms in three categories, chosen by a rule, a push and an editor."""
    room = Newsroom(categories=tuple(map(Category, CATEGORIES, CATEGORIES)), sources=(Source("cms", SourceKind.PUSH),))
    await apply(db, room, clock.now())
    story = Story("https://x.example/1", "A treaty is signed", upstream_id="7", content_html="<p>Signed.</p>")
    async with db.write() as conn:
        what = Circumstances(room.sources[0], clock.now())
        (made,) = await bring_in(conn, [Found(story, categories=CATEGORIES)], what, "https://news.example.edu")
        assert isinstance(made, Applied)
        for slug, placed_by in zip(CATEGORIES, ("rule", "push", "editor"), strict=True):
            places = article_categories.update().where(article_categories.c.category == slug)
            await conn.execute(places.values(placed_by=placed_by))
    return made.article_id


async def categories_of(conn: Conn, article_id: str) -> tuple[str, ...]:
    here = await pushed.standing(conn, article_id)
    assert here
    return here.article.categories


async def test_a_rehearsal_sees_itself_and_leaves_nothing(db: Database, clock: FixedClock) -> None:
    before = await everything(db)
    async with rehearse(db) as conn:
        await switches.put(conn, "x", "y", clock.now())
        assert await switches.get(conn, "x") == "y"
    assert await everything(db) == before

    async def fail() -> None:
        async with writing(db, rehearsal=True) as conn:
            await switches.put(conn, "x", "y", clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await everything(db) == before
    async with writing(db, rehearsal=False) as conn:
        await switches.put(conn, "x", "y", clock.now())
    assert await everything(db) != before


async def test_an_article_is_found_by_its_senders_id(db: Database, article: str) -> None:
    async with db.read() as conn:
        assert await pushed.by_own_id(conn, "cms", "7") == article
        assert await pushed.by_own_id(conn, "cms", "8") is None
        assert await pushed.by_own_id(conn, "press", "7") is None
        here = await pushed.standing(conn, article)
        assert await pushed.standing(conn, "nothing") is None
    assert here
    assert (here.article.id, here.embargo_until, here.shown_by) == (article, None, frozenset({"cms"}))


async def test_an_embargo_is_found_by_id_and_by_address(db: Database, clock: FixedClock, article: str) -> None:
    until = clock.now() + timedelta(days=1)
    async with db.write() as conn:
        await standing.set_state(conn, article, ArticleState.EMBARGOED, clock.now(), until)
    async with db.read() as conn:
        assert await pushed.embargo(conn, "cms", "7", ["https://elsewhere.example/"]) == until
        assert await pushed.embargo(conn, "cms", None, ["https://x.example/1"]) == until
        assert await pushed.embargo(conn, "press", "7", ["https://x.example/1"]) is None
        assert await pushed.embargo(conn, "cms", None, []) is None


async def test_categories_of_an_earlier_push_go_alone(db: Database, clock: FixedClock, article: str) -> None:
    async def marks() -> dict[str, object]:
        async with db.read() as conn:
            return {row.feed: row.changed_at for row in await conn.execute(stamps_table.select())}

    before = await marks()
    clock.advance(timedelta(hours=1))
    async with db.write() as conn:
        await pushed.keep_categories(conn, article, ("research",), clock.now())
        assert await categories_of(conn, article) == CATEGORIES
    assert await marks() == before
    async with db.write() as conn:
        await pushed.keep_categories(conn, article, (), clock.now())
        assert await categories_of(conn, article) == ("news", "yaowen")
    changed = {feed for feed, mark in (await marks()).items() if mark != before.get(feed)}
    assert changed == {"research", stamps.ALL}


async def test_a_source_that_was_heard_from_is_healthy(db: Database, clock: FixedClock, article: str) -> None:
    first = clock.now()
    for _ in range(2):
        async with db.write() as conn:
            await pushed.heard_from(conn, "cms", clock.now())
        clock.advance(timedelta(hours=1))
    async with db.read() as conn:
        health = await sources.health(conn, "cms")
    assert (health.first_polled_at, health.last_success_at) == (first, first + timedelta(hours=1))


async def test_a_source_knows_its_articles_by_address_and_by_id(db: Database, article: str) -> None:
    async with db.read() as conn:
        assert await pushed.by_address(conn, "cms", ["https://x.example/1", "https://x.example/2"]) == article
        assert await pushed.by_address(conn, "other", ["https://x.example/1"]) is None
        (named,) = await pushed.names(conn, ["cms", "other"], [article, "nothing"])
        assert (named.article_id, named.source, named.upstream_id) == (article, "cms", "7")
        assert await pushed.names(conn, ["other"], [article]) == []
        assert await pushed.names(conn, [], [article]) == []
