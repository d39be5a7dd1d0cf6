"""Atom 1.0."""

from typing import Any

from lxml import etree

from feedsvc.feeds import atom
from feedsvc.feeds.document import FeedDocument
from feedsvc.model.article import Attachment, Tombstone
from tests.feeds.stories import STAMP, article, document

A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def feed(found: FeedDocument) -> Any:
    return etree.fromstring(atom.render(found))


def links(node: Any) -> list[dict[str, str]]:
    return [dict(link.attrib) for link in node.findall(A + "link")]


def test_the_feed() -> None:
    found = feed(document(article(), logo="https://x.edu/logo.svg", icon="https://x.edu/i.png", rights="© USST"))
    assert found.tag == A + "feed"
    assert found.get(LANG) == "en"
    assert found.findtext(A + "id") == "https://news.example.edu/feeds/news.atom"
    assert found.findtext(A + "title") == "News & Events · USST"
    assert found.findtext(A + "subtitle") == "What happens on campus"
    assert found.findtext(A + "updated") == "2020-06-08T00:00:00+00:00"
    assert found.findtext(f"{A}author/{A}name") == "USST"
    assert found.findtext(A + "logo") == "https://x.edu/logo.svg"
    assert found.findtext(A + "icon") == "https://x.edu/i.png"
    assert found.findtext(A + "rights") == "© USST"
    assert dict(found.find(A + "generator").attrib) == {}


def test_the_feed_names_itself_its_siblings_and_its_page() -> None:
    base = "https://news.example.edu/feeds/news"
    assert links(feed(document())) == [
        {"rel": "self", "type": "application/atom+xml", "href": base + ".atom"},
        {"rel": "alternate", "type": "application/rss+xml", "href": base + ".rss"},
        {"rel": "alternate", "type": "application/feed+json", "href": base + ".json"},
        {"rel": "alternate", "type": "text/html", "href": "https://news.example.edu/categories/news"},
    ]


def test_an_entry() -> None:
    entry = feed(document(article(summary="R&D <now>"))).find(A + "entry")
    assert entry.get(LANG) == "en"
    assert entry.findtext(A + "id") == "tag:news.example.edu,2020-06-08:article/1"
    assert entry.findtext(A + "published") == "2020-06-06T03:00:00+00:00"
    assert entry.findtext(A + "summary") == "R&amp;D &lt;\u2060now&gt;"
    assert entry.find(A + "summary").get("type") == "html"
    assert entry.findtext(A + "content") == "<p>A forum was held. <b>All</b> came.</p>"
    assert entry.find(A + "content").get("type") == "html"
    assert dict(entry.find(A + "category").attrib) == {"term": "news", "label": "News & Events"}
    assert entry.findtext(f"{A}author/{A}name") == "Li Wei"
    assert entry.findtext(DC + "publisher") == "USST News"
    assert entry.find(A + "source") is None
    assert entry.find(f"{MEDIA}content").get("url") == "https://en.usst.edu.cn/forum.jpg"


def test_links_of_an_entry_keep_what_feedgen_loses() -> None:
    attachments = (Attachment("https://x.edu/a.pdf", "Plan", "application/pdf", 5), Attachment("https://x.edu/b", ""))
    assert links(feed(document(article(attachments=attachments))).find(A + "entry")) == [
        {"rel": "alternate", "href": "https://en.usst.edu.cn/info/1178/1.htm"},
        {"rel": "enclosure", "href": "https://x.edu/a.pdf", "type": "application/pdf", "title": "Plan", "length": "5"},
        {"rel": "enclosure", "href": "https://x.edu/b"},
    ]


def test_an_entry_without_a_writer_is_the_sites() -> None:
    assert feed(document(article(authors=()))).find(f"{A}entry/{A}author") is None


def test_what_was_withdrawn_leaves_a_tombstone_before_the_entries() -> None:
    found = feed(document(article(), tombstones=(Tombstone("tag:x.edu,2020:gone", STAMP),)))
    gone = found.find("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert dict(gone.attrib) == {"ref": "tag:x.edu,2020:gone", "when": "2020-06-08T00:00:00+00:00"}
    assert list(found).index(gone) < list(found).index(found.find(A + "entry"))


def test_without_withdrawals_tombstones_are_not_mentioned() -> None:
    assert b"tombstones" not in atom.render(document(article()))
