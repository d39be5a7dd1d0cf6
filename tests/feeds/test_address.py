"""Addresses that feeds may carry."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.feeds.address import feed_url, is_reachable

# RFC 2396 as the feed validator checks it.
ALLOWED = re.compile(r"https?://[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#\[\]]+")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://en.usst.edu.cn/info/1178/1.htm", "https://en.usst.edu.cn/info/1178/1.htm"),
        ("HTTPS://EN.USST.EDU.CN:443/A", "https://en.usst.edu.cn/A"),
        ("http://x.edu:8080/a?b=c&d=e#f", "http://x.edu:8080/a?b=c&d=e#f"),
        ("https://x.edu/新闻/1", "https://x.edu/%E6%96%B0%E9%97%BB/1"),
        ("https://x.edu/a b?q=[1]|2", "https://x.edu/a%20b?q=%5B1%5D%7C2"),
        ("https://x.edu/100%/%41", "https://x.edu/100%25/%41"),
        ("https://x.edu/a?b=c&para=d&amp;e;f", "https://x.edu/a?b=c&para=d&amp%3Be;f"),
        ("https://x.edu/&#x3c;a", "https://x.edu/&#x3c%3Ba"),
        ("https://例子.cn/", "https://xn--fsqu00a.cn/"),
        ("http://name:secret@x.edu/", "http://x.edu/"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("  https://x.edu/\n", "https://x.edu/"),
        ("", None),
        ("/relative", None),
        ("//x.edu/a", None),
        ("javascript:alert(1)", None),
        ("ftp://x.edu/a", None),
        ("https://", None),
        ("http://[::1/", None),
        ("http://x.edu:99999/", None),
        ('http://x"y.edu/', None),
        ("http://" + "a" * 70 + "é.edu/", None),
    ],
)
def test_feed_url(url: str, expected: str | None) -> None:
    assert feed_url(url) == expected


@given(st.one_of(st.text(), st.text().map(lambda text: "https://x.edu/" + text)))
def test_whatever_comes_out_is_ascii_and_stays_as_it_is(url: str) -> None:
    found = feed_url(url)
    assert found is None or ALLOWED.fullmatch(found)
    assert found is None or feed_url(found) == found


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.edu/a", True),
        ("http://127.0.0.1:8080/a", True),
        ("http://localhost/a", False),
        ("http://[::1]/a", False),
    ],
)
def test_bare_host_names_are_not_reachable(url: str, expected: bool) -> None:
    assert is_reachable(url) is expected
