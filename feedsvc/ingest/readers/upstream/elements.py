"""What the elements of a well-formed entry add to it, as feedparser adds them.

Which of two titles or summaries counts, what becomes content and what an author's name is: all of it follows
feedparser's rules for elements that stand in the entry itself or in its media.
"""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from feedsvc.ingest.readers.upstream import persons, terms
from feedsvc.ingest.readers.upstream.constructs import PLAIN, RICH, XHTML, leaf, markup, mended, unknown
from feedsvc.ingest.readers.upstream.drafts import Draft
from feedsvc.ingest.readers.upstream.entries import Link, Media
from feedsvc.ingest.readers.upstream.names import Unsure, joined_to
from feedsvc.ingest.readers.upstream.vocabulary import KNOWN, words

_SOURCE = words("title id link updated icon logo rights subtitle generator category")


def add(draft: Draft, element: Element, base: str, depth: int) -> None:
    """Add what `element`, at `depth`, says of an entry whose base is `base`. Raises Unsure."""
    name = draft.names.of(element.tag)
    base = draft.names.base(element, base)
    handler = _HANDLERS.get(name)
    if handler is not None:
        handler(draft, element, base, depth)
    elif name in _SILENT:
        leaf(element)
    else:
        unknown(draft.names, element)


def title(draft: Draft, element: Element, base: str, depth: int) -> None:
    """The first title that says something counts, but for one that stands higher."""
    found = markup(element, PLAIN, draft.names, base)
    if not -1 < draft.title_depth <= depth:
        draft.title = found
    if found.value:
        draft.title_depth = depth


def description(draft: Draft, element: Element, base: str, _depth: int) -> None:
    """A second one without content before it is content."""
    _summary_or_content(draft, element, RICH, base)


def summary(draft: Draft, element: Element, base: str, _depth: int) -> None:
    """As `description`, but plain by default."""
    _summary_or_content(draft, element, PLAIN, base)


def _abstract(draft: Draft, element: Element, base: str, _depth: int) -> None:
    draft.summary = markup(element, PLAIN, draft.names, base)
    draft.has_summary = True


def _summary_or_content(draft: Draft, element: Element, default: str, base: str) -> None:
    if draft.has_summary and not draft.has_content:
        _content(draft, element, base, 0)
    else:
        draft.summary = markup(element, default, draft.names, base)
        draft.has_summary = True


def _media_title(draft: Draft, element: Element, base: str, depth: int) -> None:
    before = draft.title_depth
    title(draft, element, base, depth)
    draft.title_depth = before


def _content(draft: Draft, element: Element, base: str, _depth: int) -> None:
    draft.contents.append(markup(element, PLAIN, draft.names, base))
    draft.has_content = draft.has_summary = True


def _encoded(draft: Draft, element: Element, base: str, _depth: int) -> None:
    draft.contents.append(markup(element, RICH, draft.names, base))
    draft.has_content = draft.has_summary = True


def _link(draft: Draft, element: Element, base: str, _depth: int) -> None:
    given = draft.names.attributes(element)
    rel = given.get("rel", "alternate")
    kind = given.get("type", "application/atom+xml" if rel == "self" else "text/html")
    href = _address(given)
    if any(key in given and not given[key] for key in ("href", "url", "uri")):
        raise Unsure
    if href:
        if len(element):
            raise Unsure
        href = joined_to(base, href)
        if rel == "alternate" and kind in (RICH, XHTML, "html", "xhtml"):
            draft.link = href
    else:
        href = leaf(element)
        href = mended(joined_to(base, href)) if href else ""
        href = draft.link = re.sub(r"&([A-Za-z0-9_]+);", r"&\1", href.replace("&amp;", "&"))
    draft.links.append(Link(rel, href, kind, given.get("title", ""), given.get("length", "")))


