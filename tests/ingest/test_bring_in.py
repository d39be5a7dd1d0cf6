"""Many stories at once are what they would have been one by one; a refused one costs itself; senders' wishes count."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select, text

from feedsvc.ingest.intake.apply import Applied, Found, Refused, bring_in
from feedsvc.ingest.intake.decide import Circumstances, New, Revised
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.storage import articles as article_rows
from feedsvc.storage import categories, editorial
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles, origins, revisions
from tests.ingest.site import BODY
from tests.storage import standing
from tests.storage.marks import all_stamps

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)
BASE = "https://news.example.edu"
ONE = Source(
    "one", SourceKind.FEED, "https://example.edu/feed", categories=("news",), category_map={"light": "research"}
)
TWO = replace(ONE, slug="two", categories=("research",))
DESK = Source("desk", SourceKind.PUSH, categories=("news",))


@pytest.fixture
async def newsroom(db: Database) -> Database:
    """Two categories and three sources."""
    await furnish(db)
    return db


async def furnish(db: Database) -> None:
    async with db.write() as conn:
        await categories.put(conn, Category("news", "News"), 0)
        await categories.put(conn, Category("research", "Research", keywords=("laser",)), 1)
        for position, source in enumerate((ONE, TWO, DESK)):
            await editorial.put_source(conn, source, position)


def story(number: int, **fields: Any) -> Story:
    values: dict[str, Any] = {"content_html": BODY.format(number), "published": NOW - DAY} | fields
    return Story(values.pop("url", f"https://example.edu/{number}"), values.pop("title", f"Story {number}"), **values)


async def put(
    db: Database, found: Sequence[Found | Story], source: Source = ONE, now: datetime = NOW
) -> list[Applied | Refused]:
    told = [one if isinstance(one, Found) else Found(one) for one in found]
    async with db.write() as conn:
        return await bring_in(conn, told, Circumstances(source, now), BASE)


def applied(results: Sequence[Applied | Refused]) -> list[Applied]:
    assert all(isinstance(one, Applied) for one in results), results
    return [one for one in results if isinstance(one, Applied)]


async def shape(db: Database) -> dict[str, Any]:
    """Everything that came in, without what is random or differs by milliseconds."""
    async with db.read() as conn:
        rows = (await conn.execute(select(articles).order_by(articles.c.id))).mappings().all()
        names = {row["id"]: number for number, row in enumerate(rows)}
        shown = (
            "url",
            "title",
            "summary",
            "content_html",
            "authors",
            "revision",
            "state",
            "mailable",
            "content_hash",
            "source",
        )
        places = (
            (await conn.execute(select(article_categories).order_by(article_categories.c.category))).mappings().all()
        )
        seen = (await conn.execute(select(origins))).mappings().all()
        states = (await conn.execute(select(revisions))).mappings().all()
        return {
            "articles": [tuple(str(row[name]) for name in shown) for row in rows],
            "places": sorted(
                (names[p["article_id"]], p["category"], p["visible"], p["placed_by"], p["entry"]) for p in places
            ),
            "origins": sorted(
                (names[o["article_id"]], o["source"], o["url_key"], str(o["upstream_id"]), o["fingerprint"])
                for o in seen
            ),
            "revisions": sorted((names[r["article_id"]], r["revision"], str(r["changed"]), r["title"]) for r in states),
            "stamps": sorted(await all_stamps(conn)),
        }


TOLD = st.builds(
    lambda number, address, body, title, upstream_id, fields: Story(
        f"https://example.edu/{number}" if address == "own" else f"https://example.edu/{address}/{number}",
        title,
        upstream_id=upstream_id,
        content_html=body and BODY.format(number) + body,
        published=NOW - DAY,
        **fields,
    ),
    st.integers(1, 3),
    st.sampled_from(["own", "own", "twin"]),
    st.sampled_from(["", "<p>It is.</p>", "<p>It is.</p>", "<p>Corrected: a laser.</p>"]),
    st.sampled_from(["A title", "A title", "Another title"]),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([{}, {"authors": ("Lu Wen",)}, {"terms": ("Light",), "fingerprint": "f"}]),
)


def fresh_copy(url: str) -> str:
    """The address of a new copy of an empty SQLite database."""
    original = Path(url.removeprefix("sqlite:///"))
    return f"sqlite:///{shutil.copyfile(original, original.with_name(f'{uuid4()}.db'))}"


@examples(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.tuples(st.sampled_from([ONE, TWO, DESK]), st.lists(TOLD, min_size=1, max_size=6)), max_size=3)
)
async def test_a_batch_is_what_its_stories_are_one_by_one(
    batches: list[tuple[Source, list[Story]]], sqlite_url: str
) -> None:
    shapes, intents = [], []
    for alone in (False, True):
        db = Database.open(fresh_copy(sqlite_url))
        await furnish(db)
        results: list[Applied | Refused] = []
        now = NOW
        for source, stories in batches:
            for group in [[one] for one in stories] if alone else [stories]:
                results += await put(db, group, source, now)
                now += len(group) * timedelta(milliseconds=1)
        shapes.append(await shape(db))
        intents.append([type(one.intent).__name__ for one in applied(results)])
        await db.close()
    assert shapes[0] == shapes[1]
    assert intents[0] == intents[1]


async def test_stories_of_one_batch_that_are_one_article_become_one(newsroom: Database) -> None:
    link = Story("https://example.edu/1", "Story 1")
    results = applied(await put(newsroom, [link, story(1), story(1, url="https://example.edu/twin/1"), story(2)]))
    assert [type(one.intent).__name__ for one in results] == ["New", "Revised", "SameWithNewOrigin", "New"]
    assert len({one.article_id for one in results}) == 2
    assert results[0].revision == 2


async def test_entries_rise_without_a_gap_in_the_order_of_stories_and_categories(newsroom: Database) -> None:
    await put(newsroom, [story(n, terms=("light",)) for n in range(3)])
    places = (await shape(newsroom))["places"]
    assert [(number, slug, entry) for number, slug, _, _, entry in places] == [
        (0, "news", 1),
        (0, "research", 2),
        (1, "news", 3),
        (1, "research", 4),
        (2, "news", 5),
        (2, "research", 6),
    ]


async def test_what_the_database_refuses_costs_itself(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        if newsroom.is_sqlite:
            await conn.execute(
                text(
                    "CREATE TRIGGER no_two BEFORE INSERT ON articles WHEN NEW.title = 'Story 2' "
                    "BEGIN SELECT RAISE(ABORT, 'no second one'); END"
                )
            )
        else:
            await conn.execute(text("ALTER TABLE articles ADD CONSTRAINT no_two CHECK (title <> 'Story 2')"))
    results = await put(newsroom, [story(n, fingerprint=f"print{n}") for n in (1, 2, 3)])
    assert [type(one) for one in results] == [Applied, Refused, Applied]
    assert isinstance(results[1], Refused)
    assert "https://example.edu/2 could not be stored" in results[1].problem
    found = await shape(newsroom)
    assert [entry for *_, entry in found["places"]] == [1, 2]
    # It is looked at again: its fingerprint is not known.
    assert {fingerprint for *_, fingerprint in found["origins"]} == {"print1", "print3"}


async def test_what_cannot_be_an_article_is_refused_in_its_place(newsroom: Database) -> None:
    results = await put(newsroom, [story(1), story(2, title=""), story(3, published=datetime(2020, 6, 1)), story(4)])
    assert [type(one) for one in results] == [Applied, Refused, Refused, Applied]


async def test_a_withdrawn_one_is_looked_at_again(newsroom: Database) -> None:
    (first,) = applied(await put(newsroom, [story(1, fingerprint="a")]))
    async with newsroom.write() as conn:
        await standing.withdraw(conn, first.article_id, NOW)
    (again,) = applied(await put(newsroom, [story(1, fingerprint="b")]))
    assert again.state == ArticleState.WITHDRAWN
    assert (await shape(newsroom))["origins"][0][-1] == ""


# ---------------------------------------------------------------- what senders ask for


def pushed(one: Story, state: ArticleState | None = None, until: datetime | None = None, **fields: Any) -> Found:
    return Found(one, placed_by="push", state=state, embargo_until=until, **fields)


async def test_a_sender_chooses_categories_beside_the_rules(newsroom: Database) -> None:
    await put(newsroom, [pushed(story(1), categories=("research", "nothing"))], DESK)
    places = (await shape(newsroom))["places"]
    assert [(slug, by, entry) for _, slug, _, by, entry in places] == [("news", "rule", 1), ("research", "push", 2)]


async def test_an_embargo_holds_until_it_ends_or_is_lifted(newsroom: Database) -> None:
    until = NOW + DAY
    (first,) = applied(await put(newsroom, [pushed(story(1), ArticleState.EMBARGOED, until)], DESK))
    assert first.state == ArticleState.EMBARGOED
    assert (await shape(newsroom))["stamps"] == []
    async with newsroom.write() as conn:
        assert await article_rows.is_release_due(conn, until)
    for wish in (ArticleState.PUBLISHED, None):
        (still,) = applied(await put(newsroom, [pushed(story(1), wish)], DESK))
        assert still.state == ArticleState.EMBARGOED
    # Another source's push moves nothing.
    await put(newsroom, [pushed(story(1), ArticleState.EMBARGOED, until + DAY)], replace(TWO, categories=("news",)))
    async with newsroom.write() as conn:
        assert await article_rows.is_release_due(conn, until)
    (later,) = applied(await put(newsroom, [pushed(story(1), ArticleState.EMBARGOED, NOW - DAY)], DESK))
    assert (later.state, later.article_id) == (ArticleState.PUBLISHED, first.article_id)
    found = await shape(newsroom)
    assert [(visible, entry) for _, _, visible, _, entry in found["places"]] == [(True, 1)]
    assert found["stamps"] == ["*", "news"]
    async with newsroom.write() as conn:
        assert not await article_rows.is_release_due(conn, until)


async def test_an_embargo_that_is_over_is_none_and_one_without_an_end_is_refused(newsroom: Database) -> None:
    over, endless = await put(
        newsroom,
        [pushed(story(1), ArticleState.EMBARGOED, NOW - DAY), pushed(story(2), ArticleState.EMBARGOED)],
        DESK,
    )
    assert isinstance(over, Applied)
    assert over.state == ArticleState.PUBLISHED
    assert isinstance(endless, Refused)


@pytest.mark.parametrize(("placed_by", "state"), [("push", ArticleState.HELD), ("editor", ArticleState.PUBLISHED)])
async def test_approval_is_a_persons(newsroom: Database, placed_by: str, state: ArticleState) -> None:
    strict = replace(DESK, approval=True)
    wish = Found(story(1), placed_by=placed_by, state=ArticleState.PUBLISHED)
    for _ in range(2):
        (one,) = applied(await put(newsroom, [wish], strict))
        assert one.state == state


async def test_what_a_person_holds_no_push_releases(newsroom: Database) -> None:
    (first,) = applied(await put(newsroom, [pushed(story(1))], DESK))
    async with newsroom.write() as conn:
        await standing.hold(conn, first.article_id, NOW)
    (again,) = applied(await put(newsroom, [pushed(story(1), ArticleState.PUBLISHED)], DESK))
    assert again.state == ArticleState.HELD


async def test_whoever_pushes_corrects_its_own_alone(newsroom: Database) -> None:
    await put(newsroom, [pushed(story(1, upstream_id="1"))], DESK)
    moved = pushed(story(1, upstream_id="1", url="https://example.edu/moved", title="Another title"))
    (own,) = applied(await put(newsroom, [moved], DESK))
    assert isinstance(own.intent, Revised)
    assert set(own.intent.changed) == {"url", "title"}
    (others,) = applied(await put(newsroom, [pushed(story(1, title="A third title"))], TWO))
    assert not isinstance(others.intent, New | Revised)
