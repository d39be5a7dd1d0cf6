"""Sitemaps (sitemaps.org) and Google's news extension: addresses of stories, or of further sitemaps."""

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
NOT_A_SITEMAP = (
    "This address answers with something that is not a sitemap. Sitemaps are XML files such as /sitemap.xml; the "
    "site's /robots.txt often names them."
)


def read_sitemap(body: bytes, content_type: str, url: str, source: Source) -> ListPage:  # noqa: ARG001 (as all readers)
    """The items of a `urlset` in its order, or the `sitemaps` that a `sitemapindex` names; plain or gzipped.

    `date` is the news extension's publication date, `modified` the lastmod. No DTD, entity or address is ever loaded.
    Raises ReadError for what is no sitemap.
    """
    root = _parse(_unpacked(body))
    kind = _name(root)
    zone = ZoneInfo(source.timezone)
    if kind == "sitemapindex":
        nested = (absolute(url, _child(entry, "loc")) for entry in root if _name(entry) == "sitemap")
        return ListPage((), preset="sitemap", sitemaps=tuple(dict.fromkeys(address for address in nested if address)))
    if kind != "urlset":
        raise ReadError(NOT_A_SITEMAP)
    entries = [entry for entry in root if _name(entry) == "url"][:_MOST]
    items = {item.url: item for entry in reversed(entries) if (item := _item(entry, url, zone))}
    return ListPage(tuple(items.values())[::-1], preset="sitemap")


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
    )


def _name(element: etree._Element) -> str:
    # Entities that were not resolved are nodes without a name.
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _child(element: etree._Element, name: str) -> str:
    found = next((part for part in element if _name(part) == name), None)
    return fold("".join(str(text) for text in found.itertext())) if found is not None else ""
