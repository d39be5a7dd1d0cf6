"""Upstream feeds: RSS, RDF, Atom, JSON Feed, and what only looks like one."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.upstream.feeds import NOT_A_FEED, read_feed
from feedsvc.model.article import Attachment, Image, Story
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import FeedRead

URL = "https://up.example/news/feed.xml"
SOURCE = Source("s", SourceKind.FEED, URL, timezone="Asia/Shanghai")
RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>新闻 &amp; News</title><link>https://up.example/</link>{items}
</channel></rss>"""
FULL = """<item><title>Bees &amp;amp; &lt;i&gt;honey&lt;/i&gt;</title><link>/news/1</link><guid isPermaLink="false">id-1</guid>
<dc:creator>Ada Bee</dc:creator><category>Campus</category><category>Life</category>
<pubDate>Sat, 06 Jun 2020 08:00:00 +0800</pubDate><description>Short.</description>
<content:encoded><![CDATA[<figure><img src="/i.png" onerror="x()"><figcaption>Hives</figcaption></figure><p>Long text.
<a href="../x">more</a><script>alert(1)</script></p>]]></content:encoded>
<media:content url="https://up.example/lead.jpg" medium="image"/>
<enclosure url="https://up.example/a.mp3" type="audio/mpeg" length="1234"/></item>"""


def rss(items: str, encoding: str = "utf-8", content_type: str = "application/rss+xml") -> FeedRead:
    return read_feed(RSS.format(items=items, encoding=encoding).encode(encoding), content_type, URL, SOURCE)


def only(items: str) -> Story:
    (story,) = rss(items).stories
    return story


def test_a_full_item() -> None:
    read = rss(FULL)
    assert read.title == "新闻 & News"
    (story,) = read.stories
    assert (story.url, story.upstream_id, story.title) == ("https://up.example/news/1", "id-1", "Bees & honey")
    assert story.published == datetime(2020, 6, 6, tzinfo=UTC)
    assert (story.authors, story.terms, story.summary) == (("Ada Bee",), ("Campus", "Life"), "Short.")
    assert '<img src="https://up.example/i.png">' in story.content_html
    assert '<a href="https://up.example/x">more</a>' in story.content_html
    assert "<figcaption>Hives</figcaption>" in story.content_html
    assert "alert" not in story.content_html
    assert "onerror" not in story.content_html
    assert story.image == Image("https://up.example/lead.jpg", media_type="image/jpeg")
    assert story.attachments == (Attachment("https://up.example/a.mp3", "a.mp3", "audio/mpeg", 1234),)


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gb18030", "utf-16"])
def test_any_encoding(encoding: str) -> None:
    read = rss(
        "<item><title>镕</title><link>https://up.example/1</link></item>" if encoding != "gb2312" else FULL, encoding
    )
    assert read.title == "新闻 & News"
    assert len(read.stories) == 1


def test_gb2312_means_gb18030() -> None:
    body = RSS.format(items="<item><title>张镕喆</title><link>https://up.example/1</link></item>", encoding="gb2312")
    assert read_feed(body.encode("gb18030"), "text/xml", URL, SOURCE).stories[0].title == "张镕喆"


def test_no_date_is_invented() -> None:
    story = only("<item><title>t</title><link>https://up.example/1</link></item>")
    assert (story.published, story.updated, story.published_is_date) == (None, None, False)
    story = only("<item><title>t</title><link>https://up.example/1</link><pubDate>soon</pubDate></item>")
    assert story.published is None


def test_a_date_without_zone_takes_the_sources() -> None:
    story = only("<item><link>https://up.example/1</link><pubDate>Sat, 06 Jun 2020 08:00:00</pubDate></item>")
    assert story.published == datetime(2020, 6, 6, tzinfo=UTC)
    story = only("<item><link>https://up.example/1</link><pubDate>2020-06-06</pubDate></item>")
    assert (story.published, story.published_is_date) == (datetime(2020, 6, 5, 16, tzinfo=UTC), True)


def test_an_item_needs_an_address_and_costs_only_itself() -> None:
    items = (
        "<item><title>none</title></item><item><title>guid</title><guid>https://up.example/g</guid></item>"
        "<item><title>word</title><guid isPermaLink='false'>word</guid></item>"
        "<item><title>js</title><link>javascript:alert(1)</link></item>"
    )
    assert [(story.title, story.url) for story in rss(items).stories] == [("guid", "https://up.example/g")]


def test_a_long_text_without_marks_has_a_summary() -> None:
    story = only(
        f"<item><link>/1</link><content:encoded>&lt;p&gt;First. {'word ' * 3000}&lt;/p&gt;</content:encoded></item>"
    )
    assert story.summary.startswith("First.")


