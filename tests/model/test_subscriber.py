"""The rules of joining, choosing and leaving."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.issue import MessageKind
from feedsvc.model.subscriber import (
    EVERYTHING,
    Choice,
    Subscriber,
    SubscriberState,
    Subscription,
    SuppressionReason,
    add_lists,
    choose,
    confirm,
    current_choice,
    leave,
    mail_after_joining,
    pause,
    resume,
    stronger,
    suppress,
)

NOW = datetime(2020, 6, 8, tzinfo=UTC)
LISTS, SLUGS = ["alumni", "staff", "press"], ["news", "research", "yaowen"]
PENDING = Subscriber(
    id=1,
    email="Lu.Wen@example.edu",
    name="",
    language="en",
    timezone="",
    state=SubscriberState.PENDING,
    created_at=NOW,
    confirmed_at=None,
    consent_at=None,
    consent_source="web",
    nonce="n",
)
ACTIVE = replace(PENDING, state=SubscriberState.ACTIVE, subscriptions=(Subscription("alumni", {"news": 5}),))

_choices = st.builds(
    Choice,
    lists=st.lists(st.sampled_from(LISTS), unique=True, min_size=1).map(tuple),
    categories=st.lists(st.sampled_from(SLUGS), unique=True).map(tuple),
    frequency=st.sampled_from(["", "daily", "weekly"]),
    name=st.sampled_from(["", "Lu Wen"]),
    language=st.sampled_from(["", "zh"]),
)


def wants(subscriber: Subscriber, list_slug: str, category: str, entry: int) -> bool:
    """Is an article that entered a category under this number wanted from this list?"""
    return any(
        key in (category, EVERYTHING) and entry > since
        for subscription in subscriber.subscriptions
        if subscription.list_slug == list_slug
        for key, since in subscription.wishes.items()
    )


class TestMailAfterJoining:
    @pytest.mark.parametrize(
        ("state", "suppressed", "kind"),
        [
            (None, None, MessageKind.CONFIRMATION),
            (None, SuppressionReason.LEFT, MessageKind.CONFIRMATION),
            (None, SuppressionReason.ERASED, MessageKind.CONFIRMATION),
            (None, SuppressionReason.BOUNCED, MessageKind.CONFIRMATION),
            (None, SuppressionReason.COMPLAINED, None),
            (SubscriberState.PENDING, None, MessageKind.CONFIRMATION),
            (SubscriberState.ACTIVE, None, MessageKind.LINKS),
            (SubscriberState.PAUSED, None, MessageKind.LINKS),
            (SubscriberState.ACTIVE, SuppressionReason.BOUNCED, MessageKind.CONFIRMATION),
            (SubscriberState.UNSUBSCRIBED, SuppressionReason.LEFT, MessageKind.CONFIRMATION),
            (SubscriberState.COMPLAINED, None, None),
        ],
    )
    def test_by_state_and_suppression(
        self, state: SubscriberState | None, suppressed: SuppressionReason | None, kind: MessageKind | None
    ) -> None:
        subscriber = replace(PENDING, state=state) if state else None
        assert mail_after_joining(subscriber, suppressed, NOW) == kind

    @pytest.mark.parametrize("state", [SubscriberState.PENDING, SubscriberState.ACTIVE, SubscriberState.UNSUBSCRIBED])
    def test_one_a_day(self, state: SubscriberState) -> None:
        subscriber = replace(PENDING, state=state, confirmation_sent_at=NOW)
        assert mail_after_joining(subscriber, None, NOW + timedelta(hours=23, minutes=59)) is None
        assert mail_after_joining(subscriber, None, NOW - timedelta(hours=3)) is None
        assert mail_after_joining(subscriber, None, NOW + timedelta(days=1)) is not None

    def test_one_in_thirty_days_after_a_bounce(self) -> None:
        subscriber = replace(PENDING, state=SubscriberState.BOUNCED, confirmation_sent_at=NOW)
        for suppressed in (None, SuppressionReason.BOUNCED):
            assert mail_after_joining(subscriber, suppressed, NOW + timedelta(days=29)) is None
            assert mail_after_joining(subscriber, suppressed, NOW + timedelta(days=30)) is MessageKind.CONFIRMATION

    def test_what_was_used_does_not_count(self) -> None:
        asked = Choice(("alumni",))
        active = confirm(replace(PENDING, asked=asked, confirmation_sent_at=NOW), None, 7, NOW)
        assert mail_after_joining(active, None, NOW) is MessageKind.LINKS
        linked = replace(active, confirmation_sent_at=NOW)
        assert mail_after_joining(linked, None, NOW + timedelta(hours=1)) is None
        for gone in (leave(active), leave(linked), leave(pause(linked))):
            assert mail_after_joining(gone, SuppressionReason.LEFT, NOW) is MessageKind.CONFIRMATION

    @pytest.mark.parametrize("state", [SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED])
    def test_leaving_does_not_make_room_for_another_unused_confirmation(self, state: SubscriberState) -> None:
        waiting = replace(PENDING, state=state, asked=Choice(("alumni",)), confirmation_sent_at=NOW)
        assert mail_after_joining(leave(waiting), None, NOW + timedelta(hours=1)) is None

    def test_leaving_one_list_of_two_does_not_bring_the_links_again(self) -> None:
        both = replace(ACTIVE, subscriptions=(*ACTIVE.subscriptions, Subscription("press")), confirmation_sent_at=NOW)
        assert mail_after_joining(leave(both, ["press"]), None, NOW) is None


class TestConfirm:
    def test_joins_what_was_asked_for(self) -> None:
        asked = Choice(("alumni", "press"), ("news",), "weekly", "Lu Wen", "zh")
        after = confirm(replace(PENDING, asked=asked), None, 7, NOW)
        assert after == replace(
            PENDING,
            state=SubscriberState.ACTIVE,
            name="Lu Wen",
            language="zh",
            confirmed_at=NOW,
            consent_at=NOW,
            subscriptions=(Subscription("alumni", {"news": 7}, "weekly"), Subscription("press", {"news": 7}, "weekly")),
        )

    def test_no_category_means_all(self) -> None:
        after = confirm(replace(PENDING, asked=Choice(("alumni",))), None, 7, NOW)
        assert after.subscriptions == (Subscription("alumni", {EVERYTHING: 7}),)
        assert after.subscriptions[0].choices == ()
        assert not after.irregular

    def test_who_comes_back_is_worked_out_singly(self) -> None:
        gone = replace(PENDING, state=SubscriberState.UNSUBSCRIBED, asked=Choice(("alumni",)))
        assert confirm(gone, SuppressionReason.LEFT, 7, NOW).irregular

    def test_nothing_happens_without_a_wish_or_after_a_complaint(self) -> None:
        assert confirm(ACTIVE, None, 7, NOW) == ACTIVE
        asked = replace(PENDING, asked=Choice(("alumni",)))
        assert confirm(asked, SuppressionReason.COMPLAINED, 7, NOW) == asked
        complained = replace(asked, state=SubscriberState.COMPLAINED)
        assert confirm(complained, None, 7, NOW) == complained

    @given(_choices, st.integers(0, 100))
    def test_twice_is_once(self, asked: Choice, entry: int) -> None:
        once = confirm(replace(PENDING, asked=asked), None, entry, NOW)
        assert confirm(once, None, entry + 5, NOW + timedelta(hours=1)) == once


class TestChoose:
    @given(st.lists(st.tuples(_choices, st.integers(0, 20)), min_size=2, max_size=5))
    def test_what_was_wanted_and_still_is_stays_wanted_and_nothing_old_is_added(
        self, steps: list[tuple[Choice, int]]
    ) -> None:
        entry, subscriber = 100, ACTIVE
        for choice, step in steps:
            entry += step
            after = choose(subscriber, choice, entry)
            for slug in choice.lists:
                for category in choice.categories or SLUGS:
                    assert wants(after, slug, category, entry + 1)
                    for number in range(1, entry + 1):
                        assert wants(after, slug, category, number) == wants(subscriber, slug, category, number)
            subscriber = after

    @given(_choices, st.integers(5, 100))
    def test_the_page_shows_what_was_chosen(self, choice: Choice, entry: int) -> None:
        shown = current_choice(choose(ACTIVE, choice, entry))
        assert shown == replace(
            choice, categories=tuple(sorted(choice.categories)), language=choice.language or ACTIVE.language
        )

    @given(_choices, st.integers(5, 100))
    def test_the_same_again_changes_nothing(self, choice: Choice, entry: int) -> None:
        once = choose(ACTIVE, choice, entry)
        assert choose(once, choice, entry + 50) == once

    def test_a_change_makes_irregular_and_no_change_does_not(self) -> None:
        same = Choice(("alumni",), ("news",))
        assert not choose(ACTIVE, same, 9).irregular
        assert choose(ACTIVE, replace(same, name="Lu Wen"), 9) == replace(ACTIVE, name="Lu Wen")
        for changed in (
            replace(same, categories=("news", "research")),
            replace(same, lists=("alumni", "press")),
            replace(same, frequency="daily"),
        ):
            assert choose(ACTIVE, changed, 9).irregular

    def test_kept_categories_count_from_where_they_did(self) -> None:
        wider = choose(ACTIVE, Choice(("alumni",), ("news", "research")), 9)
        assert wider.subscriptions[0].wishes == {"news": 5, "research": 9}
        everything = choose(wider, Choice(("alumni",)), 12)
        assert everything.subscriptions[0].wishes == {"news": 5, "research": 9, EVERYTHING: 12}
        assert everything.subscriptions[0].choices == ()
        narrow = choose(everything, Choice(("alumni",), ("research", "yaowen")), 20)
        assert narrow.subscriptions[0].wishes == {"research": 9, "yaowen": 12}

    def test_no_list_is_leaving(self) -> None:
        assert choose(ACTIVE, Choice(), 9) == leave(ACTIVE)


class TestLeaving:
    def test_some_lists_stay(self) -> None:
        two = replace(ACTIVE, subscriptions=(*ACTIVE.subscriptions, Subscription("press", {"*": 1})))
        after = leave(two, ["alumni", "unknown"])
        assert after.lists == ("press",)
        assert after.state is SubscriberState.ACTIVE

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (SubscriberState.ACTIVE, SubscriberState.UNSUBSCRIBED),
            (SubscriberState.PAUSED, SubscriberState.UNSUBSCRIBED),
            (SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED),
            (SubscriberState.BOUNCED, SubscriberState.BOUNCED),
            (SubscriberState.COMPLAINED, SubscriberState.COMPLAINED),
        ],
    )
    def test_on_no_list_any_more(self, before: SubscriberState, after: SubscriberState) -> None:
        left = leave(replace(ACTIVE, state=before, asked=Choice(("press",))))
        assert (left.state, left.subscriptions, left.asked) == (after, (), None)
        assert leave(left) == left


class TestTheRest:
    def test_pause_and_resume(self) -> None:
        paused = pause(ACTIVE)
        assert paused.state is SubscriberState.PAUSED
        assert pause(paused) == paused
        assert resume(paused) == replace(ACTIVE, irregular=True)
        assert resume(PENDING) == pause(PENDING) == PENDING

    def test_added_lists_change_nothing_that_was_chosen(self) -> None:
        after = add_lists(ACTIVE, Choice(("alumni", "press"), ("research",), "daily", "Lu Wen"), 9)
        assert after.subscriptions == (*ACTIVE.subscriptions, Subscription("press", {"research": 9}, "daily"))
        assert (after.name, after.irregular) == ("Lu Wen", True)
        assert add_lists(replace(ACTIVE, name="Own"), Choice(("alumni",), name="Other"), 9).name == "Own"

    def test_suppressing(self) -> None:
        assert suppress(ACTIVE, SuppressionReason.BOUNCED).state is SubscriberState.BOUNCED
        complained = suppress(ACTIVE, SuppressionReason.COMPLAINED)
        assert complained.state is SubscriberState.COMPLAINED
        assert suppress(complained, SuppressionReason.BOUNCED) == complained
        assert suppress(ACTIVE, SuppressionReason.LEFT) == leave(ACTIVE)

    @given(st.permutations(list(SuppressionReason)))
    def test_the_strongest_reason_stands_in_any_order(self, reasons: list[SuppressionReason]) -> None:
        stands = None
        for reason in reasons:
            stands = stronger(stands, reason)
        assert stands is SuppressionReason.COMPLAINED

    def test_one_mailbox_has_one_key(self) -> None:
        assert PENDING.email_key == "lu.wen@example.edu"
        assert current_choice(PENDING) == Choice(language="en")
