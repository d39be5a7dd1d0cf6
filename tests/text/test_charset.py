"""Bytes become the text that their author meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text.charset import declared_encoding, decode

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


@given(st.text(), st.sampled_from(["utf-8", "gb18030"]))
def test_valid_text_comes_through_whole(text: str, name: str) -> None:
    if not text.startswith("\ufeff") and "\ufffd" not in text:
        body = text.encode(name)
        if not body.startswith((b"\xff\xfe", b"\xfe\xff")):
            assert decode(body, f"text/html; charset={name}") == text


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_break_it(body: bytes, label: str) -> None:
    assert isinstance(decode(body, f"text/html; charset={label}"), str)
