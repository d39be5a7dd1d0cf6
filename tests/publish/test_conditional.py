"""Which encoding, 200 or 304, and for how long (RFC 9110, RFC 9111)."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.publish.conditional import cache_control, chosen_encoding, is_current
from feedsvc.publish.prepared import Encoding

STAMP = datetime(2020, 6, 8, 8, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("if_none_match", "expected"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"x", W/"a"', True),
        ('"x","y" , "a"', True),
        ("*", True),
        (" * ", True),
        ('"b"', False),
        ('"a-gzip"', False),
        ("a", False),
        ("", False),
        ('"x, "a', False),
        ('"x*"', False),
    ],
)
def test_if_none_match(if_none_match: str, expected: bool) -> None:
    assert is_current('"a"', STAMP, if_none_match, None) is expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("Mon, 08 Jun 2020 08:00:00 GMT", True),
        ("Mon, 08 Jun 2020 08:00:01 GMT", True),
        ("Mon, 08 Jun 2020 07:59:59 GMT", False),
        ("Monday, 08-Jun-20 08:00:00 GMT", True),
        ("Mon Jun  8 08:00:00 2020", True),
        ("yesterday", False),
        ("", False),
        (None, False),
        ("Mon, 99 Jun 2020 08:00:00 GMT", False),
        ("Mon, 08 Jun 99999999999 08:00:00 GMT", False),
    ],
)
def test_if_modified_since(since: str | None, expected: bool) -> None:
    assert is_current('"a"', STAMP, None, since) is expected


def test_the_tag_decides_before_the_date() -> None:
    assert not is_current('"a"', STAMP, '"b"', "Tue, 09 Jun 2020 08:00:00 GMT")
    assert not is_current('"a"', STAMP, "", "Tue, 09 Jun 2020 08:00:00 GMT")
    assert is_current('"a"', STAMP, '"a"', "Mon, 01 Jun 2020 08:00:00 GMT")


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("x-gzip;q=0", "identity"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("zstd, gzip", "zstd"),
        ("deflate, gzip;q=0.5, compress", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("br;q=0.9, gzip;q=0.9", "br"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip; q=0.000", "identity"),
        ("gzip ; q = 1", "gzip"),
        ("*", "br"),
        ("*;q=0.1, gzip", "gzip"),
        ("br;q=0, *", "zstd"),
        ("gzip;q=0.4, *;q=0.6", "br"),
        ("*;q=0, gzip", "gzip"),
        ("identity", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=1.0", "gzip"),
        ("identity, gzip", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("deflate", "identity"),
        ("identity;q=0", "gzip"),
        ("identity;q=0, br", "br"),
        ("identity;q=0, deflate", "gzip"),
        ("identity;q=0, gzip;q=0", "identity"),
        ("identity;q=0, gzip;q=0, *;q=0.1", "br"),
        ("*;q=0", "identity"),
        ("gzip;q=nonsense", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;q=-1", "identity"),
        ("gzip;q=0.1234", "identity"),
        (";;,,q=,", "identity"),
    ],
)
def test_chosen_encoding(accept_encoding: str | None, expected: str) -> None:
    assert chosen_encoding(accept_encoding) == expected


WEIGHTS = st.dictionaries(st.sampled_from([*map(str, Encoding), "deflate"]), st.integers(0, 1000), max_size=5)


@given(WEIGHTS, st.randoms(use_true_random=False))
def test_the_greatest_weight_wins_in_any_order(weights: dict[str, int], chance: Random) -> None:
    members = [f"{name};q={weight / 1000:.3f}" for name, weight in weights.items()]
    found = chosen_encoding(", ".join(members))
    chance.shuffle(members)
    assert chosen_encoding(",".join(members)) is found
    welcome = {name: weight for name, weight in weights.items() if weight and name != "deflate"}
    if welcome:
        assert welcome[found] == max(welcome.values())
    elif weights.get("identity") != 0:
        assert found is Encoding.IDENTITY


@given(st.text(), st.text(), st.text())
def test_no_header_is_too_strange(if_none_match: str, since: str, accept_encoding: str) -> None:
    assert chosen_encoding(accept_encoding) in Encoding
    assert is_current('"a"', STAMP, if_none_match, since) in (True, False)
    assert is_current('"a"', STAMP, None, since) in (True, False)


def test_how_long_an_answer_may_be_kept() -> None:
    assert cache_control(300, stale=False) == "public, max-age=300, stale-while-revalidate=300, stale-if-error=86400"
    assert cache_control(300, stale=True) == "public, max-age=30, stale-if-error=86400"
    assert cache_control(0, stale=False) == "public, max-age=0, stale-while-revalidate=0, stale-if-error=86400"
    assert cache_control(10, stale=True) == "public, max-age=10, stale-if-error=86400"
