"""A subscriber's own page."""

from dataclasses import replace
from datetime import timedelta

from feedsvc.clock import FixedClock
from feedsvc.model.issue import MessageKind
from feedsvc.model.subscriber import Choice, SubscriberState, Subscription, SuppressionReason
from feedsvc.settings import Settings
from feedsvc.storage import subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.subscribers import confirm, leave, preferences
from feedsvc.subscribers.offer import Refusal
from feedsvc.subscribers.preferences import Done
from tests.subscribers.people import (
    EMAIL,
    ask,
    confirm_token,
    entries,
    mails,
    newsroom,
    preferences_token,
    reader,
    unsubscribe_token,
    who,
)


async def test_looking_shows_what_there_is_and_changes_nothing(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now(), categories=("news",), name="Lu Wen")
    async with db.read() as conn:
        seen = await preferences.look(conn, settings.signing_keys(), await preferences_token(db, settings))
    assert seen is not None
    assert seen.subscriber == before == await who(db)
    assert seen.choice == Choice(("alumni",), ("news",), "", "Lu Wen", "en")
    assert seen.lists == ("alumni", "press")


async def test_saving_keeps_what_is_kept_and_counts_new_wishes_from_now(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now(), categories=("news",))
    await entries(db, 5)
    choice = Choice(("press", "alumni"), ("news", "research"), "weekly", "Lu\nWen", "zh")
    saved = await preferences.save(
        db, settings.signing_keys(), await preferences_token(db, settings), clock.now(), choice
    )
    assert saved is not None
    assert (saved.done, saved.refusals) == (Done.SAVED, ())
    person = await who(db)
    assert person.subscriptions == (
        Subscription("alumni", {"news": 10, "research": 15}, "weekly"),
        Subscription("press", {"news": 15, "research": 15}, "weekly"),
    )
    assert (person.name, person.language, person.irregular) == ("Lu Wen", "zh", True)
    assert set(saved.preferences.choice.lists) == {"press", "alumni"}


async def test_private_lists_may_be_kept_and_left_but_not_joined(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now())
    keys, token = settings.signing_keys(), await preferences_token(db, settings)
    refused = await preferences.save(db, keys, token, clock.now(), Choice(("alumni", "staff")))
    assert refused is not None
    assert (refused.done, refused.refusals) == (None, (Refusal.UNKNOWN_CHOICE,))
    assert await who(db) == before
    inside = replace(before, subscriptions=(*before.subscriptions, Subscription("staff", {"*": 1})))
    async with db.write() as conn:
        await subscribers.save(conn, before, inside, clock.now())
    kept = await preferences.save(db, keys, token, clock.now(), Choice(("alumni", "staff")))
    assert kept is not None
    assert kept.done is Done.SAVED
    assert kept.preferences.lists == ("alumni", "press", "staff")


async def test_pause_and_resume(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now())
    keys, token = settings.signing_keys(), await preferences_token(db, settings)
    for _ in range(2):
        paused = await preferences.pause(db, keys, token, clock.now())
        assert paused is not None
        assert paused.done is Done.PAUSED
        assert (await who(db)).state is SubscriberState.PAUSED
    changed = await preferences.save(db, keys, token, clock.now(), Choice(("alumni", "press")))
    assert changed is not None
    assert (await who(db)).state is SubscriberState.PAUSED
    resumed = await preferences.resume(db, keys, token, clock.now())
    assert resumed is not None
    assert resumed.done is Done.RESUMED
    after = await who(db)
    assert (after.state, after.irregular) == (SubscriberState.ACTIVE, True)
    assert after.subscriptions[0] == before.subscriptions[0]


