"""JSON Feed (jsonfeed.org, versions 1 and 1.1), read by hand and tolerantly."""

from dataclasses import replace
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from feedsvc.errors import ReadError
from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.story.files import attachment
from feedsvc.ingest.readers.story.pictures import picture
from feedsvc.ingest.readers.upstream.entries import fingerprint
from feedsvc.ingest.readers.upstream.sharing import Named, tell_apart
from feedsvc.ingest.readers.upstream.unchanged import UNSEEN, halves
from feedsvc.model.article import Attachment, Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead
from feedsvc.text.html import fold, sanitise, sanitised_text, summarise
from feedsvc.text.urls import absolute

_BOM = b"\xef\xbb\xbf"


def looks_like_json(body: bytes, content_type: str) -> bool:
    """Is it JSON by its first byte, or at least by its type?"""
    return body.removeprefix(_BOM).lstrip()[:1] == b"{" or "json" in content_type.lower()


def read_json_feed(body: bytes, url: str, source: Source, known: frozenset[str] = frozenset()) -> FeedRead:
    """The stories of a JSON Feed in its order; items without an address, and what is no item, are left out.

    Items whose fingerprint is `known` are only counted. Raises ReadError.
    """
    try:
        data = orjson.loads(body.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        msg = f"The feed is JSON that cannot be read ({error}). Tell the site, or give the address of another feed."
        raise ReadError(msg) from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        msg = "This address answers with JSON that is not a JSON Feed (it has no items). Give the address of the feed."
        raise ReadError(msg)
    zone = ZoneInfo(source.timezone)
    people = _people(data)
    _, told = halves(known)
    items = data["items"]
    addresses = [_address(item, url) if isinstance(item, dict) else "" for item in items]
    names = [Named(at, _id(item) if at else "") for item, at in zip(items, addresses, strict=True)]
    stories: list[Story] = []
    unchanged = again = 0
    shown: set[str] = set()
    for item, name, among in zip(items, names, tell_apart(names, lambda at: _title(items[at], url)), strict=True):
        mark = fingerprint((item, people, url), source)
        if mark in told:
            unchanged += 1
        elif among.again and mark not in shown:
            again += 1
        elif name.url:
            shown.add(mark)
            story = _story(item, name.url, zone, people)
            stories.append(replace(story, upstream_id=among.upstream_id, apart=among.apart, fingerprint=UNSEEN + mark))
    dropped = len(items) - unchanged - again - len(stories)
    return FeedRead(fold(_text(data, "title")), tuple(stories), unchanged, dropped)


def _address(item: dict[str, Any], feed_url: str) -> str:
    """The address of an item; "" for none."""
    identity = item.get("id")
    address = _text(item, "url") or _text(item, "external_url") or (identity if isinstance(identity, str) else "")
    return absolute(feed_url, address) if "://" in address or _text(item, "url") else ""


def _id(item: dict[str, Any]) -> str:
    identity = item.get("id")
    return fold(str(identity)) if isinstance(identity, (str, int)) else ""


def _title(item: dict[str, Any], url: str) -> str:
    return fold(_text(item, "title")) or summarise(sanitised_text(_html(item, url)), 80)


def _html(item: dict[str, Any], url: str) -> str:
    return sanitise(_text(item, "content_html") or _paragraphs(_text(item, "content_text")), url)


def _story(item: dict[str, Any], url: str, zone: ZoneInfo, people: tuple[str, ...]) -> Story:
    html = _html(item, url)
    published = dates.feed_date(_text(item, "date_published"), zone)
    updated = dates.feed_date(_text(item, "date_modified"), zone)
    moment = published or updated
    text = sanitised_text(html)
    image = absolute(url, _text(item, "image") or _text(item, "banner_image") or "data:")
    return Story(
        url=url,
        title=fold(_text(item, "title")) or summarise(text, 80) or url,
        summary=summarise(_text(item, "summary") or text),
        content_html=html,
        authors=_people(item) or people,
        published=moment.instant if moment else None,
        published_is_date=bool(moment and moment.is_date),
        updated=updated.instant if updated and moment and updated.instant > moment.instant else None,
        language=_text(item, "language") or None,
        image=picture(image) if image else None,
        attachments=_files(item, url),
        terms=tuple(dict.fromkeys(fold(tag) for tag in _list(item, "tags") if isinstance(tag, str) and tag.strip())),
    )


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _list(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _people(data: dict[str, Any]) -> tuple[str, ...]:
    # `author` is version 1's, `authors` 1.1's.
    people = [person for person in [*_list(data, "authors"), data.get("author")] if isinstance(person, dict)]
    return tuple(dict.fromkeys(name for person in people if (name := fold(_text(person, "name")))))


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())


def _files(item: dict[str, Any], base: str) -> tuple[Attachment, ...]:
    found: dict[str, Attachment] = {}
    for file in _list(item, "attachments"):
        url = absolute(base, _text(file, "url")) if isinstance(file, dict) and _text(file, "url") else ""
        if not url:
            continue
        made = attachment(url, fold(_text(file, "title")))
        size = file.get("size_in_bytes")
        length = size if isinstance(size, int) and size > 0 else None
        found.setdefault(url, Attachment(url, made.title, _text(file, "mime_type") or made.media_type, length))
    return tuple(found.values())
