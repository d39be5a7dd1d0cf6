"""Signatures: what fits, what does not, and how long."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.accounts.signatures import MOST_SIGNATURES, TOLERANCE_SECONDS, Verdict, secret_for, sign, verify

NOW = datetime(2020, 6, 8, tzinfo=UTC)
SECRET = secret_for(b"k" * 32, "one")
BODY = b'{"title": "x"}'


def test_a_signature_is_what_the_page_says_it_is() -> None:
    seconds = str(int(NOW.timestamp()))
    told = hmac.new(SECRET.encode(), seconds.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    assert sign(SECRET, BODY, NOW) == f"t={seconds},v1={told}"


def test_secrets_differ_by_key_and_token() -> None:
    assert len({secret_for(key, token) for key in (b"a" * 32, b"b" * 32) for token in ("one", "two")}) == 4
    assert SECRET.startswith("fss_")
    assert len(SECRET) == 68


@given(st.binary(max_size=200), st.integers(-TOLERANCE_SECONDS, TOLERANCE_SECONDS))
def test_any_body_holds_within_five_minutes_either_way(body: bytes, off: int) -> None:
    assert verify(sign(SECRET, body, NOW), body, [SECRET], NOW + timedelta(seconds=off)) is Verdict.GOOD


@pytest.mark.parametrize("off", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1, 10**8])
def test_an_old_one_and_one_from_the_future_do_not(off: int) -> None:
    assert verify(sign(SECRET, BODY, NOW), BODY, [SECRET], NOW + timedelta(seconds=off)) is Verdict.STALE


@given(st.binary(max_size=50))
def test_another_body_does_not_fit(body: bytes) -> None:
    assert (verify(sign(SECRET, BODY, NOW), body, [SECRET], NOW) is Verdict.GOOD) is (body == BODY)


def test_another_time_does_not_fit() -> None:
    header = sign(SECRET, BODY, NOW)
    later = header.replace(str(int(NOW.timestamp())), str(int(NOW.timestamp()) + 1))
    assert verify(later, BODY, [SECRET], NOW) is Verdict.WRONG


def test_old_keys_and_two_signatures_carry_a_sender_over_a_change() -> None:
    new, old = secret_for(b"n" * 32, "one"), secret_for(b"o" * 32, "one")
    assert verify(sign(old, BODY, NOW), BODY, [new, old], NOW) is Verdict.GOOD
    both = f"{sign(old, BODY, NOW)},{sign(new, BODY, NOW).partition(',')[2]}"
    assert verify(both, BODY, [new], NOW) is Verdict.GOOD
    assert verify(sign(old, BODY, NOW), BODY, [new], NOW) is Verdict.WRONG


def test_spaces_and_names_of_later_versions_do_no_harm() -> None:
    assert verify(sign(SECRET, BODY, NOW).replace(",", " , ") + ",v2=x", BODY, [SECRET], NOW) is Verdict.GOOD


GOOD_MAC = "0" * 64


@pytest.mark.parametrize(
    "header",
    [
        "x",
        "t=1",
        f"v1={GOOD_MAC}",
        f"t=1,t=2,v1={GOOD_MAC}",
        f"t=-1,v1={GOOD_MAC}",
        f"t=١,v1={GOOD_MAC}",
        f"t={'9' * 13},v1={GOOD_MAC}",
        "t=1,v1=",
        f"t=1,v1={'A' * 64}",
        "t=1" + f",v1={GOOD_MAC}" * (MOST_SIGNATURES + 1),
    ],
)
def test_what_cannot_be_read(header: str) -> None:
    assert verify(header, BODY, [SECRET], NOW) is Verdict.MALFORMED


@given(st.text(max_size=200))
def test_no_header_is_a_surprise(header: str) -> None:
    assert verify(header, BODY, [SECRET], NOW) is not Verdict.GOOD


def test_none_at_all() -> None:
    assert verify(None, BODY, [SECRET], NOW) is verify("", BODY, [SECRET], NOW) is Verdict.MISSING
