"""What a page declares of its story, and what its lines say: dates, writers, pictures, language."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.story.articles import read_article
from feedsvc.model.article import Image, Story
from feedsvc.model.newsroom import Source, SourceKind

PLAIN = "https://inst.example/news/bees"
BODY = "<div class=b>" + "<p>This body says a good deal about nothing in particular, at some length.</p>" * 6 + "</div>"


def source(**rules: Any) -> Source:
    return Source("s", SourceKind.PAGE, "http://x.example", timezone="Asia/Shanghai", article_rules=rules)


def read(html: str, url: str = PLAIN, **rules: Any) -> Story:
    return read_article(html.encode(), "text/html; charset=utf-8", url, source(body=".b", **rules))


HEAD = "<title>T</title><div><h1>T</h1><p class=m>{}</p>" + BODY + "</div>"


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"%PDF-1.7\n", "text/html", "a PDF file"),
        (b"PK\x03\x04...", "application/octet-stream", "an archive or an Office document"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "a picture"),
        (b"\x00\x01", "application/vnd.ms-excel", r"a file \(application/vnd\.ms-excel\)"),
        (b'{"a": 1}', "application/json; charset=utf-8", r"a file \(application/json\)"),
    ],
)
def test_a_file_in_place_of_a_page_is_called_one(body: bytes, content_type: str, kind: str) -> None:
    with pytest.raises(ReadError, match=f"answered with {kind}, not with a page"):
        read_article(body, content_type, PLAIN, source())


def test_a_page_that_is_sent_as_a_file_is_read() -> None:
    html = HEAD.format("June 6, 2020").encode()
    assert read_article(html, "application/octet-stream", PLAIN, source(body=".b")).title == "T"


@pytest.mark.parametrize(
    ("line", "rules", "authors"),
    [
        ("Published 6 June 2020 by Ann Li", {"author": ".m"}, ("Ann Li",)),
        ("Words: Ann Li | Pictures: Cy", {"byline": r"Words: (?P<names>[^|]+)"}, ("Ann Li",)),
        ("Words: Ann Li", {"byline": r"Music: (?P<names>.+)"}, ()),
        ("Pictures by Cy. Told by Ann Li", {"author": ".m", "byline": r"Told by (?P<names>.+)"}, ("Ann Li",)),
        ("June 6, 2020 | By Ann Li", {}, ("Ann Li",)),
        ("June 6, 2020", {}, ()),
    ],
)
def test_writers_by_the_sources_pattern(line: str, rules: dict[str, str], authors: tuple[str, ...]) -> None:
    assert read(HEAD.format(line), **rules).authors == authors


@pytest.mark.parametrize(
    ("language", "line", "day"),
    [
        ("en", "03/04/2020", None),
        ("en-US", "03/04/2020", 4),
        ("de", "3.4.2020", 3),
        ("en", "25/12/2020", 25),
        ("fr", "03/04/2020", 3),
    ],
)
def test_dates_of_two_readings_go_by_the_language(language: str, line: str, day: int | None) -> None:
    story = read(f"<html lang={language}>" + HEAD.format(line))
    assert (story.published.astimezone(ZoneInfo("Asia/Shanghai")).day if story.published else None) == day


@pytest.mark.parametrize(
    "line", ["Termin: 15. November 2021", "Date of birth: 28 January 1975", "会议时间：2020-06-09"]
)
def test_the_date_of_something_else_is_not_the_storys(line: str) -> None:
    assert read(HEAD.format(line)).published is None


def test_a_day_at_the_top_of_the_page_is_not_the_storys() -> None:
    menu = "".join(f"<p>Menu {number}</p>" for number in range(5))
    assert read(f"<p>Today is June 9, 2020</p>{menu}" + HEAD.format("No date here")).published is None


def test_a_declared_date_is_taken_before_a_line() -> None:
    declared = '<meta property="article:published_time" content="2020-06-05T10:00:00Z">'
    assert read(declared + HEAD.format("June 6, 2020")).published == datetime(2020, 6, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('<meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">', (1200, 630)),
        ('<meta property="og:image:width" content="1200">', (None, None)),
        ("", (None, None)),
    ],
)
def test_the_size_of_a_declared_picture(head: str, size: tuple[int | None, int | None]) -> None:
    image = read('<meta property="og:image" content="/i.jpg">' + head + HEAD.format("")).image
    assert image == Image("https://inst.example/i.jpg", "", "", *size, "image/jpeg")


def test_json_ld_tells_the_size_of_the_storys_own_picture() -> None:
    script = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "image": {"@type": "ImageObject", "url": "/i.jpg",'
        '"width": 1600, "height": "900"}}</script>'
    )
    html = script + HEAD.format("").replace("<p>This", "<p><img src=/i.jpg width=300 height=200></p><p>This", 1)
    image = read(html).image
    assert image is not None
    assert (image.width, image.height) == (1600, 900)


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ('"Ann Li"', ("Ann Li",)),
        ('{"@type": "Person", "name": "Ann Li"}', ("Ann Li",)),
        ('{"@type": "Organization", "name": "Lakeside University"}', ()),
        ('"admin"', ()),
        ('"Lakeside News"', ()),
        ('["Ann Li", {"name": "Bo Wu"}, "https://x.example/ann"]', ("Ann Li", "Bo Wu")),
    ],
)
def test_declared_writers_are_people(author: str, authors: tuple[str, ...]) -> None:
    head = (
        '<meta property="og:site_name" content="Lakeside News">'
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {author}}}</script>'
    )
    assert read(head + HEAD.format("")).authors == authors


def test_json_ld_is_read_in_spite_of_its_wrapping() -> None:
    data = '{"@graph": [{"@type": "WebPage"}, {"@type": "ReportageNewsArticle", "datePublished": "2020-06-06", "x": "a\nb"}]}'
    for script in (f"<!-- {data} -->", f"//<![CDATA[\n{data}\n//]]>", f"{data};"):
        html = f'<script type="application/ld+json">{script}</script>' + HEAD.format("")
        assert read(html).published == datetime(2020, 6, 5, 16, tzinfo=UTC)


def test_of_several_declared_stories_the_one_with_the_pages_address_counts() -> None:
    data = (
        '[{"@type": "NewsArticle", "url": "/other", "datePublished": "2019-01-01"},'
        f'{{"@type": "NewsArticle", "mainEntityOfPage": {{"@id": "{PLAIN}"}}, "datePublished": "2020-06-06"}}]'
    )
    html = f'<script type="application/ld+json">{data}</script>' + HEAD.format("")
    assert read(html).published == datetime(2020, 6, 5, 16, tzinfo=UTC)


def test_a_page_that_says_english_and_is_written_in_chinese() -> None:
    html = (
        "<html lang=en><title>新闻</title><h1>新闻</h1><div class=b><p>" + "签约仪式在湖滨大学举行。" * 8 + "</p></div>"
    )
    assert read(html).language == "zh"
