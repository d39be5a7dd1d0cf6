"""Where a feed's older entries are: paged and archived feeds (RFC 5005), and JSON Feed's `next_url`."""

import orjson
from lxml import etree

from feedsvc.ingest.readers.upstream.jsonfeeds import looks_like_json
from feedsvc.model.newsroom import Source
from feedsvc.text.urls import absolute

_ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
_ENTRIES = frozenset({"entry", "item"})
_BOM = b"\xef\xbb\xbf"
_RELATIONS = ("prev-archive", "next")
"""An archive's older part comes first: it is there for good, while pages shift as entries come."""


def older_feed(body: bytes, content_type: str, url: str, source: Source) -> str:  # noqa: ARG001 (as all readers)
    """The address of the feed with older entries, "" where there is none. Raises nothing."""
    if looks_like_json(body, content_type):
        return _of_json(body, url)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    if root is None:
        return ""
    links: dict[str, str] = {}
    for element in root.iter(_ATOM_LINK):
        # The links of the feed, not those of its entries.
        if not any(etree.QName(up).localname in _ENTRIES for up in element.iterancestors()):
            links.setdefault(str(element.get("rel", "")).strip().lower(), absolute(url, str(element.get("href", ""))))
    return next((links[name] for name in _RELATIONS if links.get(name)), "")


def _of_json(body: bytes, url: str) -> str:
    try:
        data = orjson.loads(body.removeprefix(_BOM))
    except orjson.JSONDecodeError:
        return ""
    found = data.get("next_url") if isinstance(data, dict) else None
    return absolute(url, found) if isinstance(found, str) else ""
