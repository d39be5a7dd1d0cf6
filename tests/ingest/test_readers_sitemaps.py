"""Sitemaps and their indexes."""

import gzip
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.listing.sitemaps import NOT_A_SITEMAP, read_sitemap
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListItem, ListPage

URL = "https://x.example/sitemap.xml"
SOURCE = Source("s", SourceKind.SITEMAP, URL, timezone="Asia/Shanghai")
URLSET = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://x.example/info/1023/7.htm </loc><lastmod>2020-06-07</lastmod><news:news>
<news:publication_date>2020-06-06T08:00:00+08:00</news:publication_date><news:title>Bees &amp; honey</news:title></news:news></url>
<url><loc>https://x.example/b?a=1&amp;b=2</loc><lastmod>2020-06-07T10:00:00Z</lastmod></url>
<url><loc>https://x.example/c</loc></url><url><loc>javascript:alert(1)</loc></url><url></url>
<url><loc>https://x.example/c</loc></url></urlset>"""


def read(body: bytes) -> ListPage:
    return read_sitemap(body, "application/xml", URL, SOURCE)


def test_a_urlset() -> None:
    found = read(URLSET.encode())
    assert found.sitemaps == ()
    assert found.preset == "sitemap"
    assert found.items == (
        ListItem(
            "https://x.example/info/1023/7.htm", "Bees & honey", datetime(2020, 6, 6, tzinfo=UTC), date_is_date=False,
            upstream_id="vsb:7", modified=datetime(2020, 6, 6, 16, tzinfo=UTC),
        ),
        ListItem("https://x.example/b?a=1&b=2", modified=datetime(2020, 6, 7, 10, tzinfo=UTC)),
        ListItem("https://x.example/c"),
    )  # fmt: skip


def test_an_index_names_further_sitemaps() -> None:
    body = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://x.example/1.xml</loc>
    </sitemap><sitemap><loc>/2.xml.gz</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap></sitemapindex>"""
    found = read(body.encode())
    assert found.items == ()
    assert found.sitemaps == ("https://x.example/1.xml", "https://x.example/2.xml.gz")


def test_gzipped_files_and_files_without_namespace() -> None:
    assert read(gzip.compress(URLSET.encode())).items == read(URLSET.encode()).items
    assert read(b"\n<urlset><url><loc>https://x.example/c</loc></url></urlset>").items == (
        ListItem("https://x.example/c"),
    )


def test_a_broken_file_gives_what_it_holds() -> None:
    assert len(read(URLSET.encode()[:-40]).items) >= 2


def test_a_gzip_that_ends_early_says_so() -> None:
    with pytest.raises(ReadError, match="ends early"):
        read(gzip.compress(URLSET.encode())[:-20])


@pytest.mark.parametrize(
    "body", [b"", b"words", b"<html><body>404</body></html>", b"<rss/>", b"{}", b"\x1f\x8b", b"\xff\xfe"]
)
def test_what_is_no_sitemap_says_so(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read(body)
    assert str(caught.value) == NOT_A_SITEMAP or "gzip" in str(caught.value)


def test_no_entity_reaches_a_file_or_grows(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("https://x.example/secret")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY e0 "ha">{bomb}]>'
        "<urlset><url><loc>https://x.example/&e11;</loc></url><url><loc>&x;</loc></url></urlset>"
    )
    found = read(body.encode())
    assert "secret" not in str(found)
    assert len(str(found)) < 2000


@given(st.binary(max_size=300))
def test_any_bytes_are_a_sitemap_or_a_read_error(body: bytes) -> None:
    with suppress(ReadError):
        read(body)


def test_a_sitemap_of_lines() -> None:
    body = b"\xef\xbb\xbfhttps://x.example/info/1023/7.htm\r\nhttps://x.example/b\nno address\n\nhttps://x.example/b\n"
    assert read(body).items == (
        ListItem("https://x.example/info/1023/7.htm", upstream_id="vsb:7"),
        ListItem("https://x.example/b"),
    )
    assert read(gzip.compress(body)).items == read(body).items


@pytest.mark.parametrize(("told", "language"), [("zh-CN", "zh-cn"), ("en", "en"), ("English please", ""), ("", "")])
def test_the_language_of_a_news_sitemap(told: str, language: str) -> None:
    body = (
        '<urlset xmlns="s" xmlns:n="n"><url><loc>https://x.example/1</loc><n:news><n:publication><n:name>X</n:name>'
        f"<n:language>{told}</n:language></n:publication><n:title>T</n:title></n:news></url></urlset>"
    )
    assert [(item.title, item.language) for item in read(body.encode()).items] == [("T", language)]


def test_pictures_films_and_translations_are_no_entries() -> None:
    body = """<urlset xmlns="s" xmlns:image="i" xmlns:video="v" xmlns:xhtml="x"><url>
    <image:image><image:loc>https://x.example/a.jpg</image:loc></image:image><loc>https://x.example/en/1</loc>
    <xhtml:link rel="alternate" hreflang="zh" href="https://x.example/zh/1"/>
    <video:video><video:content_loc>https://x.example/a.mp4</video:content_loc></video:video></url></urlset>"""
    assert [item.url for item in read(body.encode()).items] == ["https://x.example/en/1"]
