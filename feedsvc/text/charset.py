"""From bytes to text, by the rules of browsers (WHATWG Encoding and HTML, "determining the character encoding").

A mark at the start (BOM) decides, then the HTTP header, then the page's own declaration, then what the bytes look like.
Labels mean what browsers take them to mean: gb2312 and gbk are read as gb18030, latin1 as windows-1252.
"""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WINDOWS_1252 = "windows-1252"
_LABELS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8"), "utf-8"),
    **dict.fromkeys(
        ("gb2312", "gbk", "gb18030", "gb_2312", "gb_2312-80", "csgb2312", "chinese", "csiso58gb231280", "iso-ir-58",
         "x-gbk", "cp936"),
        "gb18030",
    ),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "ms_kanji", "ms932", "windows-31j", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "cseucpkdfmtjapanese"), "euc_jp"),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp"), "iso2022_jp"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "ksc_5601", "korean", "windows-949"), "cp949"),
    **dict.fromkeys(
        ("latin1", "latin-1", "iso-8859-1", "iso8859-1", "iso_8859-1", "l1", "ascii", "us-ascii", "cp1252", "x-cp1252",
         "cp819", "windows-1252", "ansi_x3.4-1968", "x-user-defined"),
        _WINDOWS_1252,
    ),
    **dict.fromkeys(("iso-8859-9", "latin5", "l5", "windows-1254", "x-cp1254"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620", "dos-874", "windows-874"), "cp874"),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode", "ucs-2", "csunicode"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "unicodefffe"), "utf-16-be"),
    **dict.fromkeys(("macintosh", "mac", "x-mac-roman", "csmacintosh"), "mac_roman"),
    **{f"windows-125{digit}": f"cp125{digit}" for digit in "01345678"},
    **{f"iso-8859-{number}": f"iso8859_{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "koi8-r": "koi8_r", "koi8-u": "koi8_u",
}  # fmt: skip
_HEADER = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9_:.\-]+)[\"']", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
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
    if "\ufffd" not in text:
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
    # The declaration was readable as ASCII, so it cannot be UTF-16 (WHATWG prescan, last step).
    return "utf-8" if name and name.startswith("utf-16") else name


def _known(label: str) -> str | None:
    return _LABELS.get(label.strip().lower())


def _decode(body: bytes, name: str) -> str:
    if name == _WINDOWS_1252:
        return body.decode("latin-1").translate(_C1)
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


def _c1_table() -> dict[int, str]:
    # Python's codec refuses five bytes that browsers pass through as controls.
    table: dict[int, str] = {}
    for byte in range(0x80, 0xA0):
        table[byte] = bytes([byte]).decode("cp1252", "ignore") or chr(byte)
    return table


_C1 = _c1_table()
