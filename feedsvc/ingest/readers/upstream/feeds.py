"""Upstream feeds: well-formed XML read quickly, any other XML by feedparser, JSON Feed by hand.

Which reader reads makes no difference to what is read.
"""

import re
from contextlib import suppress
from importlib import import_module
from zoneinfo import ZoneInfo

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.upstream import wellformed
from feedsvc.ingest.readers.upstream.entries import Document, fingerprint
from feedsvc.ingest.readers.upstream.jsonfeeds import looks_like_json, read_json_feed
from feedsvc.ingest.readers.upstream.stories import heading, story_of
from feedsvc.ingest.readers.upstream.unchanged import UNSEEN, Rest, halves, rest_of
from feedsvc.ingest.readers.upstream.xmltext import text_of
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead

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

    Entries whose fingerprint is `known` are only counted. An entry needs an address, and its end: the half of an entry
    at which a document breaks off is left out, to be read when it is whole. Nothing outside the body is ever loaded: no
    DTD, no entity. Raises ReadError for what is no feed, such as an HTML error page.
    """
    if not body.strip():
        msg = "The feed answered with nothing at all. Check its address in a browser."
        raise ReadError(msg)
    if looks_like_json(body, content_type):
        return read_json_feed(body, url, source, known)
    stood, told = halves(known)
    document, rest = _read_rest(text_of(body, content_type), url, source, stood)
    zone = ZoneInfo(source.timezone)
    stories = []
    unchanged = 0
    for entry, stands in zip(document.entries, rest.stands, strict=False):
        tells = fingerprint(entry, source)
        if tells in told:
            unchanged += 1
        elif story := story_of(entry, url, zone, stands + tells):
            stories.append(story)
    dropped = len(document.entries) - unchanged - len(stories)
    return FeedRead(heading(document.title), tuple(stories), unchanged + rest.unchanged, dropped)


def _read_rest(text: str, url: str, source: Source, stood: frozenset[str]) -> tuple[Document, Rest]:
    """What is left to read of a document without the entries that stand as they `stood`. Raises ReadError."""
    rest = rest_of(text, url, source, stood)
    if rest is not None:
        # Where readers see other entries than stand there, or none in what is left, the whole is read.
        with suppress(ReadError):
            document, _ = read_document(rest.text, url)
            if len(document.entries) == len(rest.stands):
                return document, rest
    document, broken = read_document(text, url)
    # The half of an entry at which the document breaks off is left for later.
    whole = len(document.entries) - broken
    return document, Rest(text, (UNSEEN,) * whole, 0)


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
