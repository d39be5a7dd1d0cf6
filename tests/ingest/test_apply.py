"""The same stories, in any order and any number of times, are the same articles."""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select

from feedsvc.clock import FixedClock
from feedsvc.ingest.intake import apply
from feedsvc.ingest.intake.apply import Found
from feedsvc.ingest.intake.decide import Circumstances
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.outcomes import Tally
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.net.client import HttpClient
from feedsvc.settings import Settings
from feedsvc.storage import categories, editorial
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles, origins
from tests.ingest.conftest import AddSource
from tests.ingest.site import BODY, PlainReader
from tests.storage import standing
from tests.storage.marks import all_stamps

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)
CATEGORIES = ("news", "research")
BASE = "https://news.example.edu"


def story(number: int, body: str = "", **fields: Any) -> Story:
    url = f"https://example.edu/info/1023/{number}.htm"
    values: dict[str, Any] = {"published": NOW - DAY, "content_html": body or BODY.format(number)} | fields
    return Story(url, f"Story {number}", **values)


async def bring_in(kit: Kit, source: Source, stories: Sequence[Story | Found], **what: Any) -> Tally:
    found = [one if isinstance(one, Found) else Found(one) for one in stories]
    async with kit.db.write() as conn:
        results = await apply.bring_in(conn, found, Circumstances(source, kit.clock.now(), **what), BASE)
    assert len(results) == len(found)
    return Tally().after(results)


async def entries(db: Database) -> list[int]:
    async with db.read() as conn:
        found = await conn.execute(select(article_categories.c.entry).order_by(article_categories.c.entry))
        return list(found.scalars())


async def titles(db: Database) -> list[str]:
    async with db.read() as conn:
        return sorted((await conn.execute(select(articles.c.title))).scalars())


async def test_new_then_unchanged_then_corrected(kit: Kit, add_source: AddSource) -> None:
    source = await add_source()
    first = await bring_in(kit, source, [story(1), story(2)])
    assert (first.new, first.changed, first.failed) == (2, 0, 0)
    again = await bring_in(kit, source, [story(2), story(1)])
    assert (again.new, again.changed) == (0, 0)
    corrected = await bring_in(kit, source, [story(1, body=BODY.format(1) + "<p>Corrected.</p>"), story(2)])
    assert (corrected.new, corrected.changed) == (0, 1)
    assert await entries(kit.db) == [1, 2]


async def test_one_story_on_two_columns_and_two_sources_is_one_article(kit: Kit, add_source: AddSource) -> None:
    source = await add_source(category_map={"1178": "research"})
    other = await add_source(slug="other", kind=SourceKind.FEED, url="/feed")
    twin = Story("https://example.edu/info/1178/1984.htm", "Story 1", content_html=BODY.format(1), published=NOW - DAY)
    await bring_in(kit, source, [story(1), twin])
    await bring_in(kit, other, [story(1, summary="From the feed.")])
    async with kit.db.read() as conn:
        shown = {(row.source, row.url_key) for row in await conn.execute(select(origins))}
        places = {row.category: row.entry for row in await conn.execute(select(article_categories))}
    assert await titles(kit.db) == ["Story 1"]
    assert {source for source, _ in shown} == {"usst", "other"}
    assert len(shown) == 3
    assert places == {"news": 1, "research": 2}


async def test_two_sources_that_find_a_story_at_once_make_one_article(kit: Kit, add_source: AddSource) -> None:
    found = [await add_source(slug=slug, url=f"/{slug}") for slug in ("one", "two", "three")]
    stories = [story(number) for number in range(4)]
    tallies = await asyncio.gather(*(bring_in(kit, source, stories) for source in found))
    assert sum(tally.new for tally in tallies) == 4
    assert await titles(kit.db) == [f"Story {number}" for number in range(4)]
    assert sorted(filter(None, await entries(kit.db))) == [1, 2, 3, 4]


async def test_a_batch_marks_each_feed_once(kit: Kit, add_source: AddSource) -> None:
    source = await add_source()
    await bring_in(kit, source, [story(n) for n in range(5)])
    async with kit.db.read() as conn:
        assert await all_stamps(conn) == {"news": NOW, "*": NOW}
        in_order = list((await conn.execute(select(articles.c.title).order_by(articles.c.id))).scalars())
        assert in_order == [f"Story {n}" for n in range(5)]
    await bring_in(kit, source, [story(n) for n in range(5)])
    async with kit.db.read() as conn:
        assert await all_stamps(conn) == {"news": NOW, "*": NOW}


