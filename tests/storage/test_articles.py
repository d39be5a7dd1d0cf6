"""Articles enter once, are shown where they belong, and are counted for readers of digests once and for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from feedsvc.errors import NotFound
from feedsvc.model.article import ArticleState, Attachment, Image
from feedsvc.model.draft import Draft, Known, MatchedBy
from feedsvc.storage import articles, counters, intake, stamps
from feedsvc.storage.database import Database
from feedsvc.storage.intake import Correction
from feedsvc.storage.schema import article_categories, revisions
from feedsvc.storage.schema import articles as table
from feedsvc.storage.types import Conn
from tests.storage import incoming, standing
from tests.storage.marks import all_stamps

NOW = datetime(2020, 6, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DRAFT = Draft(
    url="https://example.edu/info/1.htm",
    title="A title",
    summary="A summary.",
    content_html="<p>A text.</p>",
    authors=("Lu Wen",),
    language="en",
    image=Image("https://example.edu/a.jpg", alt="A picture", width=10),
    attachments=(Attachment("https://example.edu/a.pdf", "A file"),),
    published_at=NOW - 24 * HOUR,
    published_is_date=True,
    sort_at=NOW - 24 * HOUR,
    content_hash="c1",
    text_hash="t1",
)
PUBLISHED, HELD, EMBARGOED = ArticleState.PUBLISHED, ArticleState.HELD, ArticleState.EMBARGOED


async def bring_in(
    conn: Conn,
    draft: Draft = DRAFT,
    slugs: tuple[str, ...] = ("news", "research"),
    state: ArticleState = PUBLISHED,
    mailable: bool = True,
) -> str:
    article_id, _ = await incoming.enter(conn, draft, slugs, state=state, mailable=mailable)
    await incoming.show(conn, article_id, "https://example.edu/info/1.htm", draft.url, "1")
    return article_id


async def entries(conn: Conn, article_id: str) -> dict[str, int | None]:
    query = select(article_categories).where(article_categories.c.article_id == article_id)
    return {row["category"]: row["entry"] for row in (await conn.execute(query)).mappings()}


async def visible(conn: Conn, article_id: str) -> set[str]:
    query = select(article_categories).where(article_categories.c.article_id == article_id)
    return {row["category"] for row in (await conn.execute(query)).mappings() if row["visible"]}


async def test_what_goes_in_comes_out(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn)
        known = await incoming.find(conn, keys=("https://example.edu/info/1.htm",))
        assert known == Known(article_id, "usst", PUBLISHED, 1, NOW, True, ("news", "research"), DRAFT, MatchedBy.URL)
        row = (await conn.execute(select(table))).mappings().one()
    assert row["guid"] == f"tag:news.example.edu,2020-06-08:article/{article_id}"
    assert row["updated_at"] == row["first_seen_at"] == NOW


async def test_the_rules_of_identity_in_their_order(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn)
        other = await bring_in(conn, replace(DRAFT, url="https://example.edu/info/2.htm", text_hash="t2"))
        await incoming.show(conn, other, "key2", "u2", "2")
        by_all = await incoming.find(conn, keys=("key2",), upstream_id="1", text_hash="t1")
        by_id = await incoming.find(conn, keys=("key9",), upstream_id="1", text_hash="t2")
        by_text = await incoming.find(conn, keys=("key9",), upstream_id="9", text_hash="t2")
        assert by_all is not None
        assert by_id is not None
        assert by_text is not None
        assert (by_all.id, by_all.matched_by) == (other, MatchedBy.URL)
        assert (by_id.id, by_id.matched_by) == (article_id, MatchedBy.UPSTREAM_ID)
        assert (by_text.id, by_text.matched_by) == (other, MatchedBy.TEXT)
        assert await incoming.find(conn, keys=("key9",), upstream_id="9", text_hash="t9") is None
        assert await incoming.find(conn) is None


async def test_entries_are_counted_in_the_order_of_the_categories(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        first = await bring_in(conn, slugs=("research", "news"))
        second = await bring_in(conn, replace(DRAFT, url="https://example.edu/2"), slugs=("research",))
        assert await entries(conn, first) == {"news": 1, "research": 2}
        assert await entries(conn, second) == {"research": 3}
        assert await counters.value(conn, counters.ENTRY) == 3


async def test_nothing_is_counted_twice(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn, slugs=("news",))
        for hours in range(1, 4):
            await articles.release(conn, article_id, NOW + hours * HOUR)
        await standing.hold(conn, article_id, NOW)
        assert await visible(conn, article_id) == set()
        await standing.publish(conn, article_id, NOW)
        assert await visible(conn, article_id) == {"news"}
        assert await entries(conn, article_id) == {"news": 1}
        await incoming.add_places(conn, article_id, DRAFT, ("news", "research"))
        await articles.release(conn, article_id, NOW)
        assert await entries(conn, article_id) == {"news": 1, "research": 2}


async def test_what_is_not_mailable_is_shown_and_never_counted(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn, mailable=False)
        assert await entries(conn, article_id) == {"news": None, "research": None}
        assert await visible(conn, article_id) == {"news", "research"}
        assert await counters.value(conn, counters.ENTRY) == 0


async def test_what_is_held_is_seen_nowhere_until_published(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn, state=HELD)
        assert await visible(conn, article_id) == set()
        assert await entries(conn, article_id) == {"news": None, "research": None}
        assert await all_stamps(conn) == {}
        await standing.publish(conn, article_id, NOW)
        assert await visible(conn, article_id) == {"news", "research"}
        assert await entries(conn, article_id) == {"news": 1, "research": 2}
        assert set(await all_stamps(conn)) == {"news", "research", "*"}


async def test_a_withdrawal_hides_and_moves_the_marks_forward(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn)
        await stamps.bump(conn, ["news", "research", "*"], NOW)
        await standing.withdraw(conn, article_id, NOW)
        assert await visible(conn, article_id) == set()
        assert set((await all_stamps(conn)).values()) == {NOW + timedelta(seconds=1)}
        row = (await conn.execute(select(table))).mappings().one()
        assert (row["state"], row["withdrawn_at"]) == ("withdrawn", NOW)
        await standing.withdraw(conn, article_id, NOW + HOUR)
        row = (await conn.execute(select(table))).mappings().one()
        assert row["withdrawn_at"] == NOW
        assert await articles.release(conn, article_id, NOW) == frozenset()


async def test_a_person_may_bring_a_withdrawn_one_back(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn)
        await standing.withdraw(conn, article_id, NOW)
        await standing.publish(conn, article_id, NOW)
        row = (await conn.execute(select(table))).mappings().one()
        assert (row["state"], row["withdrawn_at"]) == ("published", None)
        assert await entries(conn, article_id) == {"news": 1, "research": 2}


async def test_a_revision_is_kept_and_never_counted_again(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        article_id = await bring_in(conn)
        known = await incoming.find(conn, text_hash="t1")
        assert known is not None
        later = replace(DRAFT, title="Another", sort_at=NOW, content_hash="c2", image=None)
        await intake.correct(conn, [Correction(article_id, 2, later, ("title", "image"), NOW + HOUR)])
        row = (await conn.execute(select(table))).mappings().one()
        assert (row["revision"], row["updated_at"], row["title"]) == (2, NOW + HOUR, "Another")
        kept = (await conn.execute(select(revisions).order_by(revisions.c.revision))).mappings().all()
        assert [(r["revision"], r["title"], r["changed"]) for r in kept] == [
            (1, "A title", []),
            (2, "Another", ["title", "image"]),
        ]
        places = (await conn.execute(select(article_categories.c.sort_at).distinct())).scalars().all()
        assert places == [NOW]
        assert await entries(conn, article_id) == {"news": 1, "research": 2}


async def test_an_embargo_ends_by_itself(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        ids = [await bring_in(conn, replace(DRAFT, url=f"https://example.edu/{n}"), ("news",), HELD) for n in (1, 2, 3)]
        for hours, article_id in zip((3, 1, 5), ids, strict=True):
            await standing.set_state(conn, article_id, EMBARGOED, NOW, embargo_until=NOW + hours * HOUR)
        assert not await articles.is_release_due(conn, NOW)
        assert await articles.release_due(conn, NOW) == []
        assert await articles.is_release_due(conn, NOW + 3 * HOUR)
        assert await articles.release_due(conn, NOW + 3 * HOUR) == [ids[1], ids[0]]
        assert [await entries(conn, article_id) for article_id in ids] == [{"news": 2}, {"news": 1}, {"news": None}]
        assert (await all_stamps(conn))["news"] == NOW + 3 * HOUR
        assert await articles.release_due(conn, NOW + 3 * HOUR) == []


async def test_what_is_not_there_is_named(newsroom: Database) -> None:
    async with newsroom.write() as conn:
        for act in (standing.publish, standing.hold, standing.withdraw, articles.release):
            with pytest.raises(NotFound, match="There is no article 'x'"):
                await act(conn, "x", NOW)
