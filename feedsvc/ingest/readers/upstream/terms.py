"""The categories of a well-formed entry, as feedparser puts them together from attributes and text."""

from xml.etree.ElementTree import Element

from feedsvc.ingest.readers.upstream.constructs import leaf, mended
from feedsvc.ingest.readers.upstream.drafts import Draft

_MEDIA = "http://search.yahoo.com/mrss/category_schema"
_PODCASTS = "http://www.itunes.com/"


def category(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    """A category, or a subject."""
    given = draft.names.attributes(element)
    _tag(draft, element, given.get("term"), given.get("scheme", given.get("domain")), given.get("label"))


def media_category(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    """A category of the media module."""
    given = draft.names.attributes(element)
    _tag(draft, element, given.get("term"), given.get("scheme", _MEDIA), given.get("label"))


def itunes_category(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    """A category of a podcast."""
    _tag(draft, element, draft.names.attributes(element).get("text"), _PODCASTS, None)


def _tag(draft: Draft, element: Element, term: str | None, scheme: str | None, label: str | None) -> None:
    value = mended(leaf(element))
    _put(draft, [term, scheme, label])
    if value and draft.tags and not draft.tags[-1][0]:
        draft.tags[-1][0] = value
    elif value:
        _put(draft, [value, None, None])


def _put(draft: Draft, tag: list[str | None]) -> None:
    if any(tag) and tag not in draft.tags:
        draft.tags.append(tag)


def media_keywords(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    """Keywords of the media module."""
    _keywords(draft, element, None)


def itunes_keywords(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    """Keywords of a podcast."""
    _keywords(draft, element, _PODCASTS)


def _keywords(draft: Draft, element: Element, scheme: str | None) -> None:
    value = mended(leaf(element))
    # feedparser loses those of an element that has attributes.
    for term in [] if element.keys() else value.split(","):
        if term.strip():
            _put(draft, [term.strip(), scheme, None])
