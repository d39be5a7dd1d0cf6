"""Plain text keeps to its columns in both scripts and loses nothing."""

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.mail import plain

WORDS = st.lists(st.text("abc学校，。（）é", min_size=1, max_size=12), max_size=60).map(" ".join)


@given(WORDS, st.integers(20, 72))
def test_wrapping_changes_nothing_but_spaces_and_breaks(text: str, columns: int) -> None:
    assert plain.wrap(text, columns).replace("\n", "").replace(" ", "") == text.replace(" ", "")


@given(WORDS)
def test_lines_keep_to_their_columns_where_they_can(text: str) -> None:
    for line in plain.wrap(text, 40).split("\n"):
        assert plain.width(line) <= 40 or not any(mark in line.strip() for mark in (" ", "学学", "校校"))
        assert line == line.strip(" ")


def test_english_is_folded_between_words() -> None:
    assert plain.wrap("The president thanks students and staff.", 20) == "The president thanks\nstudents and staff."


def test_chinese_is_folded_between_characters_and_no_line_begins_with_a_full_stop() -> None:
    assert plain.wrap("上海理工大学与青浦区。", 20) == "上海理工大学与青浦\n区。"
    assert plain.wrap("双方签署了《协议》。", 12) == "双方签署了\n《协议》。"


def test_an_address_stays_whole() -> None:
    url = "https://news.example.edu/" + "a" * 90
    assert plain.wrap(f"See {url} now", 40) == f"See\n{url}\nnow"


def test_breaks_of_the_text_stay() -> None:
    assert plain.wrap("one\n\ntwo") == "one\n\ntwo"


@given(WORDS, st.integers(10, 80))
def test_a_clipped_text_fits_and_begins_like_the_whole(text: str, columns: int) -> None:
    short = plain.clip(text, columns)
    assert plain.width(short) <= columns
    assert short == text or (short.endswith("…") and text.lstrip().startswith(short[:-1].lstrip()))


def test_a_rule_is_as_wide_as_its_heading() -> None:
    assert plain.rule("Research") == "--------"
    assert plain.rule("科研") == "----"
    assert plain.rule("x" * 200) == "-" * 72


def test_marks_that_combine_take_no_column() -> None:
    assert plain.width("e\u0301") == 1
