"""Text constructs of well-formed feeds: escaped text and inline XHTML, with their kinds as feedparser tells them."""

import re
from contextlib import suppress
from html import escape
from html.entities import entitydefs
from xml.etree.ElementTree import Element

from feedsvc.ingest.readers.upstream.entries import Markup
from feedsvc.ingest.readers.upstream.names import Names, Unsure
from feedsvc.ingest.readers.upstream.vocabulary import HTML, KNOWN, words

PLAIN, RICH, XHTML = "text/plain", "text/html", "application/xhtml+xml"
_KINDS = {"text": PLAIN, "plain": PLAIN, "html": RICH, "xhtml": XHTML}
_CLOSING = re.compile(r"</\w+>")
_REFERENCE = re.compile(r"&#?\w+;")
_TAGS = re.compile(r"</?(\w+)")
_ENTITIES = re.compile(r"&(\w+);")
_C1 = re.compile(r"[\x80-\x9f]")
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_DEEPEST = 100
_FOREIGN = frozenset({"svg", "math"})
# Names of no element of any dialect, under which feedparser keeps what it read.
_TAKEN = words("links authors author_detail title_detail summary_detail description_detail date date_parsed")


def markup(element: Element, default: str, names: Names, base: str) -> Markup:
    """What a text construct holds; `default` is its kind where it names none. Raises Unsure."""
    attributes = names.attributes(element)
    named = attributes.get("type", default)
    kind = _KINDS.get(named, named)
    if kind not in (PLAIN, RICH, XHTML) or attributes.get("mode") == "base64":
        raise Unsure
    if kind == XHTML:
        value = inline(element, names)
    else:
        value = leaf(element)
        if kind == PLAIN and not names.version.startswith("atom") and looks_rich(value):
            kind = RICH
    return Markup(mended(value), kind, base)


def leaf(element: Element) -> str:
    """The text of an element that holds nothing else, stripped. Raises Unsure for one that does."""
    if len(element):
        raise Unsure
    return (element.text or "").strip()


def unknown(names: Names, element: Element) -> None:
    """Pass over an element that means nothing to feedparser. Raises Unsure where it or anything in it may."""
    for part in element.iter():
        name = names.of(part.tag)
        if name in KNOWN or name in _TAKEN or (names.rebased and part.get("base") is not None):
            raise Unsure


def inline(element: Element, names: Names) -> str:
    """The XHTML in an element, stripped; of Atom 1.0 without the <div> around all of it. Raises Unsure."""
    pieces: list[str] = []
    around = names.version == "atom10" and len(element) == 1 and _is_div_alone(element, names)
    _write(element[0] if around else element, names, pieces, _DEEPEST)
    return "".join(pieces).strip()


def mended(value: str) -> str:
    """The text without what comes of encoding twice: UTF-8 taken for Latin-1, and controls that were windows-1252."""
    if value.isascii():
        return value
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    return value.translate(_WINDOWS) if _C1.search(value) else value


def looks_rich(value: str) -> bool:
    """Is a text that calls itself plain HTML? Only where every tag and every entity in it is one of HTML's."""
    if not (("</" in value and _CLOSING.search(value)) or ("&" in value and _REFERENCE.search(value))):
        return False
    return all(tag.lower() in HTML for tag in _TAGS.findall(value)) and all(
        name in entitydefs for name in _ENTITIES.findall(value)
    )


def _is_div_alone(element: Element, names: Names) -> bool:
    alone = not (element.text or "").strip() and not (element[0].tail or "").strip()
    return alone and _local(element[0].tag, names) == "div"


def _local(tag: str, names: Names) -> str:
    # feedparser acts on the end of some elements even inside of content.
    if names.of(tag) in KNOWN:
        raise Unsure
    local = tag.rpartition("}")[2].lower()
    if local in _FOREIGN:
        raise Unsure
    return local


def _write(element: Element, names: Names, pieces: list[str], depth: int) -> None:
    if not depth:
        raise Unsure
    if element.text:
        pieces.append(escape(element.text, quote=False))
    for child in element:
        name = _local(child.tag, names)
        pieces.append(f"<{name}{_attributes(child)}>")
        _write(child, names, pieces, depth - 1)
        pieces.append(f"</{name}>")
        if child.tail:
            pieces.append(escape(child.tail, quote=False))


def _attributes(element: Element) -> str:
    written = {}
    for name, value in element.items():
        key = name.lower().replace("{http://www.w3.org/xml/1998/namespace}", "xml:")
        if key[0] == "{" or key in written:
            raise Unsure
        written[key] = escape(value.lower() if key in ("rel", "type") else value, quote=False).replace('"', "&quot;")
    return "".join(f' {key}="{value}"' for key, value in written.items())
