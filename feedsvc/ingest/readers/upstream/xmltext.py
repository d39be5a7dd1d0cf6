"""The text of an XML document: its characters, and nothing that could expand, load or deceive.

What declares entities goes before any parser sees it, so no entity but the five of XML (and, where a document is not
well-formed, the names of HTML) ever means anything, and nothing outside the document is ever loaded.
"""

import codecs
import re
from html.entities import html5

from feedsvc.text.charset import declared_encoding, decode

_LOST = "\ufffd"
_DECLARATION = re.compile(r"\s*<\?xml(?=[\s?])[^>]*>")
_NAMED = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{1,40})[\"']")
_FIRST_ELEMENT = re.compile(r"<[A-Za-z0-9_]")
_PROLOG = re.compile(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE|<", re.DOTALL | re.IGNORECASE)
_DOCTYPE = re.compile(r"<!--.*?-->|<\?.*?\?>|\"[^\"]*\"|'[^']*'|[\[\]>]", re.DOTALL)
_DECLARED = re.compile(r"<!(?:ENTITY|DOCTYPE|ELEMENT|ATTLIST|NOTATION)\b[^>]*>?", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)
# A name of HTML that needs no semicolon (HTML, section 13.5): `&copy 2020`, but not the `&copy=2` of an address.
_OLD = "|".join(sorted((name for name in html5 if not name.endswith(";")), key=len, reverse=True))
_CDATA_OR_BARE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rf"|&(?!#(?:[0-9]+|x[0-9a-f]+);|[a-z][a-z0-9.-]*;|(?-i:{_OLD})(?![a-z0-9=.-]))",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
# By their first bytes, for documents without a mark (XML 1.0, appendix F); the first two are UTF-32's marks.
_FOREIGN = (
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)


def text_of(body: bytes, content_type: str) -> str:
    """The document as text, without XML declaration and DOCTYPE.

    A mark at the start counts first, then the header, then the declaration (RFC 7303, section 3), with the meanings that
    browsers give to their names; names that browsers do not know mean what Python takes them to mean. Where more bytes
    are wrong than right in that encoding, the text is windows-1252. Never raises.
    """
    text = _foreign(body, content_type)
    if text is None:
        text = decode(body, content_type)
        if _LOST in text and text.count(_LOST) * 2 > sum(letter > "\x7f" for letter in text):
            text = decode(body, "text/xml; charset=windows-1252")
    declaration = _DECLARATION.match(text)
    return without_doctype(text[declaration.end() :] if declaration else text)


def without_doctype(text: str) -> str:
    """The document without its DOCTYPE, and without comments and declarations before its first element."""
    if "<!" not in text[: _head(text)]:
        return text
    kept: list[str] = []
    rest = 0
    while token := _PROLOG.search(text, rest):
        kept.append(text[rest : token.start()])
        rest = token.end()
        if token[0] == "<":
            rest = token.start()
            break
        if token[0].startswith("<?"):
            kept.append(token[0])
        elif not token[0].startswith("<!--"):
            rest = _end_of_doctype(text, rest)
    text = "".join(kept) + text[rest:]
    head = _head(text)
    return _DECLARED.sub("", text[:head]) + text[head:]


def with_sound_references(text: str) -> str:
    """The text with a replacement character for each numeric reference to what is no character of XML."""
    return _REFERENCE.sub(_sound, text)


def with_references_only(text: str) -> str:
    """The text with each ampersand that begins no reference written as `&amp;`; CDATA sections stay as they are.

    feedparser ends with a semicolon what it takes for a reference: its `R&D` is `R&D;`.
    """
    return _CDATA_OR_BARE.sub(lambda found: "&amp;" if found[0] == "&" else found[0], text)


def _foreign(body: bytes, content_type: str) -> str | None:
    for start, name in _FOREIGN:
        if body.startswith(start):
            named = _NAMED.match(body.decode(name, "ignore")[:400].encode("ascii", "ignore"))
            return _decoded(body, named[1].decode() if named and name == "cp037" else name) or _decoded(body, name)
    named = _NAMED.match(body[:400].removeprefix(codecs.BOM_UTF8))
    if named is None or declared_encoding(body, content_type) is not None:
        return None
    return _decoded(body, named[1].decode())


def _decoded(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _head(text: str) -> int:
    found = _FIRST_ELEMENT.search(text)
    return found.start() if found else len(text)


def _end_of_doctype(text: str, start: int) -> int:
    inside = False
    for token in _DOCTYPE.finditer(text, start):
        if token[0] == ">" and not inside:
            return token.end()
        inside = token[0] == "[" or (inside and token[0] != "]")
    return start


def _sound(match: re.Match[str]) -> str:
    digits = (match[1] or match[2]).lstrip("0")[:8] or "0"
    code = int(digits, 16 if match[1] else 10)
    sound = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if sound else _LOST
