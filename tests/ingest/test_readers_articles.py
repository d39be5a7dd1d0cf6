"""Story pages of both families and of none."""

from datetime import UTC, datetime
from typing import Any

import pytest

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.story.articles import NO_STORY, read_article
from feedsvc.model.article import Attachment, Image, Story
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListItem
from feedsvc.text.html import plain_text
from tests.ingest.pages import page

VSB = "http://en.lake.example/info/1023/210.htm"
WEBPLUS = "http://news.lake.example/2020/0604/c1234a41981/page.htm"
PLAIN = "https://inst.example/news/bees"
BODY = (
    b"<div class=b>" + b"<p>This body says a good deal about nothing in particular, at some length.</p>" * 6 + b"</div>"
)


def source(preset: str = "auto", **rules: Any) -> Source:
    return Source(
        "s", SourceKind.PAGE, "http://x.example", preset=preset, timezone="Asia/Shanghai", article_rules=rules
    )


@pytest.fixture(scope="module")
def bridge() -> Story:
    return read_article(page("vsb_article.htm"), "text/html", VSB, source())


@pytest.fixture(scope="module")
def visit() -> Story:
    return read_article(page("webplus_article.htm", "gb18030"), "text/html; charset=gb2312", WEBPLUS, source())


def test_vsb_head(bridge: Story) -> None:
    assert bridge.title == "Lakeside opens a new bridge"
    assert bridge.authors == ("Ann Li", "Bo Wu")
    assert bridge.published == datetime(2020, 6, 8, 16, tzinfo=UTC)
    assert bridge.published_is_date
    assert bridge.updated is None
    assert bridge.upstream_id == "vsb:210"
    assert bridge.terms == ("Media Focus", "1023")
    assert bridge.url == VSB


def test_vsb_body(bridge: Story) -> None:
    assert plain_text(bridge.content_html).split("\n") == [
        "The bridge was opened on June 1, 2019 in a trial run.\u00a0It is long.",
        "The bridge at night",
        "See the other story and this.",
        "Length 120 m",
    ]
    assert (
        bridge.summary
        == "The bridge was opened on June 1, 2019 in a trial run. It is long. See the other story and this."
    )


def test_vsb_links_and_pictures_are_absolute(bridge: Story) -> None:
    assert '<a href="http://en.lake.example/info/1178/7.htm">' in bridge.content_html
    for name in ("a.jpg", "b.png", "c.jpg"):
        assert f'src="http://en.lake.example/__local/{name}"' in bridge.content_html
    for unwanted in ("script", "onerror", "javascript", "loading.gif", "x.jpg", "style=", "Related", "Previous"):
        assert unwanted not in bridge.content_html


def test_a_picture_and_its_caption_are_a_figure(bridge: Story) -> None:
    assert "<figcaption>The bridge at night</figcaption></figure>" in bridge.content_html.replace("<span>", "")
    assert bridge.image == Image(
        "http://en.lake.example/__local/a.jpg", caption="The bridge at night", media_type="image/jpeg"
    )


def test_vsb_attachments_stand_under_the_body(bridge: Story) -> None:
    address = "http://en.lake.example/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=77"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert bridge.attachments == (Attachment(address, "Plan.docx", kind),)


def test_webplus_head(visit: Story) -> None:
    assert visit.title == "副校长张镕喆一行赴企业调研"
    assert visit.authors == ("王堃",)
    assert visit.published == datetime(2020, 6, 4, 1, 30, tzinfo=UTC)
    assert not visit.published_is_date
    assert visit.upstream_id == "a41981"
    assert visit.terms == ("要闻", "1234")


def test_webplus_body(visit: Story) -> None:
    assert plain_text(visit.content_html).split("\n") == ["调研于6月3日举行。", "调研现场", "工作计划.pdf", "名单"]
    assert visit.image is not None
    assert visit.image.caption == "调研现场"
    assert "icon_doc" not in visit.content_html
    assert [(file.url.rsplit("/", 1)[1], file.title) for file in visit.attachments] == [
        ("plan.pdf", "工作计划.pdf"),
        ("b.doc", "名单.doc"),
    ]
    assert visit.attachments[0].media_type == "application/pdf"


def test_a_page_of_no_family() -> None:
    story = read_article(page("plain_article.htm"), "text/html", PLAIN, source())
    assert story.title == "Bees return to the campus"
    assert story.authors == ("Ada Bee", "Ben Hive")
    assert story.published == datetime(2020, 6, 5, 6, tzinfo=UTC)
    assert story.updated == datetime(2020, 6, 6, 6, tzinfo=UTC)
    assert story.terms == ("Campus news",)
    assert story.image == Image("https://inst.example/img/bees.jpg", media_type="image/jpeg")
    text = plain_text(story.content_html)
    assert text.startswith("After three winters")
    assert text.endswith("the page of the project.")
    assert 'href="https://inst.example/news/bees.html"' in story.content_html


