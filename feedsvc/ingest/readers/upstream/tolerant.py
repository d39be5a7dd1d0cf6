"""Any XML feed that feedparser reads, which is nearly anything.

feedparser reads, and what it would misread is mended before and after; cleaning, addresses in markup and dates are ours
(`stories`), so it is told to leave markup alone.
"""

import io
import re
import warnings
from dataclasses import replace
from typing import Any

import feedparser

from feedsvc.ingest.readers.upstream.entries import Document, Entry, Link, Markup, Media
from feedsvc.ingest.readers.upstream.xmltext import with_references_only, with_sound_references

_RELATIONS = ("alternate", "enclosure")
_XHTML = "application/xhtml+xml"
_DECLARES_XHTML = re.compile(r"xhtml|<(?:[\w.-]+:)?body\b", re.IGNORECASE)
# The first tag of a text that has an end, and whether it is written out or escaped.
_FIRST_TAG = re.compile(r"<(?!(?:br|hr|img|wbr)\b)[a-z]|(?P<escaped>&lt;[a-z][a-z0-9]*(?:\s|/?&gt;))", re.IGNORECASE)


def read_document(text: str, url: str) -> Document | None:
    """The feed in `text`, as `xmltext` gives it; None where it is no feed. `url` is where it was found."""
    body = with_references_only(with_sound_references(text)).encode("utf-8", "replace")
    with warnings.catch_warnings():
        # feedparser warns of its own old habits; none of them are used here.
        warnings.simplefilter("ignore")
        # As a stream, because feedparser takes a short text for an address or a file name.
        parsed = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    if not parsed.get("version") and not parsed.entries:
        return None
    # As plain mappings: feedparser's own give one field for another.
    entries = [entry_of(dict(entry)) for entry in parsed.entries]
    if not _DECLARES_XHTML.search(text):
        entries = [_unescaped(entry) for entry in entries]
    return Document(_markup(parsed.feed.get("title_detail")), tuple(entries))


def entry_of(entry: dict[str, Any]) -> Entry:
    """An entry as feedparser gives it, in our shape."""
    return Entry(
        id=_word(entry, "id"),
        link=_word(entry, "link"),
        links=tuple(
            Link(_word(link, "rel"), _word(link, "href"), _word(link, "type"), _word(link, "title"), _word(link, "length"))
            for link in _all(entry, "links")
            if link.get("rel") in _RELATIONS and link.get("href")
        ),
        title=_markup(entry.get("title_detail")),
        contents=tuple(markup for part in _all(entry, "content") if (markup := _markup(part))),
        summary=_markup(entry.get("summary_detail")),
        authors=tuple(name for person in _all(entry, "authors") if (name := _word(person, "name"))),
        terms=tuple(term for tag in _all(entry, "tags") if (term := _word(tag, "label") or _word(tag, "term"))),
        media=(*_media(entry, "media_content"), *_media(entry, "media_thumbnail")),
        image=_word(entry["image"], "href") if isinstance(entry.get("image"), dict) else "",
        published=_word(entry, "published"),
        updated=_word(entry, "updated"),
        created=_word(entry, "created"),
    )  # fmt: skip


def _unescaped(entry: Entry) -> Entry:
    """The entry of a document that declares no XHTML, its texts as they were meant."""
    return replace(
        entry,
        title=_meant(entry.title) if entry.title else None,
        contents=tuple(_meant(part) for part in entry.contents),
        summary=_meant(entry.summary) if entry.summary else None,
    )


def _meant(markup: Markup) -> Markup:
    """Escaped HTML, where one tag in it that was not escaped made feedparser take it for XHTML, escapes and all."""
    if markup.kind != _XHTML:
        return markup
    first = _FIRST_TAG.search(markup.value)
    if first is None or not first["escaped"]:
        return markup
    value = markup.value
    for escaped, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        value = value.replace(escaped, letter)
    return replace(markup, value=value, kind="text/html")


def _all(entry: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = entry.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _word(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _markup(detail: object) -> Markup | None:
    if not isinstance(detail, dict) or not _word(detail, "value"):
        return None
    return Markup(_word(detail, "value"), _word(detail, "type"), _word(detail, "base"))


def _media(entry: dict[str, Any], key: str) -> list[Media]:
    return [
        Media(_word(media, "url"), _word(media, "type") or _word(media, "medium"), key == "media_thumbnail")
        for media in _all(entry, key)
        if _word(media, "url")
    ]
