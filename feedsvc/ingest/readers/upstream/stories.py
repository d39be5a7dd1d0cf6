"""From an entry of a feed to a story: the one place where entries, whoever read them, are cleaned and dated.

Dates are ours: a real date with its own zone, or the source's where it names none; no date stays none.
"""

import re
from html import escape, unescape
from zoneinfo import ZoneInfo

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dates import Moment
from feedsvc.ingest.readers.story.files import attachment
from feedsvc.ingest.readers.story.pictures import picture
from feedsvc.ingest.readers.upstream.entries import Entry, Link, Markup
from feedsvc.model.article import Attachment, Image, Story
from feedsvc.text.html import beginning, fold, sanitise, sanitised_text, summarise
from feedsvc.text.urls import absolute

_PLAIN = "text/plain"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
# Characters of a body that are enough for its first sentences.
_BEGINNING = 4000
_SIGNED = re.compile(r"<p>The post <a [^>]*>.+</a> appeared first on <a [^>]*>[^<]+</a>\.</p>\s*", re.DOTALL)


def story_of(entry: Entry, feed_url: str, zone: ZoneInfo, fingerprint: str = "") -> Story | None:
    """The story that an entry tells; None for one without an address. `zone` is given to dates that name none."""
    url = address(entry, feed_url)
    if not url:
        return None
    body = _body(entry)
    html = _unsigned(sanitise(_html(body), body.base or feed_url)) if body else ""
    told = _said(entry.summary) or beginning(html, _BEGINNING)
    published, updated = _moments(entry, zone)
    return Story(
        url=url,
        title=heading(entry.title) or summarise(told, 80) or url,
        upstream_id=fold(entry.id) or None,
        summary=summarise(told),
        content_html=html,
        authors=tuple(dict.fromkeys(name for person in entry.authors if (name := fold(person)))),
        published=published.instant if published else None,
        published_is_date=bool(published and published.is_date),
        updated=updated.instant if updated and published and updated.instant > published.instant else None,
        image=_image(entry, feed_url),
        attachments=_attachments(entry, feed_url),
        terms=tuple(dict.fromkeys(term for word in entry.terms if (term := fold(word)))),
        fingerprint=fingerprint,
    )


def address(entry: Entry, feed_url: str) -> str:
    """The entry's address: its link, an alternate, an id that is an address, an enclosure; "" for none."""
    alternate = [link.href for link in entry.links if link.rel == "alternate"]
    other = [link.href for link in entry.links if link.rel == "enclosure"]
    # A guid is an address only where it is one by itself: "1234" is not a page beside the feed.
    candidates = (href for href in (entry.link, *alternate, entry.id, *other) if "://" in href)
    return next((found for href in candidates if (found := absolute(feed_url, href))), "")


def heading(title: Markup | None) -> str:
    """What a title says, on one line."""
    return fold(_said(title).replace("\n", " "))


def _body(entry: Entry) -> Markup | None:
    """The longest rich text; a summary where it is all there is, or where it tells more than the content."""
    parts = [*entry.contents, entry.summary] if entry.summary else [*entry.contents]
    rich = [part for part in parts if _is_rich(part)] or parts
    return max(rich, key=lambda part: len(part.value), default=None)


def _said(markup: Markup | None) -> str:
    """What a text says, or the beginning of a long one, line by line."""
    if markup is None:
        return ""
    value = markup.value[: 2 * _BEGINNING]
    if not _is_rich(markup):
        return value
    return sanitised_text(_unsigned(sanitise(value))) if "<" in value else unescape(value)


def _unsigned(html: str) -> str:
    """Sanitised HTML without the paragraph that WordPress sets under every story: The post X appeared first on Y."""
    start = html.rfind("<p>")
    return html[:start].rstrip() if start >= 0 and _SIGNED.fullmatch(html, start) else html


def _is_rich(markup: Markup) -> bool:
    return markup.kind in _HTML or _bears_markup(markup.value)


def _html(markup: Markup) -> str:
    if _is_rich(markup):
        return markup.value
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in markup.value.splitlines() if line.strip())


def _bears_markup(value: str) -> bool:
    # RSS does not say whether its text is HTML: what has a closing tag or a paragraph is.
    if "<" not in value:
        return False
    lowered = value.lower()
    return "</" in lowered or "<br" in lowered or "<p>" in lowered or "<img " in lowered


def _moments(entry: Entry, zone: ZoneInfo) -> tuple[Moment | None, Moment | None]:
    published, updated, created = (
        dates.feed_date(text, zone) if text else None for text in (entry.published, entry.updated, entry.created)
    )
    # dc:date and an Atom entry's only date arrive as `updated`.
    return published or created or updated, updated


def _enclosures(entry: Entry) -> list[Link]:
    return [link for link in entry.links if link.rel == "enclosure"]


def _is_image(kind: str, url: str) -> bool:
    return kind.startswith("image") or (not kind and picture(url).media_type is not None)


def _image(entry: Entry, base: str) -> Image | None:
    found = [
        *((media.url, media.kind) for media in entry.media if not media.thumbnail),
        *((link.href, link.kind) for link in _enclosures(entry)),
        *((media.url, "image") for media in entry.media if media.thumbnail),
        (entry.image, "image"),
    ]
    for href, kind in found:
        url = absolute(base, href)
        if url and _is_image(kind, url):
            return picture(url)
    return None


def _attachments(entry: Entry, base: str) -> tuple[Attachment, ...]:
    found: dict[str, Attachment] = {}
    for link in _enclosures(entry):
        url = absolute(base, link.href)
        if url and not _is_image(link.kind, url):
            made = attachment(url, fold(link.title))
            found.setdefault(url, Attachment(url, made.title, link.kind or made.media_type, _bytes(link.length)))
    return tuple(found.values())


def _bytes(length: str) -> int | None:
    digits = length.strip()
    return int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
