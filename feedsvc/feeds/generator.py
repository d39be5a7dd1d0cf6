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
from feedsvc.feeds.items import Item, language_tag, person
from feedsvc.model.article import Image, Tombstone
from feedsvc.text import xml

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
HISTORY = "http://purl.org/syndication/history/1.0"
SYNDICATION = "http://purl.org/rss/1.0/modules/syndication/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

feedgen.feed.formatRFC2822 = feedgen.entry.formatRFC2822 = format_datetime


class Entry(FeedEntry):  # type: ignore[misc]  # (feedgen has no types)
    """An entry that keeps what feedgen loses."""

    def atom_entry(self, extensions: bool = True) -> Any:
        """The Atom entry, with its links whole."""
        element = super().atom_entry(extensions)
        for node, link in zip(element.findall("link"), self.link() or (), strict=True):
            for name, value in link.items():
                node.set(name, value)
        return element


class _Additions(BaseExtension):  # type: ignore[misc]  # (feedgen has no types)
    """What feedgen cannot say of a feed: further links and how often to ask in RSS, withdrawn entries in Atom (RFC 6721),
    and that it is a page of an archive which is complete (RFC 5005).
    """

    def __init__(self) -> None:
        self.links: list[dict[str, str]] = []
        self.syndication: tuple[str, int] | None = None
        self.tombstones: tuple[Tombstone, ...] = ()
        self.is_archive = False

    def extend_ns(self) -> dict[str, str]:
        """The prefixes that the feed's root declares."""
        used = {"sy": SYNDICATION if self.syndication else "", "fh": HISTORY if self.is_archive else ""}
        return {prefix: address for prefix, address in used.items() if address}

    def extend_rss(self, feed: Any) -> Any:
        """Write the links, the period and the mark of an archive into the channel."""
        for link in self.links:
            etree.SubElement(feed[0], f"{{{ATOM}}}link", link)
        if self.syndication:
            period, frequency = self.syndication
            etree.SubElement(feed[0], f"{{{SYNDICATION}}}updatePeriod").text = period
            etree.SubElement(feed[0], f"{{{SYNDICATION}}}updateFrequency").text = str(frequency)
        self._mark(feed[0])
        return feed

    def extend_atom(self, feed: Any) -> Any:
        """Write the mark of an archive, and the tombstones before the entries."""
        self._mark(feed)
        for tombstone in self.tombstones:
            where = {"ref": tombstone.guid, "when": tombstone.withdrawn_at.replace(microsecond=0).isoformat()}
            etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", where, nsmap={"at": TOMBSTONES})
        return feed

    def _mark(self, parent: Any) -> None:
        if self.is_archive:
            etree.SubElement(parent, f"{{{HISTORY}}}archive")


class _EntryAdditions(BaseEntryExtension):  # type: ignore[misc]  # (feedgen has no types)
    """What feedgen cannot say of an entry: its language in Atom, its last change and a link by RFC 3986 in RSS."""

    def __init__(self) -> None:
        self.language: str | None = None
        self.updated: datetime | None = None
        self.link: str | None = None

    def extend_rss(self, entry: Any) -> Any:
        """Write atom:updated, by which a reader knows a correction, and atom:link."""
        if self.link is not None:
            etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=self.link)
        if self.updated is not None:
            etree.SubElement(entry, f"{{{ATOM}}}updated").text = self.updated.isoformat()
        return entry

    def extend_atom(self, entry: Any) -> Any:
        """Write xml:lang."""
        if self.language is not None:
            entry.set(_LANG, self.language)
        return entry


_EXTENSIONS: dict[str, tuple[type[BaseExtension], type[BaseEntryExtension]]] = {
    "dc": (DcExtension, DcEntryExtension),
    "media": (MediaExtension, MediaEntryExtension),
    "additions": (_Additions, _EntryAdditions),
}
# What feedgen declares at the root of every feed that has these extensions.
_PREFIXES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": ATOM,
    "content": "http://purl.org/rss/1.0/modules/content/",
}