async def test_a_bad_story_costs_itself(kit: Kit, add_source: AddSource) -> None:
    source = await add_source()
    untitled = Story("https://example.edu/info/1023/9.htm", "", content_html=BODY.format(9))
    naive = story(8, published=datetime(2020, 6, 1))
    tally = await bring_in(kit, source, [story(1), untitled, naive, story(2)])
    assert (tally.new, tally.failed) == (2, 2)
    assert await titles(kit.db) == ["Story 1", "Story 2"]
    assert await entries(kit.db) == [1, 2]


async def test_hostile_text_is_no_bad_story(kit: Kit, add_source: AddSource) -> None:
    source = await add_source()
    hostile = story(1, body="<p>NUL \x00 half \ud800 text</p>", authors=("\x1b[31m",), upstream_id="\x00")
    assert (await bring_in(kit, source, [hostile])).failed == 0


async def test_what_is_held_or_withdrawn_stays_so(kit: Kit, add_source: AddSource) -> None:
    source = await add_source(approval=True)
    tally = await bring_in(kit, source, [story(1), story(2)])
    assert (tally.new, tally.held) == (2, 2)
    async with kit.db.write() as conn:
        ids = list((await conn.execute(select(articles.c.id).order_by(articles.c.title))).scalars())
        await standing.withdraw(conn, ids[0], NOW)
    corrected = story(1, body=BODY.format(1) + "<p>Corrected.</p>")
    assert (await bring_in(kit, source, [corrected, story(2)])).changed == 0
    async with kit.db.read() as conn:
        states = list((await conn.execute(select(articles.c.state).order_by(articles.c.title))).scalars())
    assert states == [ArticleState.WITHDRAWN, ArticleState.HELD]
    assert await entries(kit.db) == [None, None]


async def test_a_keyword_that_a_correction_brings_adds_the_category(kit: Kit, add_source: AddSource) -> None:
    source = await add_source()
    await bring_in(kit, source, [story(1)])
    await bring_in(kit, source, [story(1, body=BODY.format(1) + "<p>It is about a laser.</p>")])
    async with kit.db.read() as conn:
        assert set((await conn.execute(select(article_categories.c.category))).scalars()) == set(CATEGORIES)
    assert await entries(kit.db) == [1, 2]


def fresh_copy(url: str) -> str:
    """The address of a new copy of an empty SQLite database."""
    original = Path(url.removeprefix("sqlite:///"))
    return f"sqlite:///{shutil.copyfile(original, original.with_name(f'{uuid4()}.db'))}"


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    polls=st.lists(
        st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.booleans()), min_size=1, max_size=6),
        min_size=1,
        max_size=4,
    )
)
async def test_whatever_the_polls_bring(
    polls: list[list[tuple[int, bool, bool]]], sqlite_url: str, settings: Settings, clock: FixedClock
) -> None:
    """Polls of stories, each by its first or second address, each at its own or the other source."""
    db = Database.open(fresh_copy(sqlite_url))
    client = HttpClient(settings, clock)
    kit = Kit(db, PoliteFetcher(client, settings, clock), PlainReader(), settings, clock)
    sources = [Source(slug, SourceKind.PAGE, "https://example.edu/", categories=CATEGORIES) for slug in ("a", "b")]
    async with db.write() as conn:
        for position, slug in enumerate(CATEGORIES):
            await categories.put(conn, Category(slug, slug), position)
        for source in sources:
            await editorial.put_source(conn, source, 0)
    for poll in polls:
        for number, second_address, other_source in poll:
            fields = {"url": f"https://example.edu/info/1178/{number + 100}.htm"} if second_address else {}
            one = story(number)
            told = Story(**{name: getattr(one, name) for name in Story.__slots__} | fields)
            await bring_in(kit, sources[other_source], [told])
    numbers = {number for poll in polls for number, _, _ in poll}
    found = await entries(db)
    stored = await titles(db)
    await db.close()
    await client.close()
    assert stored == sorted(f"Story {number}" for number in numbers)
    assert found == list(range(1, 2 * len(numbers) + 1))
