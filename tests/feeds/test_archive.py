"""The way through an archive (RFC 5005, section 4), and hubs (WebSub), in every format."""

from typing import Any

import orjson
import pytest
from lxml import etree

from feedsvc.feeds import atom, jsonfeed, rss
from feedsvc.feeds.document import ArchiveLinks, FeedDocument
from feedsvc.model.article import Tombstone
from tests.feeds.stories import STAMP, article, document

A = "{http://www.w3.org/2005/Atom}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"
BASE = "https://news.example.edu/feeds/news"
SUBSCRIPTION = ArchiveLinks(BASE, f"{BASE}/archive/3")
FIRST = ArchiveLinks(BASE, None, f"{BASE}/archive/2", is_page=True)
MIDDLE = ArchiveLinks(BASE, f"{BASE}/archive/1", f"{BASE}/archive/3", is_page=True)
GROWING = ArchiveLinks(BASE, f"{BASE}/archive/2", None, is_page=True)


def page(archive: ArchiveLinks | None, number: int = 0, **changes: Any) -> FeedDocument:
    """The subscription document, or an archive page."""
    address = f"{BASE}/archive/{number}" if number else BASE
    return document(article(), archive=archive, address=address, **changes)


def ways(found: FeedDocument) -> list[dict[str, str]]:
    """The archive's links, the same in both formats but for the ending; in the order in which they stand."""
    names = ("current", "prev-archive", "next-archive")
    one, other = etree.fromstring(rss.render(found))[0], etree.fromstring(atom.render(found))
    read = [
        {
            link.get("rel", ""): link.get("href", "").removesuffix(ending)
            for link in root.findall(A + "link")
            if link.get("rel") in names and link.get("type") == kind
        }
        for root, ending, kind in ((one, ".rss", "application/rss+xml"), (other, ".atom", "application/atom+xml"))
    ]
    assert read[0] == read[1]
    return read[:1]


@pytest.mark.parametrize(
    ("archive", "number", "links"),
    [
        (None, 0, {}),
        (SUBSCRIPTION, 0, {"prev-archive": f"{BASE}/archive/3"}),
        (FIRST, 1, {"current": BASE, "next-archive": f"{BASE}/archive/2"}),
        (MIDDLE, 2, {"current": BASE, "prev-archive": f"{BASE}/archive/1", "next-archive": f"{BASE}/archive/3"}),
        (GROWING, 3, {"current": BASE, "prev-archive": f"{BASE}/archive/2"}),
    ],
    ids=["none", "subscription", "first", "middle", "growing"],
)
def test_each_document_shows_the_way(archive: ArchiveLinks | None, number: int, links: dict[str, str]) -> None:
    found = page(archive, number)
    assert ways(found) == [links]
    older = orjson.loads(jsonfeed.render(found)).get("next_url")
    assert older == (f"{links['prev-archive']}.json" if "prev-archive" in links else None)


@pytest.mark.parametrize(
    ("archive", "marked"),
    [(None, False), (SUBSCRIPTION, False), (FIRST, True), (MIDDLE, True), (GROWING, False)],
    ids=["none", "subscription", "first", "middle", "growing"],
)
def test_only_a_page_that_is_complete_calls_itself_an_archive(archive: ArchiveLinks | None, *, marked: bool) -> None:
    found = page(archive, 1)
    assert len(list(etree.fromstring(rss.render(found)).iter(ARCHIVE))) == marked
    assert len(list(etree.fromstring(atom.render(found)).iter(ARCHIVE))) == marked


def test_a_page_bears_the_id_of_its_feed_and_its_own_address() -> None:
    feed, whole = etree.fromstring(atom.render(page(MIDDLE, 2))), orjson.loads(jsonfeed.render(page(MIDDLE, 2)))
    assert feed.findtext(A + "id") == BASE + ".atom"
    links = {link.get("rel"): link.get("href") for link in reversed(feed.findall(A + "link"))}
    assert links["self"] == f"{BASE}/archive/2.atom"
    assert links["alternate"] == f"{BASE}/archive/2.rss"
    assert whole["feed_url"] == f"{BASE}/archive/2.json"


def test_a_page_tells_of_withdrawals() -> None:
    feed = etree.fromstring(atom.render(page(MIDDLE, 2, tombstones=(Tombstone("tag:x.edu,2020:gone", STAMP),))))
    gone = [node.get("ref") for node in feed.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")]
    assert gone == ["tag:x.edu,2020:gone"]


def test_hubs_stand_in_every_format_and_what_is_no_address_in_none() -> None:
    hubs = ("https://hub.example.org/", "https://bücher.example/?a=b&c", "javascript:alert(1)", "")
    expected = ["https://hub.example.org/", "https://xn--bcher-kva.example/?a=b&c"]
    found = document(hubs=hubs)
    channel, feed = etree.fromstring(rss.render(found))[0], etree.fromstring(atom.render(found))
    for root in (channel, feed):
        assert [link.get("href") for link in root.findall(f"{A}link[@rel='hub']")] == expected
    assert orjson.loads(jsonfeed.render(found))["hubs"] == [{"type": "WebSub", "url": url} for url in expected]
    assert "hubs" not in orjson.loads(jsonfeed.render(document()))