def begin(document: FeedDocument, form: FeedFormat) -> FeedGenerator:
    """A feed without entries: everything that both formats say of the whole."""
    feed = FeedGenerator()
    for name, (extension, _) in _EXTENSIONS.items():
        feed.register_extension(name, extension)
    title = xml.literal(document.title) or document.address
    archive = document.archive
    # The pages of an archive are documents of one feed, and bear its id.
    feed.id(f"{archive.current if archive else document.address}.{FeedFormat.ATOM}")
    feed.title(title)
    feed.subtitle(xml.literal(document.description) or title)
    feed.language(language_tag(document.language) or "en")
    feed.updated(document.updated.replace(microsecond=0))
    feed.author(name=person(document.site_title) or title)
    feed.generator("feedsvc")
    rights = xml.literal(document.rights)
    if rights:
        feed.rights(rights)
    others = _links(document, form)
    feed.additions.links = others
    # A page that still grows is no archive yet: a reader who saw the mark would never ask again.
    feed.additions.is_archive = archive is not None and archive.is_page and archive.following is not None
    feed.link([{"rel": "self", "type": form.media_type, "href": document.url(form)}, *map(dict, others)])
    feed.link(rel="alternate", type="text/html", href=feed_url(document.page_url) or document.page_url)
    return feed


def _links(document: FeedDocument, form: FeedFormat) -> list[dict[str, str]]:
    """The same in other formats, the hubs (WebSub), and the way through the archive (RFC 5005)."""
    siblings = [
        {"rel": "alternate", "type": other.media_type, "href": document.url(other)}
        for other in SUBSCRIBABLE
        if other is not form
    ]
    hubs = [{"rel": "hub", "href": hub} for hub in filter(None, map(feed_url, document.hubs))]
    archive = document.archive
    if archive is None:
        return siblings + hubs
    current = archive.current if archive.is_page else None
    ways = {"current": current, "prev-archive": archive.previous, "next-archive": archive.following}
    return (
        siblings
        + hubs
        + [
            {"rel": rel, "type": form.media_type, "href": f"{address}.{form}"}
            for rel, address in ways.items()
            if address
        ]
    )


def entry(item: Item) -> Entry:
    """An entry with everything that both formats say of an item."""
    entry = Entry()
    for name, (_, extension) in _EXTENSIONS.items():
        entry.register_extension(name, extension)
    entry.guid(item.guid, permalink=False)
    entry.title(item.title)
    entry.updated(item.updated)
    if item.published is not None:
        entry.published(item.published)
    # Summary before content, and `description()` never: it would overwrite the Atom content.
    entry.summary(escaped(item.summary), type="html")
    if item.content_html:
        entry.content(item.content_html, type="html")
    for slug, title in item.tags:
        entry.category(term=slug, label=title)
    if item.publisher:
        entry.dc.dc_publisher(item.publisher)
    if item.image is not None:
        entry.media.content(_media(item.image), group=None)
    return entry


def _media(image: Image) -> dict[str, str]:
    sizes = {"fileSize": image.length, "width": image.width, "height": image.height}
    known = {name: str(value) for name, value in sizes.items() if value}
    kind = {"type": image.media_type} if image.media_type else {}
    return {"url": image.url, "medium": "image", **kind, **known}


def fragment(element: Any) -> bytes:
    """An item's bytes, as they stand in a feed: the prefixes are declared at the feed's root."""
    root = etree.Element("feed", nsmap=_PREFIXES)
    root.append(element)
    written = etree.tostring(root, encoding="UTF-8")
    return written[written.index(b">") + 1 : written.rindex(b"<")]


def joined(skeleton: bytes, end: bytes, items: list[bytes]) -> bytes:
    """A feed without items, and its items: they go before the tag `end`."""
    place = skeleton.rindex(end)
    return b"".join((skeleton[:place], *items, skeleton[place:]))


def channel_image(logo: str) -> str | None:
    """The logo as RSS may show it: GIF, JPEG or PNG by its ending, or without an ending. None otherwise."""
    url = feed_url(logo)
    ending = (url or "").rpartition(".")[2].lower()
    return url if "/" in ending or ending in ("gif", "jpeg", "jpg", "png") else None


def escaped(text: str) -> str:
    """Plain text as HTML: what RSS descriptions are and Atom's `type="html"` says."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
