"""Tokens: what is signed comes back, and nothing else does."""

import re
import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.settings import Settings
from feedsvc.text import tokens
from feedsvc.text.links import confirm_url, preferences_url, unsubscribe_url

OLD, NEW, OTHER = b"the-old-key", b"the-new-key", b"another-key"
NOW = datetime(2020, 6, 8, tzinfo=UTC)
FIRST = "AQUxMjM0NQxhYmNkZWZnaGlqa2wGd2Vla2x5QQ2F_5FSTjybM0vPt4HHEA"
_parts = st.lists(st.text(max_size=60), max_size=4)
_expiries = st.none() | st.integers(1, 10**8).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(_parts, _expiries)
def test_what_is_signed_comes_back(parts: list[str], expires: datetime | None) -> None:
    token = tokens.sign([NEW, OLD], "confirm", *parts, expires=expires)
    assert tokens.verify([NEW, OLD], "confirm", token, NOW) == tuple(parts)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)


@given(_parts, _expiries)
def test_it_is_bound_to_purpose_and_key(parts: list[str], expires: datetime | None) -> None:
    token = tokens.sign([NEW], "confirm", *parts, expires=expires)
    assert tokens.verify([NEW], "preferences", token, NOW) is None
    assert tokens.verify([OTHER], "confirm", token, NOW) is None
    assert tokens.verify([], "confirm", token, NOW) is None


@given(_parts, _expiries, st.data())
def test_no_altered_token_is_taken(parts: list[str], expires: datetime | None, data: st.DataObject) -> None:
    token = tokens.sign([NEW], "confirm", *parts, expires=expires)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from([*string.ascii_letters, *string.digits, *"-_=+/ .é"]))
    for altered in (
        token[:at] + letter + token[at + 1 :],
        token[:at] + letter + token[at:],
        token[:at],
        token + letter,
    ):
        if altered != token:
            assert tokens.verify([NEW], "confirm", altered, NOW) is None


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    assert tokens.verify([NEW, OLD], "confirm", text, NOW) is None


@given(_parts, _parts)
def test_different_parts_give_different_tokens(one: list[str], two: list[str]) -> None:
    assert (tokens.sign([NEW], "confirm", *one) == tokens.sign([NEW], "confirm", *two)) == (one == two)


def test_links_signed_with_a_former_key_still_work() -> None:
    token = tokens.sign([OLD], "unsubscribe", 7, "n", "weekly")
    assert tokens.verify([NEW, OLD], "unsubscribe", token) == ("7", "n", "weekly")
    assert tokens.verify([NEW, OTHER], "unsubscribe", token) is None


def test_a_token_without_expiry_works_after_decades() -> None:
    token = tokens.sign([NEW], "unsubscribe", 7)
    assert tokens.verify([NEW], "unsubscribe", token, NOW + timedelta(days=30_000)) == ("7",)


def test_an_expired_token_is_refused_and_so_is_one_without_a_clock() -> None:
    token = tokens.sign([NEW], "confirm", 7, expires=NOW + timedelta(days=7))
    assert tokens.verify([NEW], "confirm", token, NOW + timedelta(days=7) - timedelta(seconds=1)) == ("7",)
    assert tokens.verify([NEW], "confirm", token, NOW + timedelta(days=7)) is None
    assert tokens.verify([NEW], "confirm", token) is None


def test_the_format_of_links_already_sent_is_kept() -> None:
    """A token made by the first version; if this fails, links in mails already sent have stopped working."""
    assert tokens.verify([b"k" * 32], "unsubscribe", FIRST) == ("12345", "abcdefghijkl", "weekly")


def test_a_token_is_short() -> None:
    assert len(tokens.sign([NEW], "unsubscribe", 1_000_000, "abcdefghijkl", "weekly")) <= 60


def test_too_long_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 255 bytes"):
        tokens.sign([NEW], "confirm", "x" * 256)


def test_links_stand_under_the_base_address_and_open_their_page_only(settings: Settings) -> None:
    base, keys = settings.site.base_url, settings.signing_keys()
    confirm, preferences = confirm_url(base, keys, 7, "nonce", NOW), preferences_url(base, keys, 7, "nonce")
    unsubscribe = unsubscribe_url(base, keys, 7, "nonce", "weekly")
    for link, page in ((confirm, "confirm"), (preferences, "preferences"), (unsubscribe, "unsubscribe")):
        assert link.startswith(f"https://news.example.edu/{page}/")
    week = NOW + timedelta(days=7)
    assert tokens.verify(keys, tokens.CONFIRM, confirm.rpartition("/")[2], NOW) == ("7", "nonce")
    assert tokens.verify(keys, tokens.CONFIRM, confirm.rpartition("/")[2], week) is None
    assert tokens.verify(keys, tokens.PREFERENCES, preferences.rpartition("/")[2]) == ("7", "nonce")
    assert tokens.verify(keys, tokens.UNSUBSCRIBE, unsubscribe.rpartition("/")[2]) == ("7", "nonce", "weekly")
    assert tokens.verify(keys, tokens.PREFERENCES, unsubscribe.rpartition("/")[2]) is None
