"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from typing import Any

import orjson

from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.fragments import Fragments, rendered
from feedsvc.feeds.items import Item, language_tag, person
from feedsvc.model.article import Attachment
from feedsvc.text import xml

VERSION = "https://jsonfeed.org/version/1.1"


def render(document: FeedDocument, fragments: Fragments | None = None) -> bytes:
    """The document as JSON Feed, in UTF-8. The same document gives the same bytes, whatever fragments are known."""
    skeleton = orjson.dumps(_known(_whole(document)))
    items = rendered(document, FeedFormat.JSON, lambda item: orjson.dumps(_known(_item(item))), fragments)
    return b'%b,"items":[%b]}' % (skeleton.removesuffix(b"}"), b",".join(items))


def _whole(document: FeedDocument) -> dict[str, Any]:
    title = xml.literal(document.title) or document.address
    older = document.archive.previous if document.archive else None
    rights = xml.literal(document.rights)
    return {
        "version": VERSION,
        "title": title,
        "home_page_url": feed_url(document.page_url) or document.page_url,
        "feed_url": document.url(FeedFormat.JSON),
        "description": xml.literal(document.description),
        "next_url": f"{older}.{FeedFormat.JSON}" if older else None,
        "icon": feed_url(document.icon) or feed_url(document.logo),
        "language": language_tag(document.language) or "en",
        "authors": [{"name": person(document.site_title) or title}],
        "hubs": [{"type": "WebSub", "url": hub} for hub in filter(None, map(feed_url, document.hubs))],
        # JSON Feed has no rights: in the words of RSS and Atom's neighbour. Names with an underscore are extensions.
        "_dublin_core": {"rights": rights} if rights else None,
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.guid,
        "url": item.url,
        "title": item.title,
        "content_html": item.content_html,
        "content_text": "" if item.content_html else item.summary,
        "summary": item.summary,
        "image": item.image.url if item.image else None,
        "date_published": item.published.isoformat() if item.published else None,
        "date_modified": item.updated.isoformat(),
        "authors": [{"name": name} for name in item.authors],
        "tags": [title for _slug, title in item.tags],
        "language": item.language,
        "attachments": [_known(_attachment(attachment)) for attachment in item.attachments],
        # The source, in the same words as dc:publisher in RSS and Atom.
        "_dublin_core": {"publisher": item.publisher} if item.publisher else None,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "url": attachment.url,
        # Required, so what is not known is said as HTTP says it (RFC 9110, section 8.3).
        "mime_type": attachment.media_type or "application/octet-stream",
        "title": attachment.title,
        "size_in_bytes": attachment.length,
    }


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
