"""The list of all feeds in OPML 2.0 (opml.org/spec2.opml), for readers that take them in one go.

Each feed stands there once, as RSS, which every reader knows: listed in three formats it would be subscribed to thrice.
"""

from collections.abc import Iterable

from lxml import etree

from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import FeedFormat, FeedListing
from feedsvc.feeds.items import language_tag
from feedsvc.text import xml


def render(title: str, feeds: Iterable[FeedListing]) -> bytes:
    """The list in UTF-8. It bears no date: it changes with the categories, not with their stories."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = xml.literal(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        etree.SubElement(body, "outline", _outline(feed))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _outline(feed: FeedListing) -> dict[str, str]:
    name = xml.literal(feed.title) or feed.address
    about = {
        "description": xml.literal(feed.description),
        "language": language_tag(feed.language),
        "htmlUrl": feed_url(feed.page_url),
        "xmlUrl": f"{feed.address}.{FeedFormat.RSS}",
    }
    return {"type": "rss", "version": "RSS2", "text": name, "title": name} | {
        key: value for key, value in about.items() if value
    }