def test_rules_rule() -> None:
    body = (
        b"<title>Wrong</title><h1>Wrong</h1><b class=t>Right</b><time class=d datetime=2020-06-05>today</time>"
        b"<i class=w>By Ann Li and Bo Wu</i><div class=x><p>Text.</p><p class=ad>Buy</p></div>"
    )
    story = read_article(body, "", PLAIN, source(title=".t", date=".d", author=".w", body=".x", remove=".ad"))
    assert (story.title, story.authors) == ("Right", ("Ann Li", "Bo Wu"))
    assert story.content_html == "<div><p>Text.</p></div>"
    assert story.published == datetime(2020, 6, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize("name", ["title", "date", "author", "body", "remove"])
def test_a_bad_selector_is_named(name: str) -> None:
    with pytest.raises(ReadError, match=rf"article\.{name}"):
        read_article(page("vsb_article.htm"), "", VSB, source(**{name: "p:::"}))


def test_no_date_stays_none_even_where_the_text_names_days() -> None:
    body = b"<title>T</title><h1>T</h1>" + BODY.replace(b"nothing", b"June 1, 2019 and 2018-01-01")
    story = read_article(body, "", PLAIN, source(body=".b"))
    assert story.published is None
    assert not story.published_is_date


def test_the_lists_title_and_date_serve_where_the_page_gives_none() -> None:
    when = datetime(2020, 6, 5, 16, tzinfo=UTC)
    item = ListItem(PLAIN, "The title in the list", when, date_is_date=True, upstream_id="7")
    story = read_article(BODY, "", PLAIN, source(body=".b"), item)
    assert (story.title, story.published, story.published_is_date) == ("The title in the list", when, True)
    assert story.upstream_id == "7"


def test_a_full_date_in_the_address_is_a_date_and_half_of_one_is_not() -> None:
    body = b"<title>T</title><h1>T</h1>" + BODY
    story = read_article(body, "", "https://x.example/2020/0606/c1a2/page.htm", source("generic", body=".b"))
    assert story.published == datetime(2020, 6, 5, 16, tzinfo=UTC)
    assert read_article(body, "", "https://x.example/2020/06/a.htm", source(body=".b")).published is None


def test_a_day_without_year_takes_the_address_year() -> None:
    body = b"<title>T</title><div><h1>T</h1><p>06-06</p>" + BODY + b"</div>"
    story = read_article(body, "", "https://x.example/2020/a/5.htm", source(body=".b"))
    assert story.published == datetime(2020, 6, 5, 16, tzinfo=UTC)
    assert read_article(body, "", "https://x.example/a/5.htm", source(body=".b")).published is None


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Whole title - Site</title><h1>Site</h1><h3>Whole</h3><h2>Whole title</h2>", "Whole title"),
        ("<title>Whole title_Site</title><div class=arti-tit>Whole  title</div>", "Whole title"),
        ("<title>A “quote” — Site</title><h4>A “quote”</h4>", "A “quote”"),
        ("<title>Site</title><h1>The only heading</h1>", "The only heading"),
        ('<meta property="og:title" content="Declared"><title>Site</title><h1>a</h1><h1>b</h1>', "Declared"),
        ("<title>Only this</title>", "Only this"),
    ],
)
def test_the_title_is_the_longest_heading_that_begins_the_documents_title(html: str, title: str) -> None:
    assert read_article(html.encode() + BODY, "text/html; charset=utf-8", PLAIN, source(body=".b")).title == title


@pytest.mark.parametrize(
    "body",
    [
        b"<html><head><title>404</title></head><body></body></html>",
        b"<html><body></body></html>",
        b"<title>x</title><script>document.write('x')</script>",
    ],
)
def test_a_page_without_a_story_says_so(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_article(body, "text/html", PLAIN, source())
    assert str(caught.value) == NO_STORY


def test_a_login_page_is_called_one() -> None:
    with pytest.raises(ReadError, match="login"):
        read_article(b"<title>Sign in</title><input type=password>", "", PLAIN, source("vsb", body=".none"))


def test_hostile_markup_is_read_but_not_kept() -> None:
    body = (
        b"<title>T</title><h1>T</h1><div class=b><p>Fine.</p><img src=x onerror=alert(1)><svg onload=alert(1)></svg>"
        b"<iframe src=//evil></iframe><a href='jav&#x09;ascript:location=1'>x</a><style>*{}</style>"
        b"<math><mi//xlink:href='data:x,<script>alert(1)</script>'></math></div>"
    )
    html = read_article(body, "", PLAIN, source(body=".b")).content_html.lower()
    for unwanted in ("alert", "evil", "<svg", "<iframe", "<style", "<math", "onerror", "<script", '"javascript'):
        assert unwanted not in html
    assert html.count("href=") == html.count('href="https://')


def test_wrong_charset_and_declarations_are_no_obstacle() -> None:
    head = '<?xml version="1.0" encoding="gb2312"?><html><title>新闻</title><h1>新闻</h1>'.encode("gb18030")
    assert read_article(head + BODY, "", PLAIN, source(body=".b")).title == "新闻"
    assert read_article(
        b"<title>\xff\xfe\x00</title><h1>ok\xff</h1>" + BODY, "text/html; charset=utf-8", PLAIN, source(body=".b")
    ).title


@pytest.mark.parametrize("frame", ["<main><article>{}</article></main>", "<div class=text>{}</div>", "{}"])
def test_documents_in_an_extracted_story_stay_or_become_files(frame: str) -> None:
    text = "".join(
        f"<p>Sentence {n} tells of the bees on the roof, of their honey and of all their keepers.</p>" for n in range(9)
    )
    pdf = "<p><a href=/files/report.pdf>Download the report (PDF)</a></p>"
    apart = "<div class=foot><p><a href=/imprint.pdf>Imprint (PDF)</a></p></div>"
    html = (
        "<html><head><title>Bees</title></head><body><nav><a href=/map.pdf>Map</a></nav>"
        f"{frame.format('<h1>Bees</h1>' + text + pdf)}{apart}<footer><a href=/terms.pdf>Terms</a></footer></body></html>"
    )
    story = read_article(html.encode(), "text/html", PLAIN, source("generic"))
    assert [file.url for file in story.attachments] == ["https://inst.example/files/report.pdf"]
