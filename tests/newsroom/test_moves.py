"""A changed rule moves what is there: what it says, what it does, and what it leaves alone."""

from dataclasses import replace
from datetime import datetime, timedelta

from feedsvc.clock import FixedClock
from feedsvc.ingest.desk import Act, Order, carry_out
from feedsvc.ingest.intake.apply import Found
from feedsvc.model.newsroom import Category, Newsroom, Source
from feedsvc.newsroom import moves
from feedsvc.newsroom.apply import apply
from feedsvc.newsroom.diff import diff
from feedsvc.newsroom.moves import Moves, concerned
from feedsvc.storage import desk, editorial, reading
from feedsvc.storage.database import Database
from tests.ingest.stories import ROOM, SOURCE, bring, furnish, places, story
from tests.storage import standing
from tests.storage.marks import all_stamps

DAY = timedelta(days=1)


def with_keywords(*keywords: str) -> Newsroom:
    categories = [replace(one, keywords=keywords) if one.slug == "research" else one for one in ROOM.categories]
    return replace(ROOM, categories=tuple(categories))


def with_source(source: Source) -> Newsroom:
    return replace(ROOM, sources=(source, *ROOM.sources[1:]))


async def preview(db: Database, room: Newsroom, now: datetime) -> list[Moves]:
    async with db.read() as conn:
        stored = await editorial.newsroom(conn)
    return await moves.preview(db, room, concerned(stored, room, diff(stored, room)), now)


async def change(db: Database, room: Newsroom, now: datetime) -> list[Moves]:
    """Apply, having looked first: what was foretold is what happens."""
    foretold = await preview(db, room, now)
    await apply(db, room, now)
    done = await moves.settle(db, now)
    assert done == foretold
    assert await moves.settle(db, now) == []
    return done


def test_only_rules_concern_anybody() -> None:
    def of(new: Newsroom) -> set[str]:
        """The categories concerned."""
        return set(concerned(ROOM, new, diff(ROOM, new)))

    assert of(ROOM) == set()
    assert of(with_keywords("laser", "optics")) == {"research"}
    assert of(with_source(replace(SOURCE, categories=("news", "campus"), title="x"))) == {"campus"}
    assert of(with_source(replace(SOURCE, category_map={"1023": "campus"}))) == {"campus"}
    assert of(with_source(replace(SOURCE, title="Another"))) == set()
    assert of(replace(ROOM, categories=(*ROOM.categories, Category("x", "X", keywords=("x",))))) == {"x"}
    assert of(replace(ROOM, categories=(*ROOM.categories, Category("x", "X")))) == set()