def _guid(draft: Draft, element: Element, base: str, _depth: int) -> None:
    permanent = draft.names.attributes(element).get("ispermalink", "true") == "true"
    value = leaf(element)
    draft.id = mended(joined_to(base, value) if value and permanent else value)
    if permanent and draft.link is None:
        draft.link = draft.id


def _enclosure(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    given = draft.names.attributes(element)
    leaf(element)
    given_text = [given.get(key, "") for key in ("type", "title", "length")]
    draft.links.append(Link("enclosure", _address(given) or given.get("href", ""), *given_text))


def _address(given: dict[str, str]) -> str:
    return given.get("url", given.get("uri", given.get("href", "")))


def _media_content(draft: Draft, element: Element, base: str, depth: int) -> None:
    given = draft.names.attributes(element)
    if given.get("url"):
        draft.media.append(Media(given["url"], given.get("type") or given.get("medium", ""), thumbnail=False))
    _media_group(draft, element, base, depth)


def _media_group(draft: Draft, element: Element, base: str, depth: int) -> None:
    for child in element:
        name = draft.names.of(child.tag)
        if name in KNOWN and not name.startswith("media_"):
            raise Unsure
        add(draft, child, base, depth + 1)


def _thumbnail(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    given = draft.names.attributes(element)
    if leaf(element):
        raise Unsure
    if given.get("url"):
        draft.thumbnails.append(Media(given["url"], given.get("type") or given.get("medium", ""), thumbnail=True))


def _itunes_image(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    given = draft.names.attributes(element)
    leaf(element)
    draft.image = given.get("href") or given.get("url") or draft.image


def _image(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    leaf(element)
    draft.title_depth = -1


def _source(draft: Draft, element: Element, _base: str, depth: int) -> None:
    draft.title_depth = -1
    for child in element:
        name = draft.names.of(child.tag)
        if name == "author":
            if not persons.are_persons(draft.names, child):
                raise Unsure
        elif name not in _SOURCE:
            unknown(draft.names, child)
        elif leaf(child) and name == "title":
            draft.title_depth = depth + 1


def _date(which: str) -> "Handler":
    def _read(draft: Draft, element: Element, _base: str, _depth: int) -> None:
        draft.dates[which] = mended(leaf(element))

    return _read


Handler = Callable[[Draft, Element, str, int], None]
_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("title", "dc_title"), title),
    "media_title": _media_title,
    **dict.fromkeys(("description", "dc_description", "media_description"), description),
    **dict.fromkeys(("summary", "itunes_summary"), summary),
    "abstract": _abstract,
    "content": _content,
    "content_encoded": _encoded,
    "link": _link,
    **dict.fromkeys(("guid", "id"), _guid),
    **dict.fromkeys(("author", "dc_creator", "dc_author", "itunes_author", "managingeditor"), persons.author),
    **dict.fromkeys(("category", "dc_subject", "keywords"), terms.category),
    "media_category": terms.media_category,
    "itunes_category": terms.itunes_category,
    "media_keywords": terms.media_keywords,
    "itunes_keywords": terms.itunes_keywords,
    "enclosure": _enclosure,
    "media_content": _media_content,
    "media_group": _media_group,
    "media_thumbnail": _thumbnail,
    "itunes_image": _itunes_image,
    "image": _image,
    "source": _source,
    "contributor": persons.contributor,
    **dict.fromkeys(("published", "pubdate", "issued", "dcterms_issued"), _date("published")),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), _date("updated")),
    **dict.fromkeys(("created", "dcterms_created"), _date("created")),
}
# What feedparser reads and nothing of ours is made of.
_SILENT = words(
    "cc_license cloud copyright creativecommons_license dc_contributor dc_language dc_publisher dc_rights "
    "dcterms_valid email expirationdate feedburner_browserfriendly generator georss_box georss_line georss_point "
    "georss_polygon height homepage info itunes_block itunes_explicit itunes_subtitle language media_credit "
    "media_license media_player media_rating media_restriction name rights subtitle tagline uri url webmaster width"
)
