"""From bytes to text, by the rules of browsers (WHATWG Encoding and HTML, "determining the character encoding").

A mark at the start (BOM) decides, then the HTTP header, then the page's own declaration, then what the bytes look like.
Labels mean what browsers take them to mean (`text.labels`): gb2312 and gbk are read as gb18030, latin1 as windows-1252.
"""

import codecs
import re
from functools import cache

from feedsvc.text.labels import LABELS, SINGLE_BYTE

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WINDOWS_1252 = "cp1252"
# Where the standard's table differs from Python's.
_CORRECTED = {("koi8_u", 0xAE): "\u045e", ("koi8_u", 0xBE): "\u040e", ("cp1255", 0xCA): "\u05ba"}
_HEADER = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9_:.\-]+)[\"']", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_GB_ERRORS = "feedsvc.gb18030"
# Pages of old CMSs carry long comments before their meta: look further than the 1,024 bytes of the standard.
_PRESCAN = 4096


def decode(body: bytes, content_type: str = "") -> str:
    """The text of `body`; `content_type` is the HTTP header's value. Never raises; bytes that are wrong become U+FFFD.

    Text in a valid encoding comes through whole. Where bytes are wrong in the declared encoding but valid UTF-8, that is
    taken; likewise GB18030 where a tenth of the characters that are not ASCII would be lost otherwise.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    declared = declared_encoding(body, content_type)
    if declared is None:
        return _undeclared(body)
    text = _decode(body, declared)
    # A lone 0x80 in GB is the euro sign, or the sign of UTF-8.
    if "\ufffd" not in text and not (declared == "gb18030" and "\u20ac" in text):
        return text
    much = text.count("\ufffd") * 10 > sum(letter > "\x7f" for letter in text)
    return _as_utf8(body) or (_as_gb(body) if much else None) or text


def declared_encoding(body: bytes, content_type: str = "") -> str | None:
    """Python's name of the encoding that the header, the meta or the XML declaration names; None for none known."""
    header = _HEADER.search(content_type)
    if header and (name := _known(header[1])):
        return name
    start = _COMMENT.sub(b"", body[:_PRESCAN])
    found = _XML.search(start) or _META.search(start)
    name = _known(found[1].decode("ascii")) if found else None
    # The declaration was readable as ASCII, so it cannot be UTF-16 (WHATWG prescan, last steps).
    return {"utf-16-le": "utf-8", "utf-16-be": "utf-8", "x-user-defined": _WINDOWS_1252}.get(name or "", name)


def _known(label: str) -> str | None:
    return LABELS.get(label.strip("\t\n\f\r ").lower())


def _decode(body: bytes, name: str) -> str:
    if name == "replacement":
        return "\ufffd" if body else ""
    if name == "gb18030":
        return body.decode(name, _GB_ERRORS)
    if name in SINGLE_BYTE or name == "x-user-defined":
        return body.decode("latin-1").translate(_table(name))
    return body.decode(name, "replace")


def _undeclared(body: bytes) -> str:
    return _as_utf8(body) or _as_gb(body) or _decode(body, _WINDOWS_1252)


def _as_utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _as_gb(body: bytes) -> str | None:
    high = re.findall(rb"[\x80-\xff].?", body, re.DOTALL)
    # In GB text nearly every pair lies in the rows of GB2312; accented Latin is followed by plain letters.
    if high and sum(len(pair) == 2 and pair[0] >= 0xA1 and pair[1] >= 0xA1 for pair in high) < 0.8 * len(high):
        return None
    try:
        return body.decode("gb18030")
    except UnicodeDecodeError:
        return None


@cache
def _table(name: str) -> dict[int, str]:
    """What the bytes from 0x80 on mean. Bytes that Python refuses are controls below 0xA0, for browsers pass them on."""
    if name == "x-user-defined":
        return {byte: chr(0xF700 + byte) for byte in range(0x80, 0x100)}
    return {byte: _CORRECTED.get((name, byte)) or _character(name, byte) for byte in range(0x80, 0x100)}


def _character(name: str, byte: int) -> str:
    return bytes([byte]).decode(name, "ignore") or (chr(byte) if byte < 0xA0 else "\ufffd")


def _gb_error(error: UnicodeError) -> tuple[str, int]:
    """Go on after wrong bytes as the standard's gb18030 decoder does: 0x80 alone is the euro sign, ASCII is never lost."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    body, start = error.object, error.start
    if body[start] == 0x80:
        return "\u20ac", start + 1
    lone = start + 1 >= len(body) or body[start + 1] < 0x80
    return "\ufffd", start + (1 if lone else 2)


codecs.register_error(_GB_ERRORS, _gb_error)
