"""Addresses made absolute the short way are those of the long way (RFC 3986, section 5)."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.text.urls import absolute

BASES = st.sampled_from(
    [
        "http://x.example/a/b.htm",
        "https://y.example",
        "https://y.example?q",
        "http://[2001:db8::1]:8080/x",
        "https://h.example:8443/d/",
    ]
)
PARTS = ["/", "a", ".", "..", "b9", "%20", "?", "#", "新", ";", "//", ":", "=", "-", ".htm", "&", "@", "~"]


def the_long_way(base: str, href: str) -> str:
    try:
        joined = urljoin(base, href)
        parts = urlsplit(joined)
        return joined if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 else ""
    except ValueError:
        return ""


@settings(max_examples=400)
@given(
    BASES,
    st.sampled_from(["/", "http://h.example", "https://h.example/", "HTTP://h.example/", "//h.example"]),
    st.lists(st.sampled_from(PARTS), max_size=7),
)
def test_both_ways_lead_to_the_same_place(base: str, start: str, parts: list[str]) -> None:
    href = start + "".join(parts)
    assert absolute(base, href) == the_long_way(base, href)


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/info/1.htm", "http://x.example/info/1.htm"),
        ("/a/../b", "http://x.example/b"),
        ("/a/.b", "http://x.example/a/.b"),
        ("//other.example/x", "http://other.example/x"),
        ("https://other.example/?a=1&b=2#c", "https://other.example/?a=1&b=2#c"),
        ("https://other.example/\tx", "https://other.example/x"),
        ("https://user@other.example/x", "https://user@other.example/x"),
        ("/with space", "http://x.example/with%20space"),
    ],
)
def test_some_addresses(href: str, found: str) -> None:
    assert absolute("http://x.example/a/b.htm", href) == found
