"""How near two texts are."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text.shingles import FEWEST, NEAR, SKETCH, jaccard, shingles, sketch
from tests.text import press

SIGNED = range(1 << 63)


@pytest.mark.parametrize(
    ("one", "other"),
    [(press.EN, press.EN_ELSEWHERE), (press.EN, press.EN_UPDATED), (press.ZH, press.ZH_ELSEWHERE)],
    ids=["elsewhere", "updated", "chinese"],
)
def test_one_story_told_twice_is_near(one: str, other: str) -> None:
    assert NEAR <= jaccard(shingles("A title", one), shingles("Another one", other)) < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        press.NOTICES,
        press.ZH_NOTICES,
        (press.EN, press.NOTICES[0]),
        (press.ZH, press.ZH_NOTICES[0]),
        (press.EN, press.ZH),
    ],
    ids=["notices", "chinese notices", "two stories", "two chinese stories", "two languages"],
)
def test_another_story_is_not_even_where_a_form_made_both(one: str, other: str) -> None:
    assert jaccard(shingles("Lecture notice", one), shingles("Lecture notice", other)) < 0.35


def test_dress_does_not_count() -> None:
    plain = shingles("A title", press.EN)
    assert shingles("A TITLE!", press.EN.upper().replace("<P>", '<div class="x">').replace("</P>", "</div>")) == plain
    assert shingles("毕业典礼", press.ZH.replace("，", " , ").replace("2020", "２０２０")) == shingles(
        "毕业典礼", press.ZH
    )


def test_a_short_text_is_like_no_other() -> None:
    assert shingles("Photo of the day", "<p>Spring on the campus.</p>") == frozenset()
    assert shingles("今日图片", "<p>校园春色</p>") == frozenset()
    assert shingles("", "") == frozenset()
    assert jaccard(frozenset(), frozenset()) == 0
    words = " ".join(f"word{n}" for n in range(FEWEST + 2))
    assert len(shingles("", words)) == FEWEST


def test_hashes_are_kept_and_so_never_change() -> None:
    """The same on every machine and in every release: the tables hold them."""
    assert sketch(shingles("", " ".join(map(str, range(40)))))[:2] == (622558721335030239, 712185037614909554)
    assert sketch(shingles("", press.ZH))[0] == 1103524970412443824


@given(st.text(max_size=400), st.text(max_size=400))
def test_nearness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    a, b = shingles("", one), shingles("", other)
    assert 0 <= jaccard(a, b) == jaccard(b, a) <= 1
    assert jaccard(a, a) == (1 if a else 0)
    assert all(value in SIGNED for value in a)
    assert sketch(a) == tuple(sorted(a)[:SKETCH])


@given(st.integers(0, 10_000))
def test_sketches_of_near_texts_have_something_in_common(seed: int) -> None:
    """Two thirds of the words are the same: one pair in half a million would miss."""
    rng = random.Random(seed)
    both = [str(rng.random()) for _ in range(200)]
    one, other = (" ".join(both + [str(rng.random()) for _ in range(40)]) for _ in range(2))
    a, b = shingles("", one), shingles("", other)
    assert jaccard(a, b) > NEAR
    assert set(sketch(a)) & set(sketch(b))