async def test_keywords_bring_in_and_take_out(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    lasers = await bring(db, now, [story(number, now, "A laser.") for number in range(5)])
    optics = await bring(db, now, [story(number, now, "Some optics.") for number in range(5, 7)])
    later = clock.advance(timedelta(hours=1))
    found = await change(db, with_keywords("optics"), later)
    assert found == [Moves("research", 2, 2, 5, ["Story 5", "Story 6"], ["Story 0", "Story 1", "Story 2"])]
    assert set(await places(db, lasers[0])) == {"news"}
    # Seven entered news, five of them research, too: the next numbers are 13 and 14.
    assert (await places(db, optics[1]))["research"] == (True, 14, "rule")
    async with db.read() as conn:
        assert len(await reading.latest(conn, ("research",), 10)) == 2
        stamps = await all_stamps(conn)
    assert stamps["research"] >= later
    assert stamps["*"] >= later


async def test_what_comes_back_is_not_news_again(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    (key,) = await bring(db, now, [story(1, now, "A laser.")])
    before = (await places(db, key))["research"]
    await change(db, with_keywords("optics"), clock.advance(timedelta(hours=1)))
    assert set(await places(db, key)) == {"news"}
    async with db.read() as conn:
        assert await reading.latest(conn, ("research",), 10) == []
        (article,) = await reading.latest(conn, (), 10)
        assert article.categories == ("news",)
    await change(db, ROOM, clock.advance(timedelta(hours=1)))
    assert (await places(db, key))["research"] == before
    async with db.read() as conn:
        assert [one.id for one in await reading.latest(conn, ("research",), 10)] == [key]


async def test_a_preview_changes_nothing(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    (key,) = await bring(db, now, [story(1, now, "A laser.")])
    async with db.read() as conn:
        before = dict(await all_stamps(conn))
    assert [one.leave for one in await preview(db, with_keywords(), clock.advance(DAY))] == [1]
    assert set(await places(db, key)) == {"news", "research"}
    async with db.read() as conn:
        assert dict(await all_stamps(conn)) == before


async def test_maps_look_at_terms_and_addresses_of_every_origin(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    termed, listed, neither = await bring(
        db,
        now,
        [
            story(1, now, terms=("Campus life",)),
            Found(story(2, now), listed_url="https://example.edu/life/2.htm"),
            story(3, now, terms=("Sports",)),
        ],
    )
    room = with_source(replace(SOURCE, category_map={"campus life": "campus", "life": "campus"}))
    assert [(one.category, one.come, one.leave) for one in await change(db, room, now)] == [("campus", 2, 0)]
    assert [set(await places(db, key)) for key in (termed, listed, neither)] == [
        {"news", "campus"}, {"news", "campus"}, {"news"},
    ]  # fmt: skip
    assert [(one.come, one.leave) for one in await change(db, ROOM, now)] == [(0, 2)]


async def test_choices_of_people_stay(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    pushed = Found(story(1, now), categories=("campus",), placed_by="push")
    by_push, by_editor, by_rule = await bring(db, now, [pushed, story(2, now, "A laser."), story(3, now, "A laser.")])
    await carry_out(db, [by_editor], Order(Act.PUBLISH, categories=("research",)), now)
    await change(db, with_source(replace(SOURCE, categories=("news", "campus"))), now)
    await change(db, with_keywords(), now)
    assert {slug: who for slug, (_, _, who) in (await places(db, by_push)).items()} == {
        "news": "rule",
        "campus": "push",
    }
    assert "research" in await places(db, by_editor)
    assert "research" not in await places(db, by_rule)


async def test_another_source_that_wants_it_keeps_it(db: Database, clock: FixedClock) -> None:
    """Rules are those of all the sources that show an article; where one is gone, nobody knows, and it stays."""
    now = clock.now()
    other = Source("other", SOURCE.kind, "https://other.example.edu/feed", categories=("news",))
    room = replace(ROOM, sources=(*ROOM.sources, other))
    await apply(db, room, now)
    shared, alone = await bring(db, now, [story(1, now), story(2, now)])
    await bring(db, now, [story(1, now)], other)
    without = replace(room, sources=(replace(SOURCE, categories=()), *room.sources[1:]))
    assert [(one.category, one.leave) for one in await change(db, without, now)] == [("news", 1)]
    assert set(await places(db, shared)) == {"news"}
    assert set(await places(db, alone)) == set()
    async with db.write() as conn:
        await editorial.remove_source(conn, "usst")
    gone = replace(room, sources=(ROOM.sources[1], replace(other, categories=())))
    assert await change(db, gone, now) == []


async def test_old_news_is_shown_and_never_mailed(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    old, recent = await bring(db, now, [story(1, now, "optics", published=now - 8 * DAY), story(2, now, "optics")])
    (found,) = await change(db, with_keywords("optics"), now)
    assert (found.come, found.news) == (2, 1)
    assert (await places(db, old))["research"] == (True, 0, "rule")
    assert (await places(db, recent))["research"] == (True, 3, "rule")
    # Nothing that happens to it later has it counted after all.
    async with db.write() as conn:
        await standing.hold(conn, old, now)
        await standing.publish(conn, old, now)
    assert (await places(db, old))["research"] == (True, 0, "rule")


async def test_what_waits_or_is_withdrawn_is_not_shown(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    held, gone = await bring(db, now, [story(1, now, "optics"), story(2, now, "optics")])
    await carry_out(db, [held], Order(Act.HOLD), now)
    await carry_out(db, [gone], Order(Act.WITHDRAW), now)
    assert [one.come for one in await change(db, with_keywords("optics"), now)] == [1]
    assert (await places(db, held))["research"] == (False, None, "rule")
    assert "research" not in await places(db, gone)


async def test_what_was_broken_off_is_done_by_whoever_comes_next(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    (key,) = await bring(db, now, [story(1, now, "optics")])
    await apply(db, with_keywords("optics"), now)
    await apply(db, with_keywords("optics"), now)
    assert [one.come for one in await preview(db, with_keywords("optics"), now)] == [1]
    assert [one.come for one in await moves.settle(db, now)] == [1]
    assert "research" in await places(db, key)


async def test_a_newsroom_without_articles_has_nothing_to_move(db: Database, clock: FixedClock) -> None:
    await furnish(db, clock.now())
    await apply(db, with_keywords("optics"), clock.now())
    (key,) = await bring(db, clock.now(), [story(1, clock.now())])
    async with db.write() as conn:
        await desk.place(conn, key, ["campus"])
    assert await moves.settle(db, clock.now()) == []


async def test_more_than_a_batch(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    count = moves.BATCH + 3
    await bring(db, now, [story(number, now, "optics", published=now - 9 * DAY) for number in range(count)])
    told: list[tuple[int, int]] = []
    await apply(db, with_keywords("optics"), now)
    (found,) = await moves.settle(db, now, lambda looked, total: told.append((looked, total)))
    assert (found.come, found.news, len(found.coming)) == (count, 0, 3)
    assert told == [(moves.BATCH, count), (count, count)]
