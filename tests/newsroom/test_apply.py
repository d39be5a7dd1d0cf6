"""Applying: one transaction, idempotent, with what each change brings with it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from feedsvc.clock import FixedClock
from feedsvc.errors import NewsroomError
from feedsvc.model.health import Validators
from feedsvc.model.newsroom import Newsroom, SourceKind
from feedsvc.model.subscriber import Subscriber, SubscriberState, Subscription
from feedsvc.newsroom.apply import apply, apply_file, plan
from feedsvc.newsroom.diff import Act, What
from feedsvc.newsroom.export import export
from feedsvc.newsroom.read import parse, read
from feedsvc.storage import digests, editorial, schema, subscribers
from feedsvc.storage import validators as validator_rows
from feedsvc.storage.database import Database
from feedsvc.storage.schema import sources
from feedsvc.storage.schema_polling import polls, validators
from feedsvc.storage.types import Conn
from tests.newsroom.test_read import GOOD
from tests.storage.marks import all_stamps

EXAMPLE = Path(__file__).parents[2] / "config" / "newsroom.example.toml"
ROOM = parse(GOOD, "newsroom.toml")


async def stored(db: Database) -> Newsroom:
    async with db.read() as conn:
        return await editorial.newsroom(conn)


async def marks(db: Database) -> dict[str, object]:
    async with db.read() as conn:
        return dict(await all_stamps(conn))


async def since(conn: Conn) -> object:
    return (await conn.execute(select(schema.digests.c.scheduled_since))).scalar()


async def test_what_is_applied_is_there_and_twice_changes_nothing(db: Database, clock: FixedClock) -> None:
    changes = await apply(db, ROOM, clock.now())
    assert [change.act for change in changes] == [Act.ADD] * 5
    assert await stored(db) == ROOM
    before = await marks(db)
    assert await apply(db, ROOM, clock.advance(timedelta(hours=1))) == ()
    assert (
        await marks(db)
        == before
        == {"*": clock.now() - timedelta(hours=1)} | dict.fromkeys(("news", "banner"), clock.now() - timedelta(hours=1))
    )


async def test_a_dry_run_tells_and_changes_nothing(db: Database, clock: FixedClock) -> None:
    told = await apply(db, ROOM, clock.now(), dry_run=True)
    assert await stored(db) == Newsroom()
    assert await apply(db, ROOM, clock.now()) == told


async def test_the_example_applies_and_its_export_is_the_same(db: Database, clock: FixedClock, tmp_path: Path) -> None:
    await apply_file(db, EXAMPLE, clock.now())
    newsroom = await stored(db)
    assert newsroom == read(EXAMPLE)
    assert (len(newsroom.categories), len(newsroom.sources), len(newsroom.lists), len(newsroom.digests)) == (3, 2, 2, 2)
    file = tmp_path / "exported.toml"
    file.write_text(export(newsroom), "utf-8")
    assert await apply_file(db, file, clock.now()) == ()
    assert await apply_file(db, EXAMPLE, clock.now(), prune=True) == ()


async def test_unnamed_things_stay_and_may_be_named_unless_pruned(
    db: Database, clock: FixedClock, tmp_path: Path
) -> None:
    await apply(db, ROOM, clock.now())
    file = tmp_path / "more.toml"
    file.write_text(
        '[[digest]]\nslug = "daily"\ntitle = "Daily"\nschedule = "@daily"\nlists = ["alumni"]\n', encoding="utf-8"
    )
    changes = await apply_file(db, file, clock.now())
    assert [(change.act, change.slug) for change in changes] == [(Act.ADD, "daily")]
    assert [digest.slug for digest in (await stored(db)).digests] == ["weekly", "daily"]
    with pytest.raises(NewsroomError, match=r"more.toml, line 5, .*there is no list 'alumni'"):
        await apply_file(db, file, clock.now(), prune=True)
    assert [digest.slug for digest in (await stored(db)).digests] == ["weekly", "daily"]


async def test_prune_removes_what_is_not_named(db: Database, clock: FixedClock) -> None:
    await apply(db, ROOM, clock.now())
    async with db.write() as conn:
        await conn.execute(
            insert(validators).values(url="https://a.example.edu/", source="usst-news", fetched_at=clock.now())
        )
        await conn.execute(
            insert(polls).values(
                source="usst-news",
                started_at=clock.now(),
                finished_at=clock.now(),
                outcome="ok",
                found=1,
                new=1,
                changed=0,
                failed=0,
            )
        )
    changes = await apply(db, Newsroom(categories=ROOM.categories[:1]), clock.now(), prune=True)
    assert [(change.act, change.what) for change in changes] == [
        (Act.REMOVE, What.DIGEST),
        (Act.REMOVE, What.LIST),
        (Act.REMOVE, What.SOURCE),
        (Act.REMOVE, What.CATEGORY),
    ]
    assert await stored(db) == Newsroom(categories=ROOM.categories[:1])
    async with db.read() as conn:
        assert (await conn.execute(select(validators))).all() == (await conn.execute(select(polls))).all() == []


async def readers(db: Database, clock: FixedClock, *names: str, state: SubscriberState) -> None:
    """Subscribers of the list of the alumni."""
    async with db.write() as conn:
        for name in names:
            before = await subscribers.add(conn, f"{name}@example.edu", "en", "web", clock.now())
            await subscribers.save(conn, before, subscribed(before, state), clock.now())


def subscribed(before: Subscriber, state: SubscriberState) -> Subscriber:
    """The same, on the list."""
    return replace(before, state=state, subscriptions=(Subscription("alumni", {"*": 0}),))


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_list_with_readers_is_never_removed(db: Database, clock: FixedClock, dry_run: bool) -> None:
    await apply(db, ROOM, clock.now())
    await readers(db, clock, "a", state=SubscriberState.ACTIVE)
    await readers(db, clock, "b", state=SubscriberState.PAUSED)
    with pytest.raises(
        NewsroomError, match=r"^The list 'alumni' has 2 readers and is not removed: keep it in the file"
    ):
        await apply(db, Newsroom(), clock.now(), prune=True, dry_run=dry_run)
    assert await stored(db) == ROOM
    without = Newsroom(lists=ROOM.lists)
    assert [change.what for change in await apply(db, without, clock.now(), prune=True)] == [
        What.DIGEST,
        What.SOURCE,
        What.CATEGORY,
        What.CATEGORY,
    ]


async def test_a_list_that_everybody_has_left_may_go(db: Database, clock: FixedClock) -> None:
    await apply(db, ROOM, clock.now())
    await readers(db, clock, "a", state=SubscriberState.UNSUBSCRIBED)
    await apply(db, Newsroom(), clock.now(), prune=True)
    assert await stored(db) == Newsroom()


async def test_what_would_not_hold_together_changes_nothing(db: Database, clock: FixedClock) -> None:
    broken = replace(ROOM, categories=ROOM.categories[:1])
    with pytest.raises(NewsroomError, match="in source number 1, map: there is no category 'banner'"):
        await apply(db, broken, clock.now())
    assert await stored(db) == Newsroom()


async def test_a_seen_change_of_a_category_moves_every_feed(db: Database, clock: FixedClock) -> None:
    await apply(db, ROOM, clock.now())
    before = await marks(db)
    news, banner = ROOM.categories
    for categories in (
        (replace(news, description="New"), banner),
        (banner, replace(news, description="New")),
        (banner,),
    ):
        wanted = replace(
            ROOM,
            categories=categories,
            sources=(replace(ROOM.sources[0], categories=()),),
            digests=(replace(ROOM.digests[0], categories=()),),
        )
        await apply(db, wanted, clock.advance(timedelta(minutes=1)), prune=True)
        after = await marks(db)
        assert after.keys() == before.keys() == {"*", "news", "banner"}
        assert all(after[feed] == clock.now() for feed in after)


async def test_keywords_move_no_feed_and_a_source_title_moves_all(db: Database, clock: FixedClock) -> None:
    await apply(db, ROOM, clock.now())
    before = await marks(db)
    quiet = replace(ROOM, categories=(replace(ROOM.categories[0], keywords=("x",)), ROOM.categories[1]))
    await apply(db, quiet, clock.advance(timedelta(minutes=1)))
    assert await marks(db) == before
    titled = replace(quiet, sources=(replace(quiet.sources[0], title="USST"),))
    await apply(db, titled, clock.advance(timedelta(minutes=1)))
    assert set((await marks(db)).values()) == {clock.now()}


@pytest.mark.parametrize(
    ("change", "due", "anew", "first"),
    [
        ({"url": "https://b.example.edu/"}, True, True, True),
        ({"kind": SourceKind.FEED}, True, True, True),
        ({"preset": "vsb"}, True, True, False),
        ({"list_rules": {"item": "tr"}}, True, True, False),
        ({"article_rules": {"body": "main"}}, True, True, False),
        ({"category_map": {}}, True, True, False),
        ({"language": "zh"}, True, True, False),
        ({"timezone": "UTC"}, True, True, False),
        ({"allow_private": True}, True, True, False),
        ({"interval": timedelta(hours=5)}, True, False, False),
        ({"title": "Other"}, False, False, False),
    ],
)
async def test_a_source_that_is_read_otherwise_is_read_anew_and_one_that_reads_elsewhere_starts_over(
    db: Database, clock: FixedClock, change: dict[str, Any], due: bool, anew: bool, first: bool
) -> None:
    await apply(db, ROOM, clock.now())
    later = clock.now() + timedelta(hours=1)
    async with db.write() as conn:
        await conn.execute(
            update(sources).values(next_poll_at=later, first_polled_at=clock.now(), failures=3, gone_at=clock.now())
        )
        for slug in ("usst-news", "other"):
            await validator_rows.put(conn, slug, Validators("https://a.example.edu/", '"a"', None, clock.now()))
    await apply(db, replace(ROOM, sources=(replace(ROOM.sources[0], **change),)), clock.now())
    async with db.read() as conn:
        row = (await conn.execute(select(sources))).mappings().one()
        kept = set((await conn.execute(select(validators.c.source))).scalars())
    assert kept == ({"other"} if anew else {"usst-news", "other"})
    assert row["next_poll_at"] == (None if due else later)
    assert row["first_polled_at"] == (None if first else clock.now())
    assert row["failures"] == (0 if first else 3)
    assert row["gone_at"] == (None if first else clock.now())


@pytest.mark.parametrize(
    ("change", "moved"),
    [({"schedule": "0 9 * * mon"}, True), ({"timezone": "Asia/Shanghai"}, True), ({"max_items": 5}, False)],
)
async def test_periods_count_from_the_change_of_a_schedule(
    db: Database, clock: FixedClock, change: dict[str, Any], moved: bool
) -> None:
    made = clock.now()
    await apply(db, ROOM, made)
    later = clock.advance(timedelta(days=3))
    await apply(db, replace(ROOM, digests=(replace(ROOM.digests[0], **change),)), later)
    async with db.read() as conn:
        assert (await digests.get(conn, "weekly")) == replace(ROOM.digests[0], **change)
        assert await since(conn) == (later if moved else made)


async def test_a_plan_is_what_apply_does(db: Database, clock: FixedClock) -> None:
    async with db.read() as conn:
        told = await plan(conn, ROOM)
    assert told == await apply(db, ROOM, clock.now())
