"""Atom 1.0 (RFC 4287), with tombstones (RFC 6721) for what was withdrawn."""

from feedsvc.feeds import generator
from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.fragments import Fragments, rendered
from feedsvc.feeds.items import Item


def render(document: FeedDocument, fragments: Fragments | None = None) -> bytes:
    """The document as Atom, in UTF-8. The same document gives the same bytes, whatever fragments are known."""
    feed = generator.begin(document, FeedFormat.ATOM)
    logo, icon = feed_url(document.logo), feed_url(document.icon)
    if logo:
        feed.logo(logo)
    if icon:
        feed.icon(icon)
    feed.additions.tombstones = document.tombstones
    items = rendered(document, FeedFormat.ATOM, _entry, fragments)
    return generator.joined(feed.atom_str(), b"</feed>", items)


def _entry(item: Item) -> bytes:
    entry = generator.entry(item)
    entry.link(href=item.url, rel="alternate")
    for name in item.authors:
        entry.author(name=name)
    for attachment in item.attachments:
        link = {"rel": "enclosure", "href": attachment.url, "type": attachment.media_type, "title": attachment.title}
        length = {"length": str(attachment.length)} if attachment.length else {}
        entry.link({name: value for name, value in {**link, **length}.items() if value})
    entry.additions.language = item.language
    return generator.fragment(entry.atom_entry())
