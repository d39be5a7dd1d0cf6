"""Near-copies find each other, and nothing else does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from feedsvc.clock import FixedClock
from feedsvc.model.article import ArticleState
from feedsvc.model.draft import Draft
from feedsvc.model.ids import uuid7
from feedsvc.model.newsroom import Category
from feedsvc.storage import categories, clusters, intake, reading
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_shingles
from feedsvc.storage.schema import articles as table
from feedsvc.storage.types import Conn
from tests.storage import standing
from tests.text import press

DAY = timedelta(days=1)


@pytest.fixture
async def desk(db: Database, clock: FixedClock) -> Database:
    """A database with one category."""
    async with db.write() as conn:
        await categories.put(conn, Category("news", "News"), 0)
    return db


def draft(html: str, at: datetime, title: str = "A title", language: str = "en") -> Draft:
    return Draft(
        "https://example.edu/1",
        title,
        "",
        html,
        (),
        language,
        None,
        (),
        at,
        False,
        at,
        f"{hash(html)}",
        f"{hash(html)}",
    )


async def insert(conn: Conn, of: Draft, now: datetime) -> str:
    article_id = uuid7(now)
    await intake.arrive(
        conn,
        [intake.Arrival(article_id, article_id, "usst", of, ArticleState.PUBLISHED, mailable=True, first_seen_at=now)],
    )
    found = (await intake.kept(conn, [article_id]))[article_id]
    await intake.place(conn, [(replace(found, places={"news": intake.Place(visible=True)}), "news")])
    return article_id


async def correct(conn: Conn, article_id: str, of: Draft, now: datetime) -> str | None:
    await intake.correct(conn, [intake.Correction(article_id, 2 + len(of.content_html), of, ("content_html",), now)])
    assert await clusters.uncompared(conn, 5) == [article_id]
    return await assign(conn, article_id)


async def assign(conn: Conn, article_id: str) -> str | None:
    return (await clusters.assign_many(conn, [article_id])).get(article_id)


async def bring(conn: Conn, of: Draft, now: datetime) -> tuple[str, str | None]:
    article_id = await insert(conn, of, now)
    return article_id, await assign(conn, article_id)


async def cluster_of(conn: Conn, article_id: str) -> str | None:
    found: str | None = (await conn.execute(select(table.c.cluster_id).where(table.c.id == article_id))).scalar()
    return found


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [(press.EN, press.EN_ELSEWHERE, "en"), (press.EN, press.EN_UPDATED, "en"), (press.ZH, press.ZH_ELSEWHERE, "zh")],
    ids=["elsewhere", "updated", "chinese"],
)
async def test_near_copies_bear_the_id_of_the_first(
    desk: Database, clock: FixedClock, one: str, other: str, language: str
) -> None:
    now = clock.now()
    async with desk.write() as conn:
        first, alone = await bring(conn, draft(one, now, language=language), now)
        assert alone is None
        _, cluster = await bring(conn, draft(other, now + 2 * DAY, "Elsewhere", f"{language}-CN"), now + 2 * DAY)
        assert cluster == first == await cluster_of(conn, first)
        third, cluster = await bring(conn, draft(other + "<p>x</p>", now + 3 * DAY), now + 3 * DAY)
        assert (cluster == first) == (language == "en")
        assert await cluster_of(conn, third) == cluster


@pytest.mark.parametrize("pair", [press.NOTICES, press.ZH_NOTICES], ids=["en", "zh"])
async def test_notices_of_one_form_stay_apart(desk: Database, clock: FixedClock, pair: tuple[str, str]) -> None:
    async with desk.write() as conn:
        for html in pair:
            _, cluster = await bring(conn, draft(html, clock.now(), "Lecture notice"), clock.now())
            assert cluster is None


@pytest.mark.parametrize(("days", "together"), [(7, True), (8, False), (-7, True), (-8, False)])
async def test_within_seven_days_of_each_other(desk: Database, clock: FixedClock, days: int, together: bool) -> None:
    now = clock.now()
    async with desk.write() as conn:
        first, _ = await bring(conn, draft(press.EN, now - 10 * DAY), now)
        _, cluster = await bring(conn, draft(press.EN_UPDATED, now + (days - 10) * DAY), now + DAY)
    assert cluster == (first if together else None)


async def test_not_across_languages(desk: Database, clock: FixedClock) -> None:
    async with desk.write() as conn:
        await bring(conn, draft(press.EN, clock.now()), clock.now())
        _, cluster = await bring(conn, draft(press.EN_UPDATED, clock.now(), language="de"), clock.now())
    assert cluster is None


async def test_a_batch_finds_near_copies_among_itself_and_among_all(desk: Database, clock: FixedClock) -> None:
    now = clock.now()
    async with desk.write() as conn:
        known, _ = await bring(conn, draft(press.ZH, now, language="zh"), now)
        drafts = [
            draft(press.NOTICES[0], now),
            draft(press.EN, now),
            draft("<p>Photo of the day</p>", now),
            draft(press.EN_ELSEWHERE, now),
            draft(press.ZH_ELSEWHERE, now, language="zh"),
            draft(press.EN_UPDATED, now),
        ]
        ids = [await insert(conn, of, now + timedelta(milliseconds=n)) for n, of in enumerate(drafts, 1)]
        found = await clusters.assign_many(conn, ids)
        assert found == {ids[1]: ids[1], ids[3]: ids[1], ids[4]: known, ids[5]: ids[1]}
        assert [await cluster_of(conn, key) for key in ids] == [None, ids[1], None, ids[1], known, ids[1]]
        assert await cluster_of(conn, known) == known
        assert await clusters.assign_many(conn, []) == {}


async def test_a_correction_is_compared_anew_and_leaves_nothing_behind(desk: Database, clock: FixedClock) -> None:
    now = clock.now()
    async with desk.write() as conn:
        first, _ = await bring(conn, draft("<p>In brief.</p>", now), now)
        second, _ = await bring(conn, draft(press.EN, now), now + DAY)
        assert await correct(conn, first, draft(press.EN_UPDATED, now), now) == first
        assert await cluster_of(conn, second) == first
        # What was in a cluster stays there, though it says something else now.
        assert await correct(conn, first, draft(press.NOTICES[0], now), now) == first
        kept = select(func.count()).where(article_shingles.c.article_id == first)
        assert (await conn.execute(kept)).scalar() == 12


async def test_the_index_forgets_what_came_in_a_month_ago(desk: Database, clock: FixedClock) -> None:
    now = clock.now()
    async with desk.write() as conn:
        old, _ = await bring(conn, draft(press.EN, now), now)
        await bring(conn, draft(press.NOTICES[0], now), now + clusters.KEPT + DAY)
        kept = set((await conn.execute(select(article_shingles.c.article_id).distinct())).scalars())
    assert old not in kept
    assert len(kept) == 1


async def test_nothing_is_hidden_and_each_names_the_others(desk: Database, clock: FixedClock) -> None:
    now = clock.now()
    async with desk.write() as conn:
        first, _ = await bring(conn, draft(press.EN, now), now)
        second, _ = await bring(conn, draft(press.EN_ELSEWHERE, now + DAY), now + DAY)
        third, _ = await bring(conn, draft(press.EN_UPDATED, now + 2 * DAY), now + 2 * DAY)
        alone, _ = await bring(conn, draft(press.NOTICES[0], now), now)
        assert len(await reading.latest(conn, ("news",), 10)) == 4
        assert [one.id for one in await reading.near_copies(conn, first, 5)] == [third, second]
        assert [one.id for one in await reading.near_copies(conn, third, 1)] == [second]
        assert await reading.near_copies(conn, alone, 5) == []
        await standing.withdraw(conn, second, now)
        assert [one.id for one in await reading.near_copies(conn, first, 5)] == [third]


async def test_what_an_article_costs_does_not_grow_with_those_like_it(desk: Database, clock: FixedClock) -> None:
    """However many stories share a form, each is compared with a few."""
    now = clock.now()
    async with desk.write() as conn:
        drafts = [replace(draft(press.EN, now), title=f"Notice {n}") for n in range(120)]
        ids = [await insert(conn, of, now + timedelta(milliseconds=n)) for n, of in enumerate(drafts)]
        found = await clusters.assign_many(conn, ids)
        assert set(found.values()) == {ids[0]}
        assert len(found) == 120
        more = [await bring(conn, draft(press.EN, now), now + DAY) for _ in range(3)]
        assert {cluster for _, cluster in more} == {ids[0]}
        # A hash that they all bear stays with the newest of them.
        bearers = select(func.count()).select_from(article_shingles).group_by(article_shingles.c.value)
        assert max((await conn.execute(bearers)).scalars()) == 40
