"""200 or 304, gzip or plain (RFC 9110)."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.publish.conditional import accepts_gzip, answer, is_current
from feedsvc.publish.prepared import prepare

STAMP = datetime(2020, 6, 8, 8, 0, 0, tzinfo=UTC)
FEED = prepare(b"<rss/>" * 100, STAMP, "application/rss+xml; charset=utf-8")


def test_a_plain_answer() -> None:
    found = answer(FEED, max_age=300)
    assert found.status == 200
    assert found.body == FEED.body
    assert found.headers == {
        "ETag": FEED.etag,
        "Last-Modified": "Mon, 08 Jun 2020 08:00:00 GMT",
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "Content-Type": "application/rss+xml; charset=utf-8",
    }


def test_a_compressed_answer_has_its_own_tag() -> None:
    found = answer(FEED, max_age=300, accept_encoding="gzip, deflate, br")
    assert gzip.decompress(found.body) == FEED.body
    assert found.headers["Content-Encoding"] == "gzip"
    assert found.headers["ETag"] == FEED.gzip_etag != FEED.etag


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_304_bears_what_200_would_but_no_content(encoding: str | None) -> None:
    tag = answer(FEED, max_age=300, accept_encoding=encoding).headers["ETag"]
    found = answer(FEED, max_age=300, accept_encoding=encoding, if_none_match=tag)
    assert (found.status, found.body) == (304, b"")
    assert set(found.headers) == {"ETag", "Last-Modified", "Cache-Control", "Vary"}
    assert found.headers["ETag"] == tag


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
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("deflate, gzip;q=0.5, br", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity;q=0.5, gzip;q=1.0", True),
        ("identity, gzip", True),
        ("br", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=2", False),
        (";;,,q=,", False),
    ],
)
def test_accepts_gzip(accept_encoding: str | None, expected: bool) -> None:
    assert accepts_gzip(accept_encoding) is expected


@given(st.text(), st.text(), st.text())
def test_no_header_is_too_strange(if_none_match: str, since: str, accept_encoding: str) -> None:
    for tag in (None, if_none_match):
        found = answer(FEED, max_age=0, if_none_match=tag, if_modified_since=since, accept_encoding=accept_encoding)
        assert found.status in (200, 304)


def test_the_same_bytes_are_prepared_alike() -> None:
    again = prepare(FEED.body, STAMP, FEED.content_type)
    assert again == FEED
    assert FEED.gzip[4:8] == b"\0\0\0\0"
    assert FEED.gzip_etag == FEED.etag[:-1] + '-gzip"'
    assert prepare(b"other", STAMP, "").etag != FEED.etag
    assert FEED.size == len(FEED.body) + len(FEED.gzip)
