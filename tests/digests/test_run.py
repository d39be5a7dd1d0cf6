"""The digest stage over real databases: one issue a period, editions shared, nobody twice, nothing lost."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from feedsvc.clock import FixedClock
from feedsvc.digests import run
from feedsvc.digests.manual import send_now
from feedsvc.digests.manual import test as send_test
from feedsvc.digests.preview import preview
from feedsvc.errors import InputError, NotFound
from feedsvc.model.issue import Issue, IssueState, MessageKind, MessageState
from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList
from feedsvc.model.subscriber import EVERYTHING
from feedsvc.newsroom.apply import apply
from feedsvc.settings import Settings
from feedsvc.storage import counters, issues
from feedsvc.storage.database import Database
from feedsvc.storage.schema import article_categories, articles, categories
from feedsvc.storage.schema_mail import outbox, subscribers, subscriptions

ROOM = Newsroom(
    categories=(Category("news", "News"), Category("research", "Research")),
    lists=(ReaderList("alumni", "Alumni"), ReaderList("staff", "Staff")),
    digests=(
        Digest("weekly", "USST weekly", "0 8 * * mon", lists=("alumni",), timezone="Asia/Shanghai", max_items=3),
        Digest("daily", "USST daily", "30 7 * * *", lists=("staff",), frequency="daily", timezone="Asia/Shanghai"),
    ),
)


class Room:
    """A newsroom in a database, with short ways to make articles and readers."""

    def __init__(self, db: Database, settings: Settings, clock: FixedClock) -> None:
        self.db, self.settings, self.clock = db, settings, clock
        self.made = 0

    async def article(self, name: str, *slugs: str) -> None:
        """An article that enters categories now, in order."""
        now = self.clock.now()
        async with self.db.write() as conn:
            row = await conn.execute(select(articles.c.id).where(articles.c.id == name))
            if row.scalar() is None:
                await conn.execute(insert(articles).values(**article_values(name, now)))
            for slug in slugs:
                number = await counters.next_value(conn, "entry")
                values = {"category": slug, "article_id": name, "sort_at": now, "visible": True}
                await conn.execute(insert(article_categories).values(**values, entry=number, entered_at=now))

    async def reader(self, email: str, *chosen: str, on: str = "alumni", language: str = "en") -> int:
        """An active reader whose wishes count from now."""
        async with self.db.write() as conn:
            entry = await counters.value(conn, "entry")
            values = {"email": email, "email_key": email, "language": language, "state": "active", "nonce": email[:30]}
            statement = insert(subscribers).values(**values, created_at=self.clock.now(), irregular=False)
            key = int((await conn.execute(statement.returning(subscribers.c.id))).scalar_one())
            wishes = dict.fromkeys(chosen or (EVERYTHING,), entry)
            joined = {"subscriber_id": key, "list": on, "wishes": wishes, "joined_at": self.clock.now()}
            await conn.execute(insert(subscriptions).values(**joined))
        return key

    async def send(self, slug: str = "weekly") -> Issue:
        """An issue by hand, an hour later, and every message of it taken by the relay."""
        self.clock.advance(timedelta(hours=1))
        issue = await send_now(self.db, self.settings, self.clock, slug)
        await self.settle(MessageState.SENT)
        return issue

    async def settle(self, state: MessageState, reader: int | None = None) -> None:
        """Give open rows an outcome."""
        async with self.db.write() as conn:
            change = update(outbox).where(outbox.c.state == MessageState.QUEUED).values(state=state)
            await conn.execute(change.where(outbox.c.subscriber_id == reader) if reader else change)

    async def got(self, issue: Issue) -> dict[int, tuple[str, ...]]:
        """What each reader gets in an issue."""
        async with self.db.read() as conn:
            editions = {edition.id: edition.article_ids for edition, _ in await issues.editions_of(conn, issue.id)}
            rows = await conn.execute(
                select(outbox.c.subscriber_id, outbox.c.edition_id).where(outbox.c.issue_id == issue.id)
            )
            return {row[0]: editions[row[1]] for row in rows}


def article_values(name: str, now: datetime) -> dict[str, object]:
    return {
        "id": name,
        "guid": f"tag:example.edu,2020:{name}",
        "source": "s",
        "url": f"https://example.edu/{name}.htm",
        "title": f"Story {name}",
        "summary": f"What {name} is about.",
        "content_html": "<p>Text.</p>",
        "authors": [],
        "language": "en",
        "image": None,
        "attachments": [],
        "published_at": now,
        "published_is_date": True,
        "first_seen_at": now,
        "updated_at": now,
        "sort_at": now,
        "revision": 1,
        "state": "published",
        "mailable": True,
        "content_hash": name,
    }


@pytest.fixture
async def room(db: Database, settings: Settings, clock: FixedClock) -> Room:
    """The newsroom, on each engine in turn."""
    await apply(db, ROOM, clock.now())
    return Room(db, settings, clock)


async def of_digest(room: Room, slug: str = "weekly") -> list[Issue]:
    async with room.db.read() as conn:
        return await issues.of_digest(conn, slug)


async def test_what_entered_after_a_reader_joined_is_theirs_newest_first(room: Room) -> None:
    await room.article("before", "news")
    reader = await room.reader("a@example.org")
    await room.article("one", "news")
    room.clock.advance(timedelta(minutes=5))
    await room.article("two", "research")
    issue = await room.send()
    assert (issue.state, issue.number) == (IssueState.SENDING, 1)
    assert await room.got(issue) == {reader: ("two", "one")}


async def test_choices_decide_and_equal_readers_share_an_edition(room: Room) -> None:
    first, second = await room.reader("a@example.org", "news"), await room.reader("b@example.org", "news")
    third = await room.reader("c@example.org", "research")
    nobody = await room.reader("d@example.org", on="staff")
    await room.article("n", "news")
    await room.article("r", "research")
    issue = await room.send()
    got = await room.got(issue)
    assert got == {first: ("n",), second: ("n",), third: ("r",)}
    assert nobody not in got
    async with room.db.read() as conn:
        editions = await issues.editions_of(conn, issue.id)
    assert sorted((edition.public, readers) for edition, readers in editions) == [(False, 1), (False, 2), (True, 0)]


async def test_an_article_in_both_categories_comes_once_and_never_again(room: Room) -> None:
    reader = await room.reader("a@example.org")
    await room.article("both", "news", "research")
    assert await room.got(await room.send()) == {reader: ("both",)}
    await room.article("late", "news")
    assert await room.got(await room.send()) == {reader: ("late",)}
    await room.article("late", "research")
    await room.article("next", "news")
    assert await room.got(await room.send()) == {reader: ("next",)}


async def test_nothing_new_is_skipped_and_carried_over(room: Room) -> None:
    reader = await room.reader("a@example.org")
    skipped = await room.send()
    assert (skipped.state, skipped.number) == (IssueState.SKIPPED, None)
    await room.article("one", "news")
    issue = await room.send()
    assert issue.number == 1
    assert await room.got(issue) == {reader: ("one",)}


async def test_beyond_max_items_the_rest_are_links(room: Room) -> None:
    await room.reader("a@example.org")
    for number in range(5):
        await room.article(f"a{number}", "news")
    issue = await room.send()
    async with room.db.read() as conn:
        edition = next(edition for edition, _ in await issues.editions_of(conn, issue.id) if not edition.public)
    forms = [key.split(":")[0] for key in edition.block_keys if ":a" in key and not key.startswith("tease")]
    assert forms == ["large", "story", "story", "link", "link"]


@pytest.mark.parametrize("lost", [MessageState.EXPIRED, MessageState.BOUNCED, MessageState.CANCELLED])
async def test_a_mail_that_never_arrived_is_made_up_for(room: Room, lost: MessageState) -> None:
    lucky, unlucky = await room.reader("a@example.org"), await room.reader("b@example.org")
    await room.article("one", "news")
    room.clock.advance(timedelta(hours=1))
    first = await send_now(room.db, room.settings, room.clock, "weekly")
    await room.settle(lost, unlucky)
    await room.settle(MessageState.SENT)
    await room.article("two", "news")
    room.clock.advance(timedelta(minutes=1))
    second = await room.send()
    assert set(await room.got(first)) == {lucky, unlucky}
    got = await room.got(second)
    assert got[lucky] == ("two",)
    assert sorted(got[unlucky]) == ["one", "two"]


async def test_a_reader_of_two_digests_gets_a_story_in_one_of_them(room: Room) -> None:
    reader = await room.reader("a@example.org")
    async with room.db.write() as conn:
        values = {"subscriber_id": reader, "list": "staff", "wishes": {EVERYTHING: 0}, "joined_at": room.clock.now()}
        await conn.execute(insert(subscriptions).values(**values))
    await room.article("one", "news")
    assert await room.got(await room.send("daily")) == {reader: ("one",)}
    await room.article("two", "news")
    assert await room.got(await room.send("weekly")) == {reader: ("two",)}


async def test_the_language_of_a_reader_chooses_the_edition(room: Room) -> None:
    await room.reader("a@example.org", language="zh")
    await room.reader("b@example.org", language="fr")
    await room.article("one", "news")
    issue = await room.send()
    async with room.db.read() as conn:
        found = await issues.editions_of(conn, issue.id)
        blocks = await issues.get_blocks(conn, issue.id, "zh")
    assert sorted(edition.language for edition, _ in found if not edition.public) == ["en", "zh"]
    assert "foot" in blocks


async def test_a_tick_makes_what_is_due_once_and_a_tick_of_another_process_nothing(room: Room) -> None:
    await room.reader("a@example.org")
    await room.article("one", "news")
    for _ in range(2):
        await run.tick(room.db, room.settings, room.clock)
    assert await of_digest(room) == []
    room.clock.advance(timedelta(days=7))
    for _ in range(3):
        await run.tick(room.db, room.settings, room.clock)
    found = await of_digest(room)
    assert [(issue.period, issue.state) for issue in found] == [("2020-06-15T08:00", IssueState.SENDING)]


async def test_days_of_downtime_make_one_issue_and_record_what_was_missed(room: Room) -> None:
    await room.reader("a@example.org", on="staff")
    await room.article("one", "news")
    room.clock.advance(timedelta(days=3, hours=1))
    await run.tick(room.db, room.settings, room.clock)
    found = await of_digest(room, "daily")
    assert [issue.state for issue in found] == [IssueState.SENDING, IssueState.SKIPPED, IssueState.SKIPPED]
    assert all("missed" in issue.reason for issue in found[1:])


async def test_a_fan_out_that_stopped_half_way_goes_on_and_nobody_is_queued_twice(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CHUNK", 2)
    readers = [await room.reader(f"r{number}@example.org") for number in range(5)]
    await room.article("one", "news")
    chunks = 0
    plain = run._chunk

    async def dies(*args: object) -> bool:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            raise KeyboardInterrupt
        return await plain(*args)  # type: ignore[arg-type]  # (passed through)

    monkeypatch.setattr(run, "_chunk", dies)
    with pytest.raises(KeyboardInterrupt):
        await send_now(room.db, room.settings, room.clock, "weekly")
    monkeypatch.setattr(run, "_chunk", plain)
    issue = (await of_digest(room))[0]
    assert issue.state is IssueState.COMPOSING
    assert len(await room.got(issue)) == 4
    await run.tick(room.db, room.settings, room.clock)
    issue = (await of_digest(room))[0]
    assert issue.state is IssueState.SENDING
    assert sorted(await room.got(issue)) == readers


async def test_each_article_is_rendered_once_whatever_readers_wish(room: Room) -> None:
    for number in range(12):
        await room.reader(f"r{number}@example.org", *(("news",), ("research",), ())[number % 3])
    for number in range(4):
        await room.article(f"a{number}", ("news", "research")[number % 2])
    issue = await room.send()
    async with room.db.read() as conn:
        keys = await issues.block_keys(conn, issue.id)
    rendered = [key for language, key in keys if key.startswith("story:")]
    assert len(rendered) == 4


async def test_a_digest_without_its_categories_is_cancelled_and_says_so(room: Room) -> None:
    async with room.db.write() as conn:
        await conn.execute(delete(categories))
    issue = await send_now(room.db, room.settings, room.clock, "weekly")
    assert issue.state is IssueState.CANCELLED
    assert "categor" in issue.reason


async def test_a_second_issue_in_one_minute_is_refused(room: Room) -> None:
    await room.reader("a@example.org")
    await room.article("one", "news")
    await send_now(room.db, room.settings, room.clock, "weekly")
    with pytest.raises(InputError, match="already has an issue"):
        await send_now(room.db, room.settings, room.clock, "weekly")


async def test_a_preview_stores_nothing_and_shows_what_comes(room: Room) -> None:
    await room.reader("a@example.org", "research")
    await room.article("n", "news")
    await room.article("r", "research")
    now = room.clock.now()
    everything = await preview(room.db, room.settings, now, "weekly")
    assert set(everything.article_ids) == {"n", "r"}
    assert "Story n" in everything.text
    assert "<h1" in everything.html
    mine = await preview(room.db, room.settings, now, "weekly", "a@example.org")
    assert mine.article_ids == ("r",)
    assert await of_digest(room) == []


async def test_a_preview_that_would_be_empty_says_why(room: Room) -> None:
    with pytest.raises(InputError, match="would be empty"):
        await preview(room.db, room.settings, room.clock.now(), "weekly")
    with pytest.raises(NotFound, match="no subscriber"):
        await preview(room.db, room.settings, room.clock.now(), "weekly", "nobody@example.org")
    with pytest.raises(NotFound, match="no digest"):
        await preview(room.db, room.settings, room.clock.now(), "monthly")


async def test_a_test_mail_goes_to_one_address_and_marks_nothing(room: Room) -> None:
    reader = await room.reader("a@example.org")
    await room.article("one", "news")
    number = await send_test(room.db, room.settings, room.clock, "weekly", "editor@example.org")
    async with room.db.read() as conn:
        row = (await conn.execute(select(outbox).where(outbox.c.id == number))).mappings().one()
    assert (row["kind"], row["recipient"]) == (MessageKind.TEST, "editor@example.org")
    assert await room.got(await room.send()) == {reader: ("one",)}
