"""Sitemaps (sitemaps.org), as XML or as a list of lines, and Google's news extension: addresses of stories, or of sitemaps."""

import re
from zoneinfo import ZoneInfo

from lxml import etree

from feedsvc.errors import ReadError
from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.families import GENERIC, story_parts
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem, ListPage
from feedsvc.net.bodies import BadEncodingError, TooLargeError, unpack_gzip
from feedsvc.text.html import fold
from feedsvc.text.urls import absolute

# The protocol's own limits for one file.
_LARGEST = 50 * 1024 * 1024
_MOST = 50_000
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,4})?")
NOT_A_SITEMAP = (
    "This address answers with something that is not a sitemap. Sitemaps are XML files such as /sitemap.xml; the "
    "site's /robots.txt often names them."
)


def read_sitemap(body: bytes, content_type: str, url: str, source: Source) -> ListPage:  # noqa: ARG001 (as all readers)
    """The items of a `urlset` in its order, or the `sitemaps` that a `sitemapindex` names; plain or gzipped.

    `date` is the news extension's publication date, `modified` the lastmod; pictures, films and translations that an
    entry names are no entries. A text file is a sitemap where its lines are addresses. No DTD, entity or address is ever
    loaded. Raises ReadError for what is no sitemap.
    """
    unpacked = _unpacked(body)
    if lines := _lines(unpacked):
        items = {address: _bare_item(address) for line in lines if (address := absolute(url, line))}
        return ListPage(tuple(items.values()), preset="sitemap")
    root = _parse(unpacked)
    kind = _name(root)
    zone = ZoneInfo(source.timezone)
    if kind == "sitemapindex":
        nested = (absolute(url, _child(entry, "loc")) for entry in root if _name(entry) == "sitemap")
        return ListPage((), preset="sitemap", sitemaps=tuple(dict.fromkeys(address for address in nested if address)))
    if kind != "urlset":
        raise ReadError(NOT_A_SITEMAP)
    entries = [entry for entry in root if _name(entry) == "url"][:_MOST]
    found = {item.url: item for entry in reversed(entries) if (item := _item(entry, url, zone))}
    return ListPage(tuple(found.values())[::-1], preset="sitemap")


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return unpack_gzip(body, _LARGEST)
    except TooLargeError as error:
        msg = "The sitemap unpacks to more than 50 MB. Ask the site to split it, as the protocol wants."
        raise ReadError(msg) from error
    except BadEncodingError as error:
        msg = f"The sitemap is {error}. It is tried again later; if this stays, tell the site."
        raise ReadError(msg) from error


def _lines(body: bytes) -> list[str]:
    """The lines of a text sitemap (sitemaps.org, "Text file"): one whole address each, in UTF-8; none of anything else."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n")[:8].lower().startswith((b"http://", b"https://")):
        return []
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    return [line for line in lines if line.lower().startswith(("http://", "https://")) and " " not in line][:_MOST]


def _bare_item(url: str) -> ListItem:
    upstream_id, _column = story_parts(GENERIC, url)
    return ListItem(url, upstream_id=upstream_id)


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, recover=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(NOT_A_SITEMAP) from error
    if root is None:
        raise ReadError(NOT_A_SITEMAP)
    return root


def _item(entry: etree._Element, base: str, zone: ZoneInfo) -> ListItem | None:
    url = absolute(base, _child(entry, "loc"))
    if not url:
        return None
    news = next((part for part in entry if _name(part) == "news"), None)
    published = dates.feed_date(_child(news, "publication_date"), zone) if news is not None else None
    modified = dates.feed_date(_child(entry, "lastmod"), zone)
    upstream_id, _column = story_parts(GENERIC, url)
    return ListItem(
        url,
        _child(news, "title") if news is not None else "",
        published.instant if published else None,
        date_is_date=published.is_date if published else True,
        upstream_id=upstream_id,
        modified=modified.instant if modified else None,
        language=_language(news) if news is not None else "",
    )


def _language(news: etree._Element) -> str:
    """What the publication says it is written in: an ISO 639 code, or zh-cn and zh-tw."""
    publication = next((part for part in news if _name(part) == "publication"), None)
    told = _child(publication, "language").lower() if publication is not None else ""
    return told if _TAG.fullmatch(told) else ""


def _name(element: etree._Element) -> str:
    # Entities that were not resolved are nodes without a name.
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _child(element: etree._Element, name: str) -> str:
    found = next((part for part in element if _name(part) == name), None)
    return fold("".join(str(text) for text in found.itertext())) if found is not None else ""