async def test_leaving_all_suppresses_and_coming_back_asks_for_a_confirmation(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    keys, token = settings.signing_keys(), await preferences_token(db, settings)
    left = await preferences.leave_all(db, keys, token, clock.advance(timedelta(days=3)))
    assert left is not None
    assert (left.done, left.left) == (Done.LEFT, ("alumni",))
    gone = await who(db)
    assert (gone.state, gone.subscriptions) == (SubscriberState.UNSUBSCRIBED, ())
    async with db.read() as conn:
        assert await suppressions.reason(conn, EMAIL) is SuppressionReason.LEFT
    for _ in range(2):
        asked = await preferences.save(db, keys, token, clock.now(), Choice(("press",)))
        assert asked is not None
        assert asked.done is Done.ASKED
    assert (await who(db)).state is SubscriberState.UNSUBSCRIBED
    assert [kind for kind, _ in await mails(db)] == [MessageKind.CONFIRMATION] * 2
    nothing = await preferences.save(db, keys, token, clock.now(), Choice())
    assert nothing is not None
    assert nothing.refusals == (Refusal.LISTS_MISSING,)


async def test_who_leaves_within_the_hour_may_come_back_but_bombs_nobody(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    keys, token = settings.signing_keys(), await preferences_token(db, settings)
    for _ in range(2):
        clock.advance(timedelta(hours=1))
        # One click, then the way back; asking again brings no second mail.
        await leave.leave(db, keys, await unsubscribe_token(db, settings, "weekly"), clock.now())
        before = len(await mails(db))
        for lists in (("press",), ("alumni",)):
            asked = await preferences.save(db, keys, token, clock.now(), Choice(lists))
            assert asked is not None
            assert asked.done is Done.ASKED
            await ask(db, settings, clock.now(), lists=lists)
            await preferences.leave_all(db, keys, token, clock.now())
            await preferences.save(db, keys, token, clock.now(), Choice(lists))
        assert (await mails(db))[before:] == [(MessageKind.CONFIRMATION, (await who(db)).id)]
        assert await confirm.confirm(db, keys, await confirm_token(db, settings, clock.now()), clock.now())
        assert (await who(db)).lists == ("alumni",)


async def test_the_links_of_a_subscriber_come_once_a_day_and_hold_back_no_return(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    for _ in range(3):
        await ask(db, settings, clock.advance(timedelta(hours=1)))
    assert [kind for kind, _ in await mails(db)] == [MessageKind.CONFIRMATION, MessageKind.LINKS]
    keys, token = settings.signing_keys(), await preferences_token(db, settings)
    await preferences.leave_all(db, keys, token, clock.now())
    await preferences.save(db, keys, token, clock.now(), Choice(("press",)))
    assert [kind for kind, _ in await mails(db)][2:] == [MessageKind.CONFIRMATION]


async def test_on_no_list_there_is_nothing_to_pause_resume_or_leave(
    db: Database, clock: FixedClock, settings: Settings
) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    keys, token = settings.signing_keys(), await preferences_token(db, settings)
    await preferences.leave_all(db, keys, token, clock.now())
    before = await who(db)
    for act in (preferences.pause, preferences.resume, preferences.leave_all):
        told = await act(db, keys, token, clock.now())
        assert told is not None
        assert (told.done, told.refusals, told.left) == (None, (), ())
        assert (told.preferences.may_pause, told.preferences.may_leave) == (False, False)
    assert await who(db) == before


async def test_choosing_no_list_is_leaving(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    await reader(db, settings, clock.now())
    saved = await preferences.save(
        db, settings.signing_keys(), await preferences_token(db, settings), clock.now(), Choice()
    )
    assert saved is not None
    assert saved.done is Done.LEFT
    assert (await who(db)).state is SubscriberState.UNSUBSCRIBED


async def test_other_tokens_open_nothing(db: Database, clock: FixedClock, settings: Settings) -> None:
    await newsroom(db, clock.now())
    before = await reader(db, settings, clock.now())
    keys = settings.signing_keys()
    for token in (
        "",
        "x",
        await confirm_token(db, settings, clock.now()),
        await unsubscribe_token(db, settings, "weekly"),
    ):
        async with db.read() as conn:
            assert await preferences.look(conn, keys, token) is None
        assert await preferences.save(db, keys, token, clock.now(), Choice()) is None
        assert await preferences.pause(db, keys, token, clock.now()) is None
        assert await preferences.resume(db, keys, token, clock.now()) is None
        assert await preferences.leave_all(db, keys, token, clock.now()) is None
    assert await who(db) == before
