"""The list of all feeds."""

from lxml import etree

from feedsvc.feeds import opml
from feedsvc.feeds.document import FeedFormat, FeedListing

NEWS = FeedListing(
    "News & Events · USST", "On campus", "en", "https://x.edu/categories/news", "https://x.edu/feeds/news"
)


def test_each_feed_stands_there_once() -> None:
    root = etree.fromstring(opml.render("USST", [NEWS]))
    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "USST"
    assert [dict(outline.attrib) for outline in root.findall("body/outline")] == [
        {
            "type": "rss",
            "version": "RSS2",
            "text": "News & Events · USST",
            "title": "News & Events · USST",
            "description": "On campus",
            "language": "en",
            "htmlUrl": "https://x.edu/categories/news",
            "xmlUrl": "https://x.edu/feeds/news.rss",
        }
    ]


def test_hostile_names_do_no_harm() -> None:
    hostile = FeedListing('"><x>\x00', "]]>\ud800", "cn", "javascript:x", "https://x.edu/feeds/x")
    (outline,) = etree.fromstring(opml.render("\x00", [hostile])).findall("body/outline")
    assert outline.get("text") == '"><\u2060x>'
    assert outline.get("language") is None
    assert outline.get("htmlUrl") is None


def test_media_types() -> None:
    assert FeedFormat.RSS.content_type == "application/rss+xml; charset=utf-8"
    assert FeedFormat.ATOM.content_type == "application/atom+xml; charset=utf-8"
    assert FeedFormat.JSON.content_type == "application/feed+json"
    assert FeedFormat.OPML.content_type == "text/x-opml; charset=utf-8"
