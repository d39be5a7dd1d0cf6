"""Text constructs: their kinds and their markup as feedparser tells them."""

from xml.etree.ElementTree import fromstring

import pytest
from feedparser.html import _cp1252
from feedparser.mixin import _FeedParserMixin
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.readers.upstream.constructs import inline, leaf, looks_rich, markup, mended, unknown
from feedsvc.ingest.readers.upstream.entries import Markup
from feedsvc.ingest.readers.upstream.names import Names, Unsure

BASE = "https://up.example/"
XHTML = "http://www.w3.org/1999/xhtml"


def names(version: str = "atom10") -> Names:
    made = Names(version)
    made.declare("", "http://www.w3.org/2005/Atom", at_root=True)
    made.declare("h", XHTML, at_root=True)
    made.declare("own", "https://own.example/ns", at_root=True)
    return made


@pytest.mark.parametrize(
    ("xml", "version", "value", "kind"),
    [
        ("<t> plain </t>", "atom10", "plain", "text/plain"),
        ("<t>&lt;b&gt;x&lt;/b&gt;</t>", "atom10", "<b>x</b>", "text/plain"),
        ("<t>&lt;b&gt;x&lt;/b&gt;</t>", "rss", "<b>x</b>", "text/html"),
        ("<t>&lt;foo&gt;x&lt;/foo&gt;</t>", "rss", "<foo>x</foo>", "text/plain"),
        ("<t type='html'>&lt;b&gt;x</t>", "atom10", "<b>x", "text/html"),
        ("<t TYPE='HTML'>x</t>", "atom10", "x", "text/html"),
        ("<t type='text/html' mode='escaped'>x</t>", "atom03", "x", "text/html"),
        ("<t type='xhtml'>a &amp; b</t>", "atom10", "a &amp; b", "application/xhtml+xml"),
        ("<t type='xhtml'><div><p>x</p></div></t>", "atom10", "<p>x</p>", "application/xhtml+xml"),
        ("<t type='xhtml'><div><p>x</p></div></t>", "atom03", "<div><p>x</p></div>", "application/xhtml+xml"),
    ],
)
def test_kinds(xml: str, version: str, value: str, kind: str) -> None:
    assert markup(fromstring(xml), "text/plain", names(version), BASE) == Markup(value, kind, BASE)


@pytest.mark.parametrize(
    "xml",
    [
        "<t type='image/png'>x</t>",
        "<t type='application/xml'><x/></t>",
        "<t mode='base64'>eA==</t>",
        "<t>text <b>and markup</b></t>",
        "<t type='html'><b>markup</b></t>",
        "<t type='xhtml'><svg/></t>",
        "<t type='xhtml'><details><summary>closes the content in feedparser</summary></details></t>",
        "<t type='xhtml'><p xmlns:q='urn:q' q:x='1'/></t>",
    ],
)
def test_what_is_in_doubt_is_left(xml: str) -> None:
    with pytest.raises(Unsure):
        markup(fromstring(xml), "text/plain", names(), BASE)


@pytest.mark.parametrize(
    ("xml", "written"),
    [
        (f"<t xmlns:h='{XHTML}'> <h:div>x<h:br/></h:div>\n</t>", "x<br></br>"),
        ("<t><div>a</div><div>b</div></t>", "<div>a</div><div>b</div>"),
        ("<t>before <div>a</div></t>", "before <div>a</div>"),
        ("<t><p title='&lt;&quot;&amp;' Class='C' REL='Next'>&lt; &amp; ></p></t>", None),
        ("<t><div></div></t>", ""),
        ("<t><!-- c --><div xml:lang='en'><p xml:lang='zh'>新</p></div></t>", '<p xml:lang="zh">新</p>'),
    ],
)
def test_markup_is_written_as_feedparser_writes_it(xml: str, written: str | None) -> None:
    expected = '<p title="&lt;&quot;&amp;" class="C" rel="next">&lt; &amp; &gt;</p>' if written is None else written
    assert inline(fromstring(xml), names()) == expected


def test_a_leaf_holds_nothing_but_text() -> None:
    assert leaf(fromstring("<t> a<!-- c --> b </t>")) == "a b"
    assert leaf(fromstring("<t/>")) == ""
    with pytest.raises(Unsure):
        leaf(fromstring("<t>a<b/></t>"))


def test_what_means_nothing_is_passed_over() -> None:
    unknown(names(), fromstring("<o:x xmlns:o='https://own.example/ns' a='1'><o:y>text</o:y></o:x>"))
    for xml in ("<x><title>t</title></x>", "<links/>", "<date>2020</date>", "<x base='http://x.example/'/>"):
        with pytest.raises(Unsure):
            unknown(names(), fromstring(xml))


@given(st.lists(st.sampled_from([*"</>&;#b i1", "amp", "foo", "br"]), max_size=14).map("".join))
def test_what_looks_rich_looks_rich_to_feedparser(value: str) -> None:
    assert looks_rich(value) == _FeedParserMixin.looks_like_html(value)


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF, exclude_categories=["Cs"])))
def test_texts_are_mended_as_feedparser_mends_them(value: str) -> None:
    try:
        expected = value.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        expected = value
    assert mended(value) == expected.translate(_cp1252)


def test_texts_that_were_encoded_twice() -> None:
    assert mended("naÃ¯ve") == "naïve"
    assert mended("\x93quoted\x94") == "“quoted”"
    assert mended("新闻\x85") == "新闻…"
