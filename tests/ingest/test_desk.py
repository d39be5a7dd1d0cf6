"""Editors hold, publish and withdraw; each act is decided from where the article stands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.clock import FixedClock
from feedsvc.errors import InputError, NotFound
from feedsvc.ingest.desk import Act, Done, Order, carry_out, decide, resolve, tell
from feedsvc.ingest.intake.apply import Found
from feedsvc.model.article import ArticleState
from feedsvc.storage import articles, desk, dossier, reading
from feedsvc.storage.database import Database
from feedsvc.storage.desk import Choice, Stand
from tests.ingest.stories import bring, furnish, places, story
from tests.storage.marks import all_stamps

NOW = datetime(2020, 6, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
HELD, EMBARGOED, PUBLISHED, WITHDRAWN = (
    ArticleState.HELD, ArticleState.EMBARGOED, ArticleState.PUBLISHED, ArticleState.WITHDRAWN,
)  # fmt: skip

stands = st.builds(
    Stand, st.just("a"), st.just("A title"), st.sampled_from(ArticleState), st.none(), st.booleans(), st.just("")
)
orders = st.builds(
    Order, st.sampled_from(Act), st.sampled_from([None, NOW - HOUR, NOW, NOW + HOUR]), st.just(()), st.booleans()
)


@given(stands, orders)
def test_an_order_given_twice_changes_nothing_more(here: Stand, order: Order) -> None:
    once = decide(here, order, NOW)
    assert decide(once, order, NOW) == once
    assert (once.state is EMBARGOED) == (once.embargo_until is not None)
    assert once.mailable >= here.mailable
    assert tell(once, once).endswith("already.")


def test_an_embargo_that_is_over_publishes_at_once() -> None:
    here = Stand("a", "A title", HELD, None, mailable=True)
    assert decide(here, Order(Act.PUBLISH, at=NOW), NOW).state is PUBLISHED
    assert decide(here, Order(Act.PUBLISH, at=NOW + HOUR), NOW).embargo_until == NOW + HOUR


def test_what_is_held_keeps_its_embargo_until_it_is_published_twice() -> None:
    here = Stand("a", "A title", EMBARGOED, NOW + HOUR, mailable=True)
    held = decide(here, Order(Act.HOLD), NOW)
    assert (held.state, held.embargo_until) == (HELD, NOW + HOUR)
    waits = decide(held, Order(Act.PUBLISH), NOW)
    assert (waits.state, waits.embargo_until) == (EMBARGOED, NOW + HOUR)
    assert "once more" in tell(held, waits)
    assert decide(waits, Order(Act.PUBLISH), NOW).state is PUBLISHED
    assert decide(held, Order(Act.PUBLISH), NOW + HOUR).state is PUBLISHED
    assert decide(held, Order(Act.WITHDRAW), NOW).embargo_until is None


@pytest.mark.parametrize(
    ("before", "act", "says"),
    [
        (HELD, Act.HOLD, "It is held already."),
        (WITHDRAWN, Act.PUBLISH, "It is published again: it was withdrawn."),
        (PUBLISHED, Act.WITHDRAW, "It is withdrawn."),
        (EMBARGOED, Act.PUBLISH, "It is published."),
    ],
)
def test_what_was_done_is_said(before: ArticleState, act: Act, says: str) -> None:
    here = Stand("a", "A title", before, NOW if before is EMBARGOED else None, mailable=True)
    assert tell(here, decide(here, Order(act), NOW)) == says


async def one(db: Database, now: datetime, burst: bool = False) -> str:
    await furnish(db, now)
    return (await bring(db, now, [story(1, now)], burst=burst))[0]


async def act(db: Database, now: datetime, article_id: str, order: Order) -> Done:
    return (await carry_out(db, [article_id], order, now))[0]


async def shown(db: Database) -> list[str]:
    async with db.read() as conn:
        return [article.id for article in await reading.latest(conn, ("news",), 10)]


async def test_held_published_withdrawn_and_back(db: Database, clock: FixedClock) -> None:
    key = await one(db, clock.now())
    held = await act(db, clock.advance(HOUR), key, Order(Act.HOLD, reason="A wrong date"))
    assert (held.before, held.after, held.changed) == (PUBLISHED, HELD, True)
    assert await shown(db) == []
    async with db.read() as conn:
        kept = await dossier.of_article(conn, key)
        assert kept is not None
        assert kept.stand.reason == "A wrong date"
        assert (await all_stamps(conn))["news"] == clock.now()
    assert (await act(db, clock.now(), key, Order(Act.HOLD))).says == "It is held already."
    assert (await act(db, clock.advance(HOUR), key, Order(Act.PUBLISH))).after is PUBLISHED
    assert await shown(db) == [key]
    await act(db, clock.advance(HOUR), key, Order(Act.WITHDRAW))
    async with db.read() as conn:
        assert len(await reading.tombstones(conn, ("news",), 5)) == 1
    assert (await act(db, clock.now(), key, Order(Act.PUBLISH))).says == "It is published again: it was withdrawn."
    assert await shown(db) == [key]
    # It was counted once for the readers of digests, and never again.
    assert await places(db, key) == {"news": (True, 1, "rule")}


async def test_a_burst_is_shown_and_mailed_only_when_asked(db: Database, clock: FixedClock) -> None:
    key = await one(db, clock.now(), burst=True)
    assert await places(db, key) == {"news": (False, None, "rule")}
    said = await act(db, clock.now(), key, Order(Act.PUBLISH))
    assert "is not mailed" in said.says
    assert await places(db, key) == {"news": (True, None, "rule")}
    assert (await act(db, clock.now(), key, Order(Act.PUBLISH, mail=True))).changed
    assert await places(db, key) == {"news": (True, 1, "rule")}


async def test_an_editors_category_is_the_editors(db: Database, clock: FixedClock) -> None:
    key = await one(db, clock.now())
    said = await act(db, clock.now(), key, Order(Act.PUBLISH, categories=("campus", "news")))
    assert said.says == "It is published already. It is in campus, news."
    assert await places(db, key) == {"news": (True, 1, "editor"), "campus": (True, 2, "editor")}


async def test_what_is_unknown_stops_all_of_it(db: Database, clock: FixedClock) -> None:
    key = await one(db, clock.now())
    with pytest.raises(NotFound, match="There is no article 'x'"):
        await carry_out(db, [key, "x"], Order(Act.HOLD), clock.now())
    with pytest.raises(NotFound, match="There are: news, research, campus"):
        await carry_out(db, [key], Order(Act.PUBLISH, categories=("nowhere",)), clock.now())
    assert await shown(db) == [key]


async def test_an_embargo_shows_at_its_instant_and_not_before(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    found = Found(story(1, now), state=EMBARGOED, embargo_until=now + 3 * HOUR, placed_by="editor")
    early, later = await bring(db, now, [found, story(2, now)])
    await act(db, now, later, Order(Act.HOLD))
    await act(db, now, later, Order(Act.PUBLISH, at=now + HOUR))
    for hours, expected in ((0, []), (0.99, []), (1, [later]), (2.99, [later]), (3, [later, early])):
        async with db.write() as conn:
            await articles.release_due(conn, now + hours * HOUR)
        assert sorted(await shown(db)) == sorted(expected)
    assert await places(db, early) == {"news": (True, 2, "rule")}
    async with db.read() as conn:
        assert (await all_stamps(conn))["*"] == now + 3 * HOUR


async def test_an_id_may_be_shortened_from_either_end(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    ids = await bring(db, now, [story(number, now) for number in range(3)])
    async with db.read() as conn:
        for name in (ids[0], ids[0].upper(), ids[0][-12:], ids[0][-12:][:9], f"…{ids[0][-9:]}"):
            assert await resolve(conn, name) == ids[0]
        with pytest.raises(InputError, match="Several articles"):
            await resolve(conn, ids[0][:8])
        with pytest.raises(InputError, match="too short"):
            await resolve(conn, "abc")
        for name in ("ffff-no-such", "%%%%", "____"):
            with pytest.raises(NotFound):
                await resolve(conn, name)


async def test_lists_narrow_and_go_on(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    ids = await bring(db, now, [story(number, now, "laser" if number % 2 else "") for number in range(6)])
    await carry_out(db, ids[:2], Order(Act.HOLD), now)
    async with db.read() as conn:
        newest = [article.id for article in await desk.listed(conn, Choice(), 10)]
        assert newest == list(reversed(ids[2:]))
        assert [a.id for a in await desk.listed(conn, Choice(), 10, newest[1])] == newest[2:]
        assert [a.id for a in await desk.listed(conn, Choice(None, category="research"), 10)] == [
            ids[5],
            ids[3],
            ids[1],
        ]
        assert [a.id for a in await desk.listed(conn, Choice(None, search="STORY 4"), 10)] == [ids[4]]
        assert await desk.listed(conn, Choice(source="cms"), 10) == []
        assert await desk.chosen(conn, Choice(HELD, "usst"), 1) == ids[:1]
        assert await desk.chosen(conn, Choice(HELD), 5, ids[0]) == ids[1:2]
        assert await desk.count(conn, Choice(HELD)) == 2
        assert await desk.states(conn) == {HELD: 2, PUBLISHED: 4}
