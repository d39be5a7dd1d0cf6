"""The one door to feedgen, and every care it needs. RSS 2.0 and Atom (RFC 4287) are both written through here.

What feedgen 1.0.0 does by itself, and what is done about it:

- `atom_entry()` loses rel, type, title and length of links: `Entry` puts them back.
- The channel's link in RSS is whichever link was added last: the page is added last.
- RSS channels get no links but `self`: an extension of ours writes the others.
- Dates are formatted by switching the locale of the whole process there and back, which is slow and unsafe where two
  feeds are rendered in two threads: the standard library's formatter takes its place.
- `updated` and `lastBuildDate` are the present unless they are set; new entries go to the front; its version is part of
  `generator`; `type="CDATA"` breaks on `]]>`; `source()` writes an Atom source without the id and date it must have;
  `logo()` becomes the RSS image too; media objects go into a group of one. None of these is used, or each is told.
"""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.ext.dc import DcEntryExtension, DcExtension
from feedgen.ext.media import MediaEntryExtension, MediaExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import SUBSCRIBABLE, FeedDocument, FeedFormat
from feedsvc.feeds.items import Item, items, language_tag, person
from feedsvc.logs import get_logger
from feedsvc.model.article import Tombstone
from feedsvc.text import xml

log = get_logger(__name__)

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime


class Entry(FeedEntry):  # type: ignore[misc]  # (feedgen has no types)
    """An entry whose element is built once, when it is added, so that a bad one shows before the feed is written."""

    def __init__(self) -> None:
        super().__init__()
        self._element: Any = None

    def atom_entry(self, extensions: bool = True) -> Any:
        """The Atom entry, with its links whole."""
        if self._element is None:
            self._element = super().atom_entry(extensions)
            for node, link in zip(self._element.findall("link"), self.link() or (), strict=True):
                for name, value in link.items():
                    node.set(name, value)
        return self._element

    def rss_entry(self, extensions: bool = True) -> Any:
        """The RSS item."""
        if self._element is None:
            self._element = super().rss_entry(extensions)
        return self._element


class _Additions(BaseExtension):  # type: ignore[misc]  # (feedgen has no types)
    """What feedgen cannot say of a feed: further links in RSS, withdrawn entries in Atom (RFC 6721)."""

    def __init__(self) -> None:
        self.links: list[dict[str, str]] = []
        self.tombstones: tuple[Tombstone, ...] = ()

    def extend_rss(self, feed: Any) -> Any:
        """Write the links into the channel."""
        for link in self.links:
            etree.SubElement(feed[0], f"{{{ATOM}}}link", link)
        return feed

    def extend_atom(self, feed: Any) -> Any:
        """Write the tombstones before the entries."""
        for tombstone in self.tombstones:
            where = {"ref": tombstone.guid, "when": tombstone.withdrawn_at.replace(microsecond=0).isoformat()}
            etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", where, nsmap={"at": TOMBSTONES})
        return feed


class _EntryAdditions(BaseEntryExtension):  # type: ignore[misc]  # (feedgen has no types)
    """What feedgen cannot say of an entry: its language in Atom, its last change in RSS."""

    def __init__(self) -> None:
        self.language: str | None = None
        self.updated: datetime | None = None

    def extend_rss(self, entry: Any) -> Any:
        """Write atom:updated, by which a reader knows a correction."""
        if self.updated is not None:
            etree.SubElement(entry, f"{{{ATOM}}}updated").text = self.updated.isoformat()
        return entry

    def extend_atom(self, entry: Any) -> Any:
        """Write xml:lang."""
        if self.language is not None:
            entry.set(_LANG, self.language)
        return entry


def begin(document: FeedDocument, form: FeedFormat) -> FeedGenerator:
    """A feed without entries: everything that both formats say of the whole."""
    feed = FeedGenerator()
    feed.register_extension("dc", DcExtension, DcEntryExtension)
    feed.register_extension("media", MediaExtension, MediaEntryExtension)
    feed.register_extension("additions", _Additions, _EntryAdditions)
    title = xml.literal(document.title) or document.address
    feed.id(document.url(FeedFormat.ATOM))
    feed.title(title)
    feed.subtitle(xml.literal(document.description) or title)
    feed.language(language_tag(document.language) or "en")
    feed.updated(document.updated.replace(microsecond=0))
    feed.author(name=person(document.site_title) or title)
    feed.generator("feedsvc")
    if document.rights:
        feed.rights(xml.literal(document.rights))
    siblings = [
        {"rel": "alternate", "type": other.media_type, "href": document.url(other)}
        for other in SUBSCRIBABLE
        if other is not form
    ]
    feed.additions.links = siblings
    feed.additions.tombstones = document.tombstones
    feed.link([{"rel": "self", "type": form.media_type, "href": document.url(form)}, *map(dict, siblings)])
    feed.link(rel="alternate", type="text/html", href=feed_url(document.page_url) or document.page_url)
    return feed


def add_items(feed: FeedGenerator, document: FeedDocument, write: Callable[[Entry, Item], object]) -> None:
    """Add every item in the document's order. `write` fills in what is the format's own and builds the element.

    An item that fails costs itself and is logged with its guid.
    """
    for item in items(document):
        entry = feed.add_entry(Entry(), order="append")
        try:
            _fill(entry, item)
            write(entry, item)
        except Exception as error:  # whatever it is, it may cost this item alone
            feed.remove_entry(entry)
            log.warning("item left out of a feed", guid=item.guid, error=str(error))


def _fill(entry: Entry, item: Item) -> None:
    entry.guid(item.guid, permalink=False)
    entry.title(item.title)
    entry.updated(item.updated)
    if item.published is not None:
        entry.published(item.published)
    # Summary before content, and `description()` never: it would overwrite the Atom content.
    if item.summary:
        entry.summary(escaped(item.summary), type="html")
    if item.content_html:
        entry.content(item.content_html, type="html")
    for slug, title in item.tags:
        entry.category(term=slug, label=title)
    if item.publisher:
        entry.dc.dc_publisher(item.publisher)
    if item.image is not None:
        sizes = {"fileSize": item.image.length, "width": item.image.width, "height": item.image.height}
        known = {name: str(value) for name, value in sizes.items() if value}
        kind = {"type": item.image.media_type} if item.image.media_type else {}
        entry.media.content({"url": item.image.url, "medium": "image", **kind, **known}, group=None)


def channel_image(logo: str) -> str | None:
    """The logo as RSS may show it: GIF, JPEG or PNG by its ending, or without an ending. None otherwise."""
    url = feed_url(logo)
    ending = (url or "").rpartition(".")[2].lower()
    return url if "/" in ending or ending in ("gif", "jpeg", "jpg", "png") else None


def escaped(text: str) -> str:
    """Plain text as HTML: what RSS descriptions are and Atom's `type="html"` says."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
