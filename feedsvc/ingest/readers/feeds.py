"""Upstream feeds: RSS, RDF and Atom by feedparser, which reads what nobody else can; JSON Feed by hand (`jsonfeeds`).

Dates are ours: a real date with its own zone, or the source's where it names none; no date stays none.
"""

import io
import warnings
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from feedsvc.errors import ReadError
from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.bodies import attachment, picture
from feedsvc.ingest.readers.dates import Moment
from feedsvc.ingest.readers.jsonfeeds import looks_like_json, read_json_feed
from feedsvc.model.article import Attachment, Image, Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead
from feedsvc.text.html import fold, plain_text, sanitise, summarise
from feedsvc.text.urls import absolute

NOT_A_FEED = (
    "This address answers with a web page, not with a feed. Give the address of the feed itself, or read the page as a "
    'list with kind = "page".'
)
_HTML = frozenset({"text/html", "application/xhtml+xml"})


def read_feed(body: bytes, content_type: str, url: str, source: Source) -> FeedRead:
    """The stories of a feed in its order. Malformed XML: what can be read is read; one bad entry costs itself.

    An entry needs an address. Nothing outside the body is ever loaded: no DTD, no external entity. Raises ReadError for
    what is no feed, such as an HTML error page.
    """
    if not body.strip():
        msg = "The feed answered with nothing at all. Check its address in a browser."
        raise ReadError(msg)
    if looks_like_json(body, content_type):
        return read_json_feed(body, url, source)
    with warnings.catch_warnings():
        # feedparser warns of its own old habits; none of them are used here.
        warnings.simplefilter("ignore")
        # As a stream, because feedparser takes a short text for an address or a file name.
        parsed = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type or "application/xml", "content-location": url},
            sanitize_html=False,
        )
    if not parsed.version and not parsed.entries:
        raise ReadError(NOT_A_FEED)
    zone = ZoneInfo(source.timezone)
    stories = [story for entry in parsed.entries if (story := _story(dict(entry), url, zone))]
    return FeedRead(fold(plain_text(str(dict(parsed.feed).get("title", "")))), tuple(stories))


def _story(entry: dict[str, Any], feed_url: str, zone: ZoneInfo) -> Story | None:
    url = _address(entry, feed_url)
    if not url:
        return None
    html = sanitise(_content(entry), url)
    summary = plain_text(_markup(entry.get("summary_detail") or {}))
    published, updated = _moments(entry, zone)
    text = plain_text(html)
    title = fold(plain_text(_markup(entry.get("title_detail") or {})).replace("\n", " "))
    return Story(
        url=url,
        title=title or summarise(text or summary, 80) or url,
        upstream_id=fold(str(entry.get("id") or "")) or None,
        summary=summarise(summary or text),
        content_html=html,
        authors=_authors(entry),
        published=published.instant if published else None,
        published_is_date=bool(published and published.is_date),
        updated=updated.instant if updated and published and updated.instant > published.instant else None,
        image=_image(entry, url),
        attachments=_attachments(entry, url),
        terms=_terms(entry),
    )


def _address(entry: dict[str, Any], feed_url: str) -> str:
    links = [link for link in entry.get("links", []) if isinstance(link, dict)]
    alternate = [link.get("href", "") for link in links if link.get("rel") == "alternate"]
    other = [link.get("href", "") for link in links if link.get("rel") == "enclosure"]
    candidates = [*alternate, entry.get("link") or "", entry.get("id") or "", *other]
    # A guid is an address only where it is one by itself: "1234" is not a page beside the feed.
    return next((found for href in candidates if "://" in str(href) and (found := absolute(feed_url, str(href)))), "")


def _content(entry: dict[str, Any]) -> str:
    bodies = [part for part in entry.get("content") or [] if isinstance(part, dict) and part.get("value")]
    rich = [part for part in bodies if part.get("type") in _HTML] or bodies
    longest = max(rich, key=lambda part: len(part["value"]), default=None)
    return _markup(longest or entry.get("summary_detail") or {})


def _markup(detail: dict[str, Any]) -> str:
    value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain" and not _bears_markup(value):
        return "".join(f"<p>{escape(line, quote=False)}</p>" for line in value.splitlines() if line.strip())
    return value


def _bears_markup(value: str) -> bool:
    # RSS does not say whether its text is HTML: what has a closing tag or a paragraph is.
    lowered = value.lower()
    return "</" in lowered or "<br" in lowered or "<p>" in lowered or "<img " in lowered


def _moments(entry: dict[str, Any], zone: ZoneInfo) -> tuple[Moment | None, Moment | None]:
    published = dates.feed_date(str(entry.get("published") or ""), zone)
    updated = dates.feed_date(str(entry.get("updated") or ""), zone)
    created = dates.feed_date(str(entry.get("created") or ""), zone)
    # dc:date and an Atom entry's only date arrive as `updated`.
    return published or created or updated, updated


def _authors(entry: dict[str, Any]) -> tuple[str, ...]:
    people = [person for person in entry.get("authors") or [] if isinstance(person, dict)]
    named = [fold(str(person.get("name") or "")) for person in people] or [fold(str(entry.get("author") or ""))]
    return tuple(dict.fromkeys(name for name in named if name))


def _terms(entry: dict[str, Any]) -> tuple[str, ...]:
    tags = [tag for tag in entry.get("tags") or [] if isinstance(tag, dict)]
    return tuple(dict.fromkeys(term for tag in tags if (term := fold(str(tag.get("label") or tag.get("term") or "")))))


def _enclosures(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [link for link in entry.get("links") or [] if isinstance(link, dict) and link.get("rel") == "enclosure"]


def _media(entry: dict[str, Any]) -> list[dict[str, Any]]:
    found = [
        *(entry.get("media_content") or []),
        *_enclosures(entry),
        *(entry.get("media_thumbnail") or []),
    ]
    return [media for media in found if isinstance(media, dict)]


def _is_image(media: dict[str, Any], url: str) -> bool:
    kind = str(media.get("type") or media.get("medium") or "")
    return kind.startswith("image") or (not kind and picture(url).media_type is not None)


def _image(entry: dict[str, Any], base: str) -> Image | None:
    for media in _media(entry):
        url = absolute(base, str(media.get("url") or media.get("href") or ""))
        if url and (_is_image(media, url) or media in (entry.get("media_thumbnail") or [])):
            return picture(url)
    return None


def _attachments(entry: dict[str, Any], base: str) -> tuple[Attachment, ...]:
    found: dict[str, Attachment] = {}
    for media in _enclosures(entry):
        url = absolute(base, str(media.get("href") or ""))
        if url and not _is_image(media, url):
            length = str(media.get("length") or "")
            known = (
                int(length) if length.isascii() and length.isdigit() and 0 < int(length[:15]) == int(length) else None
            )
            made = attachment(url, fold(str(media.get("title") or "")))
            found.setdefault(url, Attachment(url, made.title, str(media.get("type") or "") or made.media_type, known))
    return tuple(found.values())
