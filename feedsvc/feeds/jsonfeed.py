"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from typing import Any

import orjson

from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.items import Item, items, language_tag, person
from feedsvc.model.article import Attachment
from feedsvc.text import xml

VERSION = "https://jsonfeed.org/version/1.1"


def render(document: FeedDocument) -> bytes:
    """The document as JSON Feed, in UTF-8. The same document gives the same bytes."""
    title = xml.literal(document.title) or document.address
    whole: dict[str, Any] = {
        "version": VERSION,
        "title": title,
        "home_page_url": feed_url(document.page_url) or document.page_url,
        "feed_url": document.url(FeedFormat.JSON),
        "description": xml.literal(document.description),
        "icon": feed_url(document.logo),
        "language": language_tag(document.language) or "en",
        "authors": [{"name": person(document.site_title) or title}],
    }
    return orjson.dumps(_known(whole) | {"items": [_known(_item(item)) for item in items(document)]})


def _item(item: Item) -> dict[str, Any]:
    # Plain text by the specification; settled all the same, for readers that put it into a page as it comes.
    summary = xml.literal(item.summary)
    return {
        "id": item.guid,
        "url": item.url,
        "title": item.title,
        "content_html": item.content_html,
        "content_text": "" if item.content_html else summary,
        "summary": summary,
        "image": item.image.url if item.image else None,
        "date_published": item.published.isoformat() if item.published else None,
        "date_modified": item.updated.isoformat(),
        "authors": [{"name": name} for name in item.authors],
        "tags": [title for _slug, title in item.tags],
        "language": item.language,
        "attachments": [_known(_attachment(attachment)) for attachment in item.attachments],
        # The source, in the same words as dc:publisher in RSS and Atom; names with an underscore are extensions.
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
