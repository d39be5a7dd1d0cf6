"""The digest stage over real databases: one issue a period, editions shared, nobody twice, nothing lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert

from feedsvc.digests import run
from feedsvc.digests.manual import send_now
from feedsvc.model.issue import IssueState, MessageState
from feedsvc.model.subscriber import EVERYTHING
from feedsvc.storage import issues
from feedsvc.storage.schema import categories
from feedsvc.storage.schema_mail import subscriptions
from tests.digests.rooms import Room, of_digest


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

    async def dies(*args: Any) -> bool:
        nonlocal chunks
        chunks += 1
        if chunks == 3:
            raise KeyboardInterrupt
        return await plain(*args)

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
