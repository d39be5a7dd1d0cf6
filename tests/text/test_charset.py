"""Bytes become the text that their author meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text.charset import declared_encoding, decode
from feedsvc.text.labels import LABELS, SINGLE_BYTE

RARE = "副校长张镕喆一行赴企业调研"


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030", "gb_2312-80", "x-gbk"])
def test_every_gb_is_gb18030(label: str) -> None:
    body = RARE.encode("gb18030")
    assert decode(body, f"text/html; charset={label}") == RARE
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={label}" />'.encode()
    assert decode(meta + body, "text/html").endswith(RARE)


@pytest.mark.parametrize(
    "head", [b"<meta charset=gb2312>", b"<META CHARSET = 'GBK'>", b'<?xml version="1.0" encoding="gbk"?>']
)
def test_declarations_in_the_page(head: bytes) -> None:
    assert decode(head + RARE.encode("gb18030")).endswith(RARE)


def test_the_mark_at_the_start_wins_then_the_header_then_the_page() -> None:
    assert decode(b"\xef\xbb\xbf" + "é".encode(), "text/html; charset=gbk") == "é"
    assert decode("\ufeffé".encode("utf-16-le"), "") == "é"
    assert decode("é".encode("utf-16-be").join([b"\xfe\xff", b""]), "text/html; charset=utf-8") == "é"
    assert decode("<meta charset=gbk>é".encode(), "text/html; charset=utf-8") == "<meta charset=gbk>é"


def test_latin1_is_windows_1252_and_loses_no_byte() -> None:
    assert decode(b"\x93quoted\x94 \x80", "text/html; charset=iso-8859-1") == "“quoted” €"
    assert len(decode(bytes(range(256)), "text/html; charset=latin1")) == 256


def test_a_comment_declares_nothing() -> None:
    assert declared_encoding(b"<!-- <meta charset=gbk> --><meta charset=big5>") == "big5hkscs"


def test_a_page_cannot_say_utf_16_in_ascii() -> None:
    assert declared_encoding(b"<meta charset=utf-16>") == "utf-8"


@pytest.mark.parametrize("label", ["", "nonsense", "utf-7", "rot13", "unicode_escape", "base64", "idna"])
def test_unknown_labels_are_passed_over(label: str) -> None:
    assert decode(RARE.encode(), f"text/html; charset={label}") == RARE


def test_without_any_declaration_the_bytes_speak() -> None:
    assert decode(RARE.encode()) == RARE
    assert decode(RARE.encode("gb18030")) == RARE
    assert decode("Caféhaus, naïve, Zürich".encode("latin-1")) == "Caféhaus, naïve, Zürich"
    assert decode(b"") == ""


def test_a_plainly_wrong_declaration_is_overruled() -> None:
    assert decode(RARE.encode("gb18030"), "text/html; charset=utf-8") == RARE
    assert decode(RARE.encode(), "text/html; charset=gb2312") == RARE


def test_one_bad_byte_costs_one_character() -> None:
    body = (RARE * 20).encode() + b"\xff<p>end</p>"
    assert decode(body, "text/html; charset=utf-8") == RARE * 20 + "\ufffd<p>end</p>"
    assert decode((RARE * 20).encode("gb18030") + b"\xb0<p>", "text/html; charset=gbk").endswith("<p>")


STANDARD = [
    "unicode-1-1-utf-8", "utf8", "x-unicode20utf8", "866", "ibm866", "latin2", "iso_8859-2:1987", "l3",
    "iso-ir-110", "cyrillic", "asmo-708", "iso-8859-6-e", "elot_928", "sun_eu_greek", "visual", "logical",
    "iso-8859-8-i", "latin6", "iso-8859-13", "iso885914", "l9", "iso-8859-16", "koi", "koi8-ru", "macintosh",
    "x-mac-roman", "dos-874", "tis-620", "windows-1250", "x-cp1251", "ascii", "cp819", "iso-8859-1", "us-ascii",
    "windows-1252", "cp1253", "latin5", "windows-1254", "x-cp1255", "cp1256", "windows-1257", "cp1258",
    "x-mac-ukrainian", "chinese", "gb2312", "gbk", "gb18030", "x-gbk", "big5", "big5-hkscs", "cn-big5", "euc-jp",
    "iso-2022-jp", "shift_jis", "sjis", "x-sjis", "windows-31j", "euc-kr", "ks_c_5601-1987", "korean",
    "windows-949", "hz-gb-2312", "iso-2022-kr", "replacement", "unicodefffe", "utf-16be", "ucs-2", "utf-16",
    "x-user-defined",
]  # fmt: skip


@pytest.mark.parametrize("label", STANDARD)
def test_labels_of_the_standard_are_known_in_any_case_and_spacing(label: str) -> None:
    assert declared_encoding(b"", f"text/html; charset={label.upper()}") == LABELS[label]
    assert isinstance(decode(b"\x41\x80\xff", f"text/html; charset={label}"), str)


def test_every_label_stands_for_a_codec() -> None:
    assert len(LABELS) == 228
    for name in set(LABELS.values()) - {"replacement", "x-user-defined"}:
        assert "A".encode(name)


@pytest.mark.parametrize("name", sorted(SINGLE_BYTE))
def test_a_single_byte_encoding_loses_nothing_that_it_can_write(name: str) -> None:
    label = next(label for label, meant in LABELS.items() if meant == name)
    whole = bytes(range(256))
    read = decode(whole, f"text/html; charset={label}")
    assert len(read) == 256 or "\ufffd" in bytes(range(0xA0, 0x100)).decode(name, "replace")
    assert read[:0x80] == whole[:0x80].decode("ascii")


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("koi8-u", b"\xae\xbe", "\u045e\u040e"),
        ("windows-1255", b"\xca", "\u05ba"),
        ("windows-1250", b"\x81", "\x81"),
        ("x-user-defined", b"a\x80\xff", "a\uf780\uf7ff"),
        ("gbk", b"\xd6\xd0 \x80 5", "中 \u20ac 5"),
        ("gb2312", b"\xd6\xd0\xff<p>\xd6\xd0", "中\ufffd<p>中"),
        ("iso-2022-kr", b"\xc0<script>", "\ufffd"),
        ("hz-gb-2312", b"", ""),
        ("shift_jis", b"\x83\x5c\x87\x40", "ソ①"),
        ("utf-16", "é中".encode("utf-16-le"), "é中"),
    ],
)
def test_where_the_standard_and_python_differ_the_standard_holds(label: str, body: bytes, text: str) -> None:
    assert decode(body, f"text/html; charset={label}") == text


@pytest.mark.parametrize(
    ("declaration", "name"),
    [("utf-16be", "utf-8"), ("x-user-defined", "cp1252"), ("iso-8859-1", "cp1252"), ("gb2312", "gb18030")],
)
def test_a_page_declares_what_it_can(declaration: str, name: str) -> None:
    assert declared_encoding(f'<meta charset="{declaration}">'.encode()) == name
    assert declared_encoding(f'<?xml version="1.0" encoding="{declaration}"?>'.encode()) == name


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["gb2312", "GBK", "x-gbk", "chinese"]))
def test_all_that_gb18030_can_write_comes_back_from_a_page_that_says_gb2312(text: str, label: str) -> None:
    page = f'<meta charset="{label}"><p>{text}</p>'
    assert decode(page.encode("gb18030"), "text/html") == page
    assert decode(page.encode("gb18030"), f"text/html;charset={label}") == page


@given(st.text(), st.sampled_from(["utf-8", "gb18030"]))
def test_valid_text_comes_through_whole(text: str, name: str) -> None:
    if not text.startswith("\ufeff") and "\ufffd" not in text:
        body = text.encode(name)
        if not body.startswith((b"\xff\xfe", b"\xfe\xff")):
            assert decode(body, f"text/html; charset={name}") == text


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_break_it(body: bytes, label: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={label}"), str)
