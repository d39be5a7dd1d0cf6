"""What a page declares about itself: JSON-LD (schema.org), microdata, meta elements and hCards."""

from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from feedsvc.ingest.readers import dates, hcards, jsonld
from feedsvc.ingest.readers.dates import Moment
from feedsvc.ingest.readers.datewords import Order
from feedsvc.ingest.readers.dom import Page, said, select
from feedsvc.ingest.readers.story.bylines import is_nobody
from feedsvc.ingest.readers.story.pictures import picture, pixels
from feedsvc.model.article import Image
from feedsvc.text.html import fold, plain_text
from feedsvc.text.urls import canonical

_OTHER_STORIES = frozenset({"blogposting", "liveblogposting", "report", "posting", "socialmediaposting"})
_PUBLISHED = (
    "article:published_time", "article:published", "og:published_time", "og:article:published_time", "datepublished",
    "pubdate", "publishdate", "publish_date", "publish-date", "publication_date", "og:pubdate", "rnews:datepublished",
    "bt:pubdate", "citation_publication_date", "citation_date", "citation_online_date", "dc.date.issued", "dcterms.issued",
    "dc.date.created", "dcterms.created", "dcterms.date", "dc.date", "dc:date", "dc.created", "sailthru.date",
    "parsely-pub-date", "cxenseparse:recs:publishtime", "article_date_original", "content_create_date", "datecreated",
    "created", "date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified")
_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
_SITES = ("og:site_name", "application-name", "dc.publisher", "publisher")
_INSIDE = ("@graph", "mainEntity", "hasPart")


class Declared:
    """The declarations of one page, each kind read once, when it is asked for."""

    def __init__(self, page: Page, zone: ZoneInfo, order: Order = "") -> None:
        self._page = page
        self._zone = zone
        self._order = order

    def published(self) -> Moment | None:
        """When the story was published, None where the page does not declare it."""
        return self._moment("datePublished", _PUBLISHED) or self._marked()

    def updated(self) -> Moment | None:
        """When the story was last changed, None where the page does not declare it."""
        return self._moment("dateModified", _UPDATED)

    def title(self) -> str:
        """The headline, "" where none is declared."""
        return plain_text(_text(self._story.get("headline"))).replace("\n", " ") or self._meta.get("og:title", "")

    def authors(self) -> tuple[str, ...]:
        """The writers by name. The site itself, organisations and names such as admin are nobody."""
        people = self._story.get("author")
        named = [
            _text(person) for person in (people if isinstance(people, list) else [people]) if not _is_group(person)
        ]
        named = [name for name in named if name] or [self._meta[key] for key in _AUTHORS if key in self._meta][:1]
        named = named or list(hcards.writers(self._page.root))
        sites = {self._meta.get(name, "").casefold() for name in _SITES} | {
            _text(self._story.get("publisher")).casefold()
        }
        folded = (fold(plain_text(name)) for name in named if "://" not in name and len(name) <= 80)
        return tuple(dict.fromkeys(name for name in folded if not is_nobody(name) and name.casefold() not in sites))

    def image(self) -> Image | None:
        """The story's picture with its size where that is declared, None where there is none."""
        pictures = self._story.get("image")
        first = pictures[0] if isinstance(pictures, list) and pictures else pictures
        declared = first if isinstance(first, dict) else {}
        url = self._page.link(first if isinstance(first, str) else _text(first, "url") or _text(first, "contentUrl"))
        og = self._page.link(self._meta.get("og:image", "") or self._meta.get("og:image:url", ""))
        sizes = [
            (pixels(_text(declared, side)), pixels(self._meta.get(f"og:image:{side}"))) for side in ("width", "height")
        ]
        own = canonical(self._page.url)
        for address, size in ((url, [one for one, _ in sizes]), (og, [other for _, other in sizes])):
            if address and canonical(address) != own:
                both = size if all(size) else [other for _, other in sizes] if address == og else [None, None]
                return picture(address, "", "", *(both if all(both) else (None, None)))
        return None

    def language(self) -> str:
        """The language as it is declared, "" where it is not."""
        root, body = self._page.root, self._page.root.find("body")
        named = (root.get("lang"), root.get("xml:lang"), body.get("lang") if body is not None else "")
        metas = (self._meta.get(name) for name in ("content-language", "og:locale", "language", "dc.language"))
        return next((value.strip() for value in (*named, *metas) if value and value.strip()), "")

    @cached_property
    def _meta(self) -> dict[str, str]:
        values: dict[str, str] = {}
        for meta in self._page.root.iter("meta"):
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
            value = fold(meta.get("content") or "")
            if name and value:
                values.setdefault(name.strip().lower(), value)
        return values

    @cached_property
    def _nodes(self) -> list[dict[str, Any]]:
        return list(jsonld.nodes(self._page, _INSIDE))

    @cached_property
    def _story(self) -> dict[str, Any]:
        """The JSON-LD of the story: the one with the page's address, else the first that has a date, else the first."""
        stories = [node for node in self._nodes if any(_is_story(kind) for kind in jsonld.kinds(node))]
        own = canonical(self._page.url)
        for fits in (lambda node: own in _addresses(node), lambda node: node.get("datePublished"), lambda _node: True):
            if found := next((node for node in stories if fits(node)), None):
                return found
        return {}

    def _moment(self, key: str, names: tuple[str, ...]) -> Moment | None:
        pages = [_text(node.get(key)) for node in self._nodes if "webpage" in jsonld.kinds(node)]
        values = [_text(self._story.get(key)), *(self._meta.get(name, "") for name in names), *pages]
        return next((moment for value in values if value and (moment := self._find(value))), None)

    def _marked(self) -> Moment | None:
        """The one date that microdata or a class name marks as that of publication."""
        for selector in (
            '[itemprop~="datePublished"]', 'time[pubdate]', 'time:is([class~="entry-date"], [class~="published"])',
        ):  # fmt: skip
            values = {
                element.get("datetime") or element.get("content") or said(element)
                for element in select(self._page.root, selector)
            }
            if len(values) == 1 and (moment := self._find(values.pop())):
                return moment
        return None

    def _find(self, value: str) -> Moment | None:
        return dates.find(value, self._zone, self._order)


def _text(value: Any, key: str = "name") -> str:
    if isinstance(value, dict):
        value = value.get(key)
    return (
        str(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else value
        if isinstance(value, str)
        else ""
    )


def _is_story(kind: str) -> bool:
    return kind.endswith("article") or kind in _OTHER_STORIES


def _is_group(person: Any) -> bool:
    return isinstance(person, dict) and bool(
        jsonld.kinds(person) & {"organization", "newsmediaorganization", "corporation"}
    )


def _addresses(node: dict[str, Any]) -> set[str]:
    page = node.get("mainEntityOfPage")
    named = (_text(node.get("url")), _text(node.get("@id")), _text(page, "@id") or _text(page, "url"))
    return {canonical(address) for address in named if address}
