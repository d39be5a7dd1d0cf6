"""Atom 1.0 (RFC 4287), with tombstones (RFC 6721) for what was withdrawn."""

from feedsvc.feeds import generator
from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.items import Item


def render(document: FeedDocument) -> bytes:
    """The document as Atom, in UTF-8. The same document gives the same bytes."""
    feed = generator.begin(document, FeedFormat.ATOM)
    logo = feed_url(document.logo)
    if logo:
        feed.logo(logo)
    generator.add_items(feed, document, _write)
    return bytes(feed.atom_str())


def _write(entry: generator.Entry, item: Item) -> None:
    entry.link(href=item.url, rel="alternate")
    for name in item.authors:
        entry.author(name=name)
    for attachment in item.attachments:
        link = {"rel": "enclosure", "href": attachment.url, "type": attachment.media_type, "title": attachment.title}
        length = {"length": str(attachment.length)} if attachment.length else {}
        entry.link({name: value for name, value in {**link, **length}.items() if value})
    entry.additions.language = item.language
    entry.atom_entry()
