"""The quick reader of well-formed feeds: whatever it takes, it reads as feedparser does; the rest it leaves."""

import pytest
from feedparser.mixin import _FeedParserMixin
from feedparser.sanitizer import _HTMLSanitizer
from feedparser.urls import _urljoin
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from feedsvc.ingest.readers.upstream import tolerant, wellformed
from feedsvc.ingest.readers.upstream.names import joined_to
from feedsvc.ingest.readers.upstream.vocabulary import HTML, KNOWN, NAMESPACES
from tests.ingest.feeddocs import DIALECTS, DOCUMENTS, SPACES, URL


def rss(item: str, head: str = "") -> str:
    return f'<rss version="2.0" {SPACES}><channel>{head}<item>{item}</item></channel></rss>'


@pytest.mark.parametrize("name", DIALECTS)
def test_both_readers_agree_on_every_dialect(name: str) -> None:
    quick = wellformed.read_document(DIALECTS[name], URL)
    assert quick is not None
    assert quick.entries
    assert quick == tolerant.read_document(DIALECTS[name], URL)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(DOCUMENTS)
def test_both_readers_agree_on_whatever_the_quick_one_takes(document: str) -> None:
    quick = wellformed.read_document(document, URL)
    event("taken" if quick else "left")
    if quick is not None:
        assert quick == tolerant.read_document(document, URL)


@pytest.mark.parametrize(
    "document",
    [
        "<rss><channel><title>not closed</channel></rss>",
        "<html><body/></html>",
        "",
        "words",
        rss("<title>a &nbsp; b</title>"),
        rss("<content>escaped it says <b>but is not</b></content>"),
        rss('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><svg/></div></content>'),
        rss('<content type="image/png">aGVsbG8=</content>'),
        rss('<content mode="base64">aGVsbG8=</content>'),
        rss("<own:box><title>inside</title></own:box>"),
        rss("<author>Ann at home a@b.org</author>"),
        rss("<image><url>http://x.example/i</url></image>"),
        rss('<title base="http://x.example/">t</title>'),
        rss("<item><title>nested</title></item>"),
        rss(
            '<link xmlns="http://own.example/a"/><p:x xmlns:p="http://own.example/b"/><p:y xmlns:p="http://own.example/c"/>'
        ),
        '<rss xmlns:dc="http://search.yahoo.com/mrss/"><channel><item><dc:title>t</dc:title></item></channel></rss>',
        '<rss version="2.0"><channel href="x"><item/></channel></rss>',
        rss('<content type="xhtml">' + "<p>" * 200 + "</p>" * 200 + "</content>"),
    ],
)
def test_what_it_is_not_sure_of_it_leaves(document: str) -> None:
    assert wellformed.read_document(document, URL) is None


def test_an_address_that_is_no_http_is_left() -> None:
    assert wellformed.read_document(DIALECTS["rss 0.91"], "file:///etc/feed") is None


def test_depth_is_no_danger() -> None:
    deep = rss(f"<title>t</title>{'<own:x>' * 100_000}{'</own:x>' * 100_000}")
    quick = wellformed.read_document(deep, URL)
    assert quick is not None
    assert len(quick.entries) == 1


def test_the_tables_are_those_of_feedparser() -> None:
    handlers = {name.split("_", 2)[2] for name in dir(_FeedParserMixin) if name.startswith(("_start_", "_end_"))}
    assert {name for name in handlers if name == name.lower()} == KNOWN
    assert _HTMLSanitizer.acceptable_elements == HTML
    spaces = {address.lower(): prefix for address, prefix in _FeedParserMixin.namespaces.items() if address}
    assert spaces == NAMESPACES


@settings(max_examples=300)
@given(
    st.sampled_from(["http://", "https://", "HTTP://", "http:///", "//", "/", "", "mailto:"]),
    st.text(alphabet="abz09./?#&=%:;,@-_~+!'()[] é新\t\nAZ<>", max_size=16),
)
def test_addresses_are_joined_as_feedparser_joins_them(start: str, rest: str) -> None:
    assert joined_to("http://x.example/a/b", start + rest) == _urljoin("http://x.example/a/b", start + rest)