def test_a_story_without_title_is_named_by_its_beginning() -> None:
    story = only("<item><link>https://up.example/1</link><description>First words. And more.</description></item>")
    assert story.title == "First words. And more."


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://up.example/base/"><title>A</title>
<entry><id>tag:x,2020:1</id><title type="html">&lt;b&gt;Bold&lt;/b&gt; title</title><link href="one"/>
<published>2020-06-05T10:00:00Z</published><updated>2020-06-06T10:00:00Z</updated>
<author><name>Ann</name></author><author><name>Bo</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text <img src="p.png"/></p></div></content></entry>
<entry><id>tag:x,2020:2</id><title>Two</title><link href="two"/><updated>2020-06-04T10:00:00+02:00</updated>
<summary type="text">a &lt;b&gt; c</summary></entry></feed>"""


def test_atom() -> None:
    one, two = read_feed(ATOM.encode(), "application/atom+xml", URL, SOURCE).stories
    assert (one.url, one.title, one.authors) == ("https://up.example/base/one", "Bold title", ("Ann", "Bo"))
    assert (one.published, one.updated) == (datetime(2020, 6, 5, 10, tzinfo=UTC), datetime(2020, 6, 6, 10, tzinfo=UTC))
    assert 'src="https://up.example/base/p.png"' in one.content_html
    assert (two.published, two.updated) == (datetime(2020, 6, 4, 8, tzinfo=UTC), None)


def test_rdf() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel><item rdf:about="https://up.example/1">
    <title>T</title><link>https://up.example/1</link><dc:date>2020-06-06T00:00:00Z</dc:date></item></rdf:RDF>"""
    (story,) = read_feed(body.encode(), "application/rdf+xml", URL, SOURCE).stories
    assert (story.title, story.published) == ("T", datetime(2020, 6, 6, tzinfo=UTC))


def test_malformed_xml_is_read_as_far_as_it_goes() -> None:
    body = RSS.format(items=FULL + "<item><title>Caf&eacute; & bar<link>https://up.example/2</link>", encoding="utf-8")
    read = read_feed(body[:-20].encode(), "text/xml", URL, SOURCE)
    assert read.stories[0].title == "Bees & honey"


@pytest.mark.parametrize("content_type", ["", "text/html", "text/plain", "application/octet-stream; charset=utf-8"])
def test_the_type_does_not_decide(content_type: str) -> None:
    assert len(rss(FULL, content_type=content_type).stories) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html><head><title>404</title></head><body><p>Not found</p></body></html>",
        b"words",
        b"<a/>",
        b"\x00\xff",
    ],
)
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_feed(body, "text/html", URL, SOURCE)
    assert str(caught.value) == NOT_A_FEED


def test_nothing_says_so() -> None:
    with pytest.raises(ReadError, match="nothing at all"):
        read_feed(b" \n", "text/xml", URL, SOURCE)


def test_an_empty_feed_is_no_error() -> None:
    assert rss("").stories == ()


def test_no_entity_reaches_a_file_or_grows(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY e0 "ha">{bomb}]>'
        "<rss version='2.0'><channel><title>&x;&e11;</title><item><title>&x;&e11;ok</title>"
        "<link>https://up.example/1</link></item></channel></rss>"
    )
    try:
        read = read_feed(body.encode(), "text/xml", URL, SOURCE)
    except ReadError:
        return
    assert "the secret" not in str(read)
    assert len(str(read)) < 5000


def test_short_bytes_are_never_taken_for_a_file_name(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(RSS.format(items=FULL, encoding="utf-8"))
    with pytest.raises(ReadError):
        read_feed(str(feed).encode(), "text/plain", URL, SOURCE)


def json_feed(**item: Any) -> FeedRead:
    data = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "authors": [{"name": "Desk"}], "items": [item]}
    return read_feed(json.dumps(data).encode(), "application/feed+json", URL, SOURCE)


def test_a_full_json_item() -> None:
    (story,) = json_feed(
        id=7, url="https://up.example/7", title="Seven", content_html='<p>Hi <a href="x">x</a><script>1</script></p>',
        date_published="2020-06-06T08:00:00+08:00", date_modified="2020-06-07T08:00:00+08:00", tags=["a", "a", 3],
        image="/i.webp", language="zh", attachments=[{"url": "/f.pdf", "mime_type": "application/pdf", "size_in_bytes": 9}, 4],
    ).stories  # fmt: skip
    assert (story.upstream_id, story.title, story.authors, story.terms) == ("7", "Seven", ("Desk",), ("a",))
    assert story.content_html == '<p>Hi <a href="https://up.example/x">x</a></p>'
    assert story.published == datetime(2020, 6, 6, tzinfo=UTC)
    assert story.updated == datetime(2020, 6, 7, tzinfo=UTC)
    assert (story.language, story.image) == ("zh", Image("https://up.example/i.webp", media_type="image/webp"))
    assert story.attachments == (Attachment("https://up.example/f.pdf", "f.pdf", "application/pdf", 9),)


def test_a_bare_json_item() -> None:
    (story,) = json_feed(id="https://up.example/8", content_text="One <two>.\nThree.", author={"name": "Ann"}).stories
    assert (story.url, story.title, story.authors) == ("https://up.example/8", "One <two>. Three.", ("Ann",))
    assert story.content_html == "<p>One &lt;two&gt;.</p><p>Three.</p>"
    assert (story.published, story.image) == (None, None)
    assert json_feed(id="8", title="nowhere").stories == ()


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"items": 3}', b"[]", b'{"error": "no"}'])
def test_other_json_says_so(body: bytes) -> None:
    with pytest.raises(ReadError):
        read_feed(body, "application/json", URL, SOURCE)


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_a_read_error(body: bytes) -> None:
    with suppress(ReadError):
        read_feed(body, "", URL, SOURCE)
