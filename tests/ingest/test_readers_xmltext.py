"""XML as text: every encoding whole, and nothing that expands, loads or deceives."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.readers.upstream.feeds import read_document
from feedsvc.ingest.readers.upstream.xmltext import (
    text_of,
    with_references_only,
    with_sound_references,
    without_doctype,
)

URL = "https://up.example/feed"
CHINESE = "新闻：张镕喆、㐂与𠀀"
PLAIN = "<rss version='2.0'><channel><item><title>{}</title><link>https://up.example/1</link></item></channel></rss>"


def declared(title: str, encoding: str) -> str:
    return f"<?xml version='1.0' encoding='{encoding}'?>\n" + PLAIN.format(title)


def title_of(body: bytes, content_type: str = "text/xml") -> str:
    document, _ = read_document(text_of(body, content_type), URL)
    title = document.entries[0].title
    return title.value if title else ""


@pytest.mark.parametrize(
    ("title", "label", "codec"),
    [
        (CHINESE, "gb2312", "gb18030"),
        (CHINESE, "GBK", "gb18030"),
        (CHINESE, "gb18030", "gb18030"),
        ("臺灣大學新聞", "big5", "big5"),
        ("東京大学①ニュース", "Shift_JIS", "cp932"),
        ("大学ニュース", "EUC-JP", "euc_jp"),
        ("대학 뉴스 똠", "euc-kr", "cp949"),
        ("naïve “quotes” – €", "iso-8859-1", "cp1252"),
        ("naïve “quotes” – €", "windows-1252", "cp1252"),
        ("Žluťoučký kůň", "iso-8859-2", "iso8859_2"),
        ("Новости", "koi8-r", "koi8_r"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        ("naïve", "utf-16", "utf-16-le"),
        ("naïve", "utf-16", "utf-16-be"),
        (CHINESE, "utf-32", "utf-32"),
        ("naïve", "cp037", "cp037"),
        ("naïve ├", "cp437", "cp437"),
    ],
)
@pytest.mark.parametrize("content_type", ["", "text/xml", "application/rss+xml"])
def test_every_encoding_is_read_whole(title: str, label: str, codec: str, content_type: str) -> None:
    assert title_of(declared(title, label).encode(codec), content_type) == title


def test_the_mark_counts_before_the_header_and_the_header_before_the_declaration() -> None:
    assert title_of(declared("é", "gb2312").encode("utf-8-sig"), "text/xml; charset=iso-8859-1") == "é"
    assert title_of(declared("新", "utf-8").encode("gb18030"), "text/xml; charset=gb2312") == "新"
    assert title_of(declared("新", "gb2312").encode(), "application/xml; charset=utf-8") == "新"


def test_one_wrong_byte_costs_one_character() -> None:
    body = declared(CHINESE * 3, "utf-8").encode().replace("新".encode(), b"\xe6\x96", 1)
    assert CHINESE[1:] in title_of(body)
    assert title_of(declared("A caf\xe9 “x”", "utf-8").encode("cp1252")) == "A café “x”"


@given(st.text(alphabet=st.characters(codec="gb18030", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_gb2312_is_lossless(title: str) -> None:
    text = text_of(declared(title, "gb2312").encode("gb18030"), "text/xml")
    assert text.strip() == PLAIN.format(title)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">\n' for n in range(1, 12))


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE rss [<!ENTITY e0 "ha"><!ENTITY x SYSTEM "file:///etc/passwd">' + BOMB + "]>",
        '<!DOCTYPE rss [\n<!ENTITY e11 "expanded">\n]>',
        "<!DOCTYPE rss SYSTEM \"http://x.example/x.dtd\" [<!-- ] > --><!ENTITY e11 'expanded ]> '> %p;]>",
        '<!-- > --><?pi ?><!doctype rss [<!ENTITY e11 "expanded">]>',
        '<!ENTITY e11 "expanded">',
        '<!DOCTYPE a><!DOCTYPE rss [<!ENTITY e11 "expanded">]>',
        '<!DOCTYPE rss [<!ENTITY e11 "expanded"> "unclosed ]>',
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">',
    ],
)
def test_no_entity_is_ever_expanded_and_none_costs_the_feed(prolog: str) -> None:
    body = f"<?xml version='1.0'?>\n{prolog}\n" + PLAIN.format("a &e11; &x; b")
    assert title_of(body.encode()) == "a &e11; &x; b"
    assert "ENTITY" not in text_of(body.encode(), "")


def test_the_names_of_html_are_read() -> None:
    body = "<!DOCTYPE rss SYSTEM 'x.dtd'>" + PLAIN.format("Caf&eacute; &amp; Bar")
    assert title_of(body.encode()) in ("Café & Bar", "Café &amp; Bar")


def test_only_the_declaration_at_the_start_goes() -> None:
    shown = PLAIN.format("<![CDATA[<?xml version='1.0'?>]]>")
    assert text_of(f"\n<?xml version='1.0'?>{shown}".encode(), "") == shown
    assert text_of(shown.encode(), "") == shown
    assert text_of(f"<?xml-stylesheet href='x'?>{shown}".encode(), "") == f"<?xml-stylesheet href='x'?>{shown}"


def test_what_only_looks_like_a_doctype_stays() -> None:
    text = "<rss><a><![CDATA[<!DOCTYPE x [<!ENTITY a 'b'>]>]]></a></rss>"
    assert without_doctype(text) == text
    assert without_doctype(f"<!-- it is no <!DOCTYPE -->{text}") == text


@given(
    st.lists(
        st.sampled_from(
            ["<!DOCTYPE x", "<!ENTITY a 'b'>", "[", "]", ">", "<!--", "-->", "'", '"', "<?p", "?>", "\n", "x"]
        )
    )
)
def test_no_prolog_declares_anything(parts: list[str]) -> None:
    text = without_doctype("".join(parts) + "<rss/>")
    assert not re.search(r"<!(?:DOCTYPE|ENTITY)\b", text[: text.find("<rss/>")])


@given(st.text(alphabet="&#x;0123456789abcdefD", max_size=20))
def test_references_become_sound(text: str) -> None:
    sound = with_sound_references(text)
    assert with_sound_references(sound) == sound
    assert with_sound_references("&#xD800;&#0;&#99999999999;&#x41;&#x10FFFF;") == "\ufffd\ufffd\ufffd&#x41;&#x10FFFF;"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("R&D AT&T", "R&D AT&T"),
        ("R&D &amp; AT&amp;T", "R&D & AT&T"),
        ("caf\xe9 &eacute; & R&D", "café é & R&D"),
        ("Q&A: R&D-lab, my_&_R&D_b", "Q&A: R&D-lab, my_&_R&D_b"),
        ("&copy 2020 &copy; &#169;&nbsp;& x", "© 2020 © ©\xa0& x"),
        ("&", "&"),
        ("<![CDATA[R&D &]]>", "R&D &"),
    ],
)
def test_an_ampersand_that_begins_no_reference_is_one(written: str, read: str) -> None:
    assert title_of(PLAIN.format(f"{written}</title><own>a & b</own><title>").encode()) == read


def test_an_address_keeps_its_ampersands() -> None:
    text = PLAIN.format("R&D").replace("/1<", "/1?a=1&b=2&copy=3&amp;d=4<")
    document, _ = read_document(text, URL)
    assert document.entries[0].link == "https://up.example/1?a=1&b=2&copy=3&d=4"


@given(st.text(alphabet="&#x;ampcoyD1= <![CDATA>]", max_size=40))
def test_references_alone_are_left(text: str) -> None:
    mended = with_references_only(text)
    assert with_references_only(mended) == mended
    assert mended.replace("&amp;", "&") == text.replace("&amp;", "&")


def test_a_well_formed_document_needs_no_mending() -> None:
    text = declared("R&amp;D &#38; &#x26; &copy; <![CDATA[ & &b ]]>", "utf-8")
    assert with_references_only(text) == text
