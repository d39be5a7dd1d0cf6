"""Where older entries are: RFC 5005, and JSON Feed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.readers.upstream.archives import older_feed
from feedsvc.model.newsroom import Source, SourceKind

URL = "https://example.edu/feeds/news.atom"
SOURCE = Source("usst", SourceKind.FEED, URL)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}<entry><link rel="next" href="/not-this"/></entry></feed>'
RSS = (
    '<rss xmlns:a="http://www.w3.org/2005/Atom"><channel>{}<item><a:link rel="next" href="/no"/></item></channel></rss>'
)


def older(body: str | bytes, content_type: str = "application/xml") -> str:
    return older_feed(body.encode() if isinstance(body, str) else body, content_type, URL, SOURCE)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (ATOM.format('<link rel="next" href="?page=2"/>'), f"{URL}?page=2"),
        (ATOM.format('<link rel="NEXT" href="2.atom"/>'), "https://example.edu/feeds/2.atom"),
        (ATOM.format('<link rel="next" href="b"/><link rel="prev-archive" href="/a"/>'), "https://example.edu/a"),
        (ATOM.format('<link rel="self" href="/x"/><link rel="next-archive" href="/newer"/>'), ""),
        (ATOM.format('<link rel="next" href="javascript:x"/>'), ""),
        (ATOM.format(""), ""),
        (RSS.format('<a:link rel="next" href="/2.rss"/>'), "https://example.edu/2.rss"),
        (RSS.format(""), ""),
        (RSS.format('<a:link rel="next" href="/2.rss"/>&nbsp;<b>'), "https://example.edu/2.rss"),
        ('{"items": [], "next_url": "https://example.edu/2.json"}', "https://example.edu/2.json"),
        ('{"items": [], "next_url": 7}', ""),
        ("[1]", ""),
        ("{", ""),
        ("", ""),
        ("no feed", ""),
    ],
)
def test_where_older_entries_are(body: str, expected: str) -> None:
    assert older(body) == expected


def test_no_entity_is_resolved() -> None:
    body = '<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + ATOM.format('<link rel="next" href="/a&x;"/>')
    assert older(body) in ("https://example.edu/a", "")


@given(st.binary(max_size=200))
def test_nothing_breaks_it(body: bytes) -> None:
    assert isinstance(older(body), str)
