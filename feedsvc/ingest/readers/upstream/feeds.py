"""Upstream feeds: well-formed XML read quickly, any other XML by feedparser, JSON Feed by hand.

Which reader reads makes no difference to what is read.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from zoneinfo import ZoneInfo

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.upstream import wellformed
from feedsvc.ingest.readers.upstream.entries import Document, Entry, fingerprint
from feedsvc.ingest.readers.upstream.jsonfeeds import looks_like_json, read_json_feed
from feedsvc.ingest.readers.upstream.sharing import Named, Told, shares, tell_apart
from feedsvc.ingest.readers.upstream.stories import address, heading, story_of
from feedsvc.ingest.readers.upstream.unchanged import UNSEEN, Rest, calls, halves, rest_of
from feedsvc.ingest.readers.upstream.xmltext import text_of
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead
from feedsvc.text.html import fold

NOT_A_FEED = (
    "This address answers with a web page, not with a feed. Give the address of the feed itself, or read the page as a "
    'list with kind = "page".'
)
_ENDS = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ENTRY = re.compile(r"<(/?)(?:\w+:)?(?:item|entry)\b[^<>]*>", re.IGNORECASE)


def read_feed(
    body: bytes, content_type: str, url: str, source: Source, known: frozenset[str] = frozenset()
) -> FeedRead:
    """The stories of a feed in its order. Malformed XML: what can be read is read; one bad entry costs itself.

    Entries whose fingerprint is `known` are only counted; of several with one address, id and title the first is read.
    An id that several share is no id, an address that several share is told apart (`Story.apart`). An entry needs an
    address, and its end: the half of an entry at which a document breaks off is left out, to be read when it is whole.
    Nothing outside the body is ever loaded: no DTD, no entity. Raises ReadError for what is no feed, such as an HTML
    error page.
    """
    if not body.strip():
        msg = "The feed answered with nothing at all. Check its address in a browser."
        raise ReadError(msg)
    if looks_like_json(body, content_type):
        return read_json_feed(body, url, source, known)
    _, told = halves(known)
    document, rest = _read_rest(text_of(body, content_type), url, source, known)
    zone = ZoneInfo(source.timezone)
    entries = document.entries[: len(rest.stands)]
    names = _names(entries, url)
    stories: list[Story] = []
    unchanged = again = 0
    shown: set[str] = set()
    for entry, stands, name, among in zip(entries, rest.stands, names, _among(entries, names, url, zone), strict=True):
        tells = fingerprint(entry, source) + name.calls
        if tells in told:
            unchanged += 1
        elif among.again and tells not in shown:
            again += 1
        elif story := story_of(entry, url, zone, stands + tells):
            shown.add(tells)
            stories.append(replace(story, upstream_id=among.upstream_id, apart=among.apart))
    dropped = len(document.entries) - unchanged - again - len(stories)
    return FeedRead(heading(document.title), tuple(stories), unchanged + len(rest.cut), dropped)


def _names(entries: Sequence[Entry], url: str) -> list[Named]:
    """What entries are called; nothing that has no address is a story, so its id counts for nothing."""
    addresses = [address(entry, url) for entry in entries]
    return [Named(at, fold(entry.id) if at else "") for entry, at in zip(entries, addresses, strict=True)]


def _among(entries: Sequence[Entry], names: Sequence[Named], url: str, zone: ZoneInfo) -> list[Told]:
    def _title(index: int) -> str:
        story = story_of(entries[index], url, zone)
        return story.title if story else ""

    return tell_apart(names, _title)


def _read_rest(text: str, url: str, source: Source, known: frozenset[str]) -> tuple[Document, Rest]:
    """What is left to read of a document without the entries that stand as is `known`. Raises ReadError."""
    # Where one that is left shares its address or id with one that was taken out, nothing is; and where readers see other
    # entries than stand there, or none in what is left, they alone say what there is.
    for stood in (halves(known)[0], frozenset[str]()):
        rest = rest_of(text, url, source, stood)
        with suppress(ReadError):
            document = read_document(rest.text, url)[0] if rest else None
            left = [name.calls for name in _names(document.entries, url)] if document else []
            if rest and document and len(left) == len(rest.stands) and not shares(left, calls(known, rest.cut)):
                return document, rest
    document, broken = read_document(text, url)
    # The half of an entry at which the document breaks off is left for later.
    whole = len(document.entries) - broken
    return document, Rest(text, (UNSEEN,) * whole)


def read_document(text: str, url: str) -> tuple[Document, bool]:
    """The entries of an XML feed as they stand in it, and whether it breaks off in the last one. Raises ReadError."""
    document = wellformed.read_document(text, url)
    if document is not None:
        return document, False
    # Loaded only where it is needed: it takes longer to load than most feeds to read.
    tolerant = import_module("feedsvc.ingest.readers.upstream.tolerant")
    found: Document | None = tolerant.read_document(text, url)
    if found is None:
        raise ReadError(NOT_A_FEED)
    return found, bool(found.entries) and _breaks_off(text)


def _breaks_off(text: str) -> bool:
    if _ENDS.search(text, max(0, len(text) - 10_000)):
        return False
    opened = [match[1] for match in _ENTRY.finditer(text)]
    return bool(opened) and not opened[-1]
