"""Reading what a server says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.delivery.reply import Stage, clean, read_reply


@pytest.mark.parametrize(
    ("code", "text", "enhanced"),
    [
        (550, "5.1.1 No such user", "5.1.1"),
        (550, "5.7.26", "5.7.26"),
        (550, "5.1.1: No such user", "5.1.1"),
        (250, "2.0.0 Ok", "2.0.0"),
        (550, "4.7.1 Class and code disagree", ""),
        (450, "5.1.1 Class and code disagree", ""),
        (550, "No such user (5.1.1)", ""),
        (550, "5.1 Hm", ""),
        (550, "5.1.1.1 Hm", ""),
        (550, "5.1.1234 Hm", ""),
        (550, "", ""),
    ],
)
def test_an_enhanced_code_stands_first_and_agrees_with_the_basic_one(code: int, text: str, enhanced: str) -> None:
    assert read_reply(Stage.RCPT, code, text).enhanced == enhanced


@given(st.text(max_size=3000))
def test_what_is_kept_of_a_servers_words_is_one_short_line(text: str) -> None:
    kept = clean(text)
    assert kept.isprintable()
    assert len(kept) <= 500


def test_no_address_is_kept() -> None:
    assert clean("no <a.b+c@example.com> here, ask postmaster@[192.0.2.1]") == "no (address) here, ask (address)"
