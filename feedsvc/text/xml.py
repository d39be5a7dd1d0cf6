"""Text that may stand in an XML document, and that nobody can take for markup.

XML 1.0 (section 2.2) forbids most controls, lone surrogates and U+FFFE/FFFF even as references: one of them in one title
makes a whole feed unreadable. HTML's own parser calls further ones errors (noncharacters, C1 controls), and so does the
feed validator. Every text that goes into a feed comes through here.
"""

import html
import re
from itertools import chain

_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_NONCHARACTERS = (
    *range(0xFDD0, 0xFDF0),
    *(plane + low for plane in range(0, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF)),
)
# Tab and line feed stay; U+FFFD is the scar of an earlier wrong decoding and tells a reader nothing.
_FORBIDDEN = dict.fromkeys(chain(range(9), range(0x0B, 0x20), (0x7F, 0xFFFD), range(0xD800, 0xE000), _NONCHARACTERS))
_MISREAD = re.compile("[\u00c2\u00c3][\u0080-\u00bf]")
# What looks like a tag, a comment or a character reference to a reader that takes plain text for HTML.
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_REFERENCE = re.compile(r"&(?=(#?\w+;?))")
_JOINER = "\u2060"


def _from_windows(code: int) -> str | None:
    try:
        return bytes([code]).decode("cp1252")
    except UnicodeDecodeError:
        return None


# C1 controls are bytes of windows-1252 that were read as Latin-1, as HTML has it (13.2.5.80): 0x93 is an opening quote.
_FORBIDDEN_OR_MISREAD = {**_FORBIDDEN, **{code: _from_windows(code) for code in range(0x80, 0xA0)}}


def legal(text: str) -> str:
    """`text` without what XML 1.0 or HTML forbid; line ends become line feeds.

    Two halves of a surrogate pair become their character, C1 controls what windows-1252 means by them, and a text that
    is wholly UTF-8 read as Latin-1 is read again; where only a part looks so, a word joiner says that it is meant.
    `legal(legal(x)) == legal(x)`.
    """
    # Most texts hold nothing of the kind, which is sooner seen than replaced.
    if text.replace("\n", "").isprintable() and "\ufffd" not in text and not _MISREAD.search(text):
        return text
    text = _PAIR.sub(_join, text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _reread(text.translate(_FORBIDDEN)).translate(_FORBIDDEN_OR_MISREAD)
    return _MISREAD.sub(_keep_apart, text)


def line(text: str) -> str:
    """`legal` on one line: every run of white space is one space, none at the ends."""
    while (tidy := " ".join(legal(text).split())) != text:
        text = tidy
    return text


def literal(text: str) -> str:
    """`line` that reads the same as plain text and as HTML.

    RSS does not say which of the two a title is, and readers differ: `<b>` would vanish in some. An invisible word joiner
    (U+2060) behind the `<` or `&` of whatever a reader could take for a tag or a character reference settles it.
    """
    text = _TAG.sub("<" + _JOINER, line(text))
    return _REFERENCE.sub(_settle, text)


def _join(pair: re.Match[str]) -> str:
    high, low = ord(pair[1]) - 0xD800, ord(pair[2]) - 0xDC00
    return chr(0x10000 + (high << 10) + low)


def _reread(text: str) -> str:
    while _MISREAD.search(text):
        try:
            text = text.encode("latin-1").decode("utf-8")
        except UnicodeError:
            break
    return text


def _keep_apart(pair: re.Match[str]) -> str:
    return pair[0][0] + _JOINER + pair[0][1]


def _settle(found: re.Match[str]) -> str:
    name = found[1].removesuffix(";")
    plain = (
        name.isalpha() and html.unescape("&" + found[1]) == "&" + found[1] and html.unescape(f"&{name};") == f"&{name};"
    )
    return "&" if plain else "&" + _JOINER
