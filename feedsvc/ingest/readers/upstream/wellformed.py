"""Well-formed feeds of the usual make, read quickly and exactly as feedparser reads them: sure, or not at all.

RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, with the modules for content, Dublin Core, media and podcasts. expat reads the
XML, as it does for feedparser; whatever could make a difference is left to `tolerant`.
"""

import io
import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse

from feedsvc.ingest.readers.upstream.constructs import PLAIN, leaf, markup, unknown
from feedsvc.ingest.readers.upstream.drafts import Draft, telling
from feedsvc.ingest.readers.upstream.elements import add, description, summary, title
from feedsvc.ingest.readers.upstream.entries import Document, Entry
from feedsvc.ingest.readers.upstream.names import Names, Unsure, rebased_to
from feedsvc.ingest.readers.upstream.persons import PERSONAL
from feedsvc.ingest.readers.upstream.vocabulary import words

_ROOT = re.compile(r"""<[A-Za-z_](?:"[^"]*"|'[^']*'|[^"'>])*>""")
_ATTRIBUTES = re.compile(r"""\s([\w:.-]+)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ITEMS = frozenset({"item", "entry"})
_TITLES = frozenset({"title", "dc_title"})
_DESCRIPTIONS = frozenset({"description", "dc_description"})
_SUMMARIES = frozenset({"summary", "itunes_summary"})
_CONSTRUCTS = frozenset({"subtitle", "tagline", "rights", "copyright", "info", "feedburner_browserfriendly"})
_PICTURED = {
    "image": words("title link description url width height"),
    "textinput": words("title link description name"),
}
_PERSONS = frozenset({"author", "contributor", "managingeditor", "itunes_owner", "itunes_author"})
# What the head of a feed may hold besides, each with nothing in it but text.
_SILENT = words(
    "category cc_license cloud created creativecommons_license dc_creator dc_date dc_language dc_publisher dc_rights "
    "dc_subject dcterms_created dcterms_issued dcterms_modified email expirationdate generator georss_point guid "
    "height homepage id issued itunes_block itunes_explicit itunes_image itunes_keywords itunes_subtitle keywords "
    "language lastbuilddate link media_category media_credit media_keywords media_rating media_thumbnail modified "
    "name pubdate published updated uri url webmaster width"
)


def read_document(text: str, url: str) -> Document | None:
    """The feed in `text`, as `xmltext` gives it; None where this is not for us. `url` is where it was found."""
    try:
        root, names = _parse(text)
        base = names.base(root, rebased_to(url, url))
        kind = names.of(root.tag)
        if kind == "feed":
            names.version = names.version or "atom"
            head = Draft(names)
            entries = _children(head, root, base, 1)
        elif kind in ("rss", "rdf_rdf"):
            if kind == "rss" and not names.version.startswith("rss"):
                names.version = "rss"
            head, entries = _channels(root, names, base)
        else:
            return None
    except (Unsure, ParseError, UnicodeError):
        return None
    return Document(telling(head.title), tuple(entries))


def _parse(text: str) -> tuple[Element, Names]:
    names = Names(rebased="base" in text)
    # Any, because the type of what iterparse gives does not know its `root`.
    events: Any = iterparse(io.BytesIO(text.encode()), events=("start-ns",))  # noqa: S314 (no declaration is left)
    at_root = _declarations(text)
    for number, (_, (prefix, address)) in enumerate(events):
        names.declare(prefix or "", address, at_root=number < at_root)
    root: Element = events.root
    return root, names


def _declarations(text: str) -> int:
    """How many namespaces the root declares."""
    start = _ROOT.search(text)
    return sum(name.startswith("xmlns") for name in _ATTRIBUTES.findall(start[0])) if start else 0


def _channels(root: Element, names: Names, base: str) -> tuple[Draft, list[Entry]]:
    """RSS keeps its items in the channel, RDF beside it."""
    head = Draft(names)
    entries: list[Entry] = []
    for child in root:
        name = names.of(child.tag)
        if name == "channel":
            if child.get("href") is not None or child.get("lastmod") is not None:
                raise Unsure
            entries += _children(head, child, names.base(child, base), 2)
        elif name == "item":
            entries.append(_entry(head, child, names.base(child, base), 2))
        elif name in _PICTURED:
            _pictured(head, child, name, 2)
        else:
            unknown(names, child)
    return head, entries


def _children(head: Draft, channel: Element, base: str, depth: int) -> list[Entry]:
    entries: list[Entry] = []
    for child in channel:
        name = head.names.of(child.tag)
        inner = head.names.base(child, base)
        if name in _ITEMS:
            entries.append(_entry(head, child, inner, depth + 1))
        elif name in _PICTURED:
            _pictured(head, child, name, depth + 1)
        elif name in _PERSONS:
            _person(head.names, child)
        else:
            _say(head, child, name, inner, depth + 1)
    return entries


def _say(head: Draft, element: Element, name: str, base: str, depth: int) -> None:
    """What the head of a feed says. Some of it has a part in how the entries after it are read."""
    if name in _TITLES:
        title(head, element, base, depth)
    elif name in _DESCRIPTIONS:
        known = head.has_summary
        description(head, element, base, depth)
        head.has_summary = known
    elif name in _SUMMARIES:
        summary(head, element, base, depth)
    elif name in _CONSTRUCTS:
        markup(element, PLAIN, head.names, base)
    elif name == "itunes_category":
        if any(head.names.of(part.tag) != name for part in element.iter()):
            raise Unsure
    elif name in _SILENT:
        leaf(element)
    else:
        unknown(head.names, element)


def _pictured(head: Draft, element: Element, name: str, depth: int) -> None:
    head.title_depth = -1
    for child in element:
        part = head.names.of(child.tag)
        if part not in _PICTURED[name]:
            raise Unsure
        if leaf(child) and part == "title":
            head.title_depth = depth + 1


def _person(names: Names, element: Element) -> None:
    for child in element:
        if names.of(child.tag) in PERSONAL:
            leaf(child)
        else:
            unknown(names, child)


def _entry(head: Draft, element: Element, base: str, depth: int) -> Entry:
    if element.get("href") is not None or element.get("lastmod") is not None:
        raise Unsure
    draft = Draft(head.names, has_content=head.has_content)
    if element.keys():
        draft.id = head.names.attributes(element).get("rdf:about", "")
    for child in element:
        add(draft, child, base, depth + 1)
    head.title_depth, head.has_content = draft.title_depth, False
    return draft.entry()
