"""What a page declares about itself: JSON-LD (schema.org) and meta elements."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dates import Moment
from feedsvc.ingest.readers.dom import Page
from feedsvc.text.html import fold, plain_text

_STORIES = frozenset(
    {"article", "newsarticle", "blogposting", "report", "scholarlyarticle", "reportagenewsarticle", "posting"}
)
_PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish_date",
    "publish-date", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "sailthru.date",
    "parsely-pub-date", "date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")
_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")


class Declared:
    """The declarations of one page, read once."""

    def __init__(self, page: Page, zone: ZoneInfo) -> None:
        self._zone = zone
        self._story = next(_stories(page), {})
        self._meta: dict[str, str] = {}
        for meta in page.root.iter("meta"):
            name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
            value = fold(meta.get("content") or "")
            if name and value:
                self._meta.setdefault(name, value)

    def published(self) -> Moment | None:
        """When the story was published, None where the page does not declare it."""
        return self._moment("datePublished", _PUBLISHED)

    def updated(self) -> Moment | None:
        """When the story was last changed, None where the page does not declare it."""
        return self._moment("dateModified", _UPDATED)

    def title(self) -> str:
        """The headline, "" where none is declared."""
        return plain_text(_text(self._story.get("headline"))) or self._meta.get("og:title", "")

    def authors(self) -> tuple[str, ...]:
        """The writers by name."""
        people = self._story.get("author")
        named = [_text(person) for person in (people if isinstance(people, list) else [people])]
        named = [name for name in named if name] or [self._meta[key] for key in _AUTHORS if key in self._meta][:1]
        return tuple(dict.fromkeys(fold(name) for name in named if "://" not in name and len(name) <= 80))

    def image(self, page: Page) -> str:
        """The address of the story's picture, "" where none is declared."""
        picture = self._story.get("image")
        first = picture[0] if isinstance(picture, list) and picture else picture
        return page.link((first if isinstance(first, str) else _text(first, "url")) or self._meta.get("og:image", ""))

    def _moment(self, key: str, names: tuple[str, ...]) -> Moment | None:
        values = [_text(self._story.get(key)), *(self._meta.get(name, "") for name in names)]
        return next((moment for value in values if (moment := dates.find(value, self._zone))), None)


def _text(value: Any, key: str = "name") -> str:
    if isinstance(value, dict):
        value = value.get(key)
    return value if isinstance(value, str) else ""


def _stories(page: Page) -> Iterator[dict[str, Any]]:
    for script in page.root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = orjson.loads((script.text or "").strip())
        except orjson.JSONDecodeError:
            continue
        yield from (node for node in _nodes(data) if _kinds(node) & _STORIES)


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    waiting = [data]
    for _ in range(1000):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            yield node
            waiting.extend(value for key, value in node.items() if key in ("@graph", "mainEntity", "hasPart"))


def _kinds(node: dict[str, Any]) -> set[str]:
    kind = node.get("@type")
    return {str(name).lower() for name in (kind if isinstance(kind, list) else [kind])}
