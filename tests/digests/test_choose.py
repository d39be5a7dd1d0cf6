"""Each article in exactly one mail to each reader who asked for it, checked against a naive account of everything sent."""

from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.digests.choose import Entry, choose, irregular, marks, regular, wishes
from feedsvc.model.newsroom import Digest
from feedsvc.model.subscriber import EVERYTHING, Subscription

DIGEST = Digest("weekly", "Weekly", "0 8 * * mon", lists=("alumni", "staff"), frequency="weekly")
OFFERED = ("news", "research", "sports")


def entry(article: str, category: str, number: int) -> Entry:
    return Entry(article, category, number)


def test_wishes_are_the_union_over_the_lists_that_bring_the_digest() -> None:
    found = wishes(
        DIGEST,
        OFFERED,
        [
            Subscription("alumni", {"news": 5}),
            Subscription("staff", {"news": 3, "research": 9}),
            Subscription("parents", {"sports": 0}),
        ],
    )
    assert found == {"news": 3, "research": 9}


def test_none_chosen_means_all_that_is_offered() -> None:
    assert wishes(DIGEST, OFFERED, [Subscription("alumni", {EVERYTHING: 7})]) == dict.fromkeys(OFFERED, 7)


def test_a_frequency_that_is_not_the_digests_keeps_it_away() -> None:
    assert wishes(DIGEST, OFFERED, [Subscription("alumni", {EVERYTHING: 0}, "daily")]) == {}
    assert wishes(DIGEST, OFFERED, [Subscription("alumni", {EVERYTHING: 0}, "weekly")]) != {}


def test_a_category_that_is_not_offered_brings_nothing() -> None:
    assert wishes(DIGEST, ("news",), [Subscription("alumni", {"sports": 0})]) == {}


def test_what_entered_before_the_wish_is_not_mailed() -> None:
    found = choose([entry("old", "news", 4), entry("new", "news", 6)], regular({"news": 5}, 0, ()))
    assert found == {"new"}


def test_an_article_that_enters_a_second_category_later_is_not_repeated() -> None:
    entries = [entry("a", "news", 3), entry("a", "research", 12)]
    reader = regular({"news": 0, "research": 0}, 10, marks(entries, 10))
    assert choose(entries, reader) == frozenset()


def test_a_category_that_an_article_left_still_counts_as_had() -> None:
    left = Entry("a", "news", 3, here=False)
    entries = [left, entry("a", "research", 12)]
    both, one = {"news": 0, "research": 0}, {"research": 0}
    assert choose(entries, regular(both, 10, marks(entries, 10))) == frozenset()
    assert choose(entries, regular(one, 10, marks(entries, 10))) == {"a"}
    # Nobody gets what stands in none of their categories any more.
    assert choose([left], regular({"news": 0}, 0, marks([left], 0))) == frozenset()


def test_but_it_is_news_to_whoever_joined_after_it_entered_the_first() -> None:
    entries = [entry("a", "news", 3), entry("a", "research", 12)]
    reader = regular({"news": 5, "research": 5}, 10, marks(entries, 10))
    assert choose(entries, reader) == {"a"}


def test_an_irregular_reader_gets_what_they_have_not_received() -> None:
    entries = [entry("had", "news", 3), entry("bounced", "news", 4), entry("new", "news", 12)]
    assert choose(entries, irregular({"news": 0}, {"had"})) == {"bounced", "new"}


def test_readers_who_joined_at_different_times_share_an_answer_where_nothing_tells_them_apart() -> None:
    entries = [entry("a", "news", 11), entry("b", "news", 12)]
    telling = marks(entries, 10)
    assert regular({"news": 2}, 10, telling) == regular({"news": 9}, 10, telling)


ENTRIES = st.lists(
    st.tuples(st.sampled_from([f"a{n}" for n in range(8)]), st.sampled_from(OFFERED)),
    unique=True,
    min_size=1,
    max_size=20,
)


@given(
    order=ENTRIES,
    cuts=st.sets(st.integers(1, 20), min_size=1, max_size=5),
    since=st.integers(0, 20),
    wished=st.sets(st.sampled_from(OFFERED), min_size=1),
)
@settings(max_examples=400)
def test_a_regular_reader_gets_each_article_exactly_once(
    order: list[tuple[str, str]], cuts: set[int], since: int, wished: set[str]
) -> None:
    entries = [entry(article, category, number) for number, (article, category) in enumerate(order, 1)]
    mails: list[frozenset[str]] = []
    floor = 0
    for upto in sorted({*cuts, len(entries)}):
        if upto <= since:
            continue  # They join later than this issue.
        known = [e for e in entries if e.number <= upto]
        chosen = choose(known, regular(dict.fromkeys(wished, since), floor, marks(known, floor)))
        if chosen:
            mails.append(chosen)
            floor = upto
    entitled = {e.article_id for e in entries if e.category in wished and e.number > since}
    received = [article for mail in mails for article in mail]
    assert sorted(received) == sorted(entitled)


@given(
    order=ENTRIES,
    floor=st.integers(0, 20),
    since=st.integers(0, 20),
    wished=st.sets(st.sampled_from(OFFERED), min_size=1),
)
@settings(max_examples=400)
def test_moving_a_wish_to_its_mark_never_changes_the_answer(
    order: list[tuple[str, str]], floor: int, since: int, wished: set[str]
) -> None:
    entries = [entry(article, category, number) for number, (article, category) in enumerate(order, 1)]
    reader = regular(dict.fromkeys(wished, since), floor, marks(entries, floor))
    firsts: dict[str, int] = {}
    for e in entries:
        if e.category in wished and e.number > since:
            firsts[e.article_id] = min(e.number, firsts.get(e.article_id, e.number))
    assert choose(entries, reader) == {article for article, number in firsts.items() if number > floor}


@given(
    order=ENTRIES,
    plan=st.lists(st.tuples(st.integers(1, 20), st.sets(st.sampled_from(OFFERED), min_size=1)), min_size=1, max_size=6),
)
@settings(max_examples=300)
def test_whoever_changes_their_choices_gets_nothing_twice_and_misses_nothing(
    order: list[tuple[str, str]], plan: list[tuple[int, set[str]]]
) -> None:
    entries = [entry(article, category, number) for number, (article, category) in enumerate(order, 1)]
    since: dict[str, int] = {}
    received: list[str] = []
    entitled: set[str] = set()
    steps = sorted(plan, key=lambda step: step[0])
    for at, (upto, wished) in enumerate(steps):
        now = steps[at - 1][0] if at else 0
        since = {slug: since.get(slug, now) for slug in wished}
        known = [e for e in entries if e.number <= upto]
        entitled |= {e.article_id for e in known if e.category in since and e.number > since[e.category]}
        received += choose(known, irregular(since, received))
    assert sorted(received) == sorted(entitled)
