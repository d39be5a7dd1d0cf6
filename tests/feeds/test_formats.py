"""What all formats promise together: the same items, ids, dates and order, well-formed whatever the text."""

from datetime import UTC, datetime
from typing import Any

import feedparser
import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from lxml import etree

from feedsvc.feeds import atom, jsonfeed, rss
from feedsvc.feeds.document import FeedDocument
from feedsvc.model.article import Article, Attachment, Image
from feedsvc.model.newsroom import Category
from feedsvc.text import xml
from tests.feeds.stories import CHINESE, DAY, STAMP, article, document

A = "{http://www.w3.org/2005/Atom}"
HOSTILE = [
    "]]>",
    "<![CDATA[x]]>",
    "</title></channel>",
    "<b>Bold</b> &amp; &lt;i&gt;",
    "AT&T R&D &copy &#60; &unknown;",
    "<script>alert(1)</script>",
    "\x00\x0b\x1f\x7f\x85\ufffe\uffff",
    "\ud800 \ud83d\ude00",
    "\u202eשלום\u200f 你好 😀",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y 'z'>]>&y;",
    "caf\u00c3\u00a9 and 中文 \u00c3\u00a9",
    "huge " * 5000,
]
ANY_TEXT = st.one_of(st.text(st.characters(exclude_categories=()), max_size=60), st.sampled_from(HOSTILE))
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2020, 6, 8), timezones=st.just(UTC))


@st.composite
def any_articles(draw: st.DrawFn) -> tuple[Article, ...]:
    """Up to four articles, any text in any field."""
    return tuple(
        article(
            number,
            title=draw(ANY_TEXT),
            summary=draw(ANY_TEXT),
            content_html=draw(ANY_TEXT),
            authors=tuple(draw(st.lists(ANY_TEXT, max_size=2))),
            language=draw(ANY_TEXT),
            source_title=draw(ANY_TEXT),
            image=draw(st.builds(Image, ANY_TEXT.map(lambda text: "https://x.edu/" + text), ANY_TEXT, ANY_TEXT)),
            attachments=(Attachment("https://x.edu/" + draw(ANY_TEXT), draw(ANY_TEXT), draw(ANY_TEXT), 3),),
            sort_at=draw(INSTANTS),
            categories=("news", draw(st.sampled_from(["any", "gone"]))),
        )
        for number in range(draw(st.integers(0, 4)))
    )


@st.composite
def any_documents(draw: st.DrawFn) -> FeedDocument:
    """A document with any text anywhere."""
    texts = {name: draw(ANY_TEXT) for name in ("title", "description", "site_title", "language", "logo", "rights")}
    known = (CHINESE, Category("any", draw(ANY_TEXT), "en"))
    return document(*draw(any_articles()), categories=known, **texts)


def parts(feed: bytes) -> Any:
    return etree.fromstring(feed)


@given(any_documents())
@rules(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_any_text_gives_well_formed_documents_that_agree(found: FeedDocument) -> None:
    channel, feed, whole = parts(rss.render(found))[0], parts(atom.render(found)), orjson.loads(jsonfeed.render(found))
    titles = [xml.literal(story.title) or xml.literal(story.summary[:80]) or story.url for story in found.items]
    assert [node.findtext("title") for node in channel.findall("item")] == titles
    assert [node.findtext(A + "title") for node in feed.findall(A + "entry")] == titles
    assert [item["title"] for item in whole["items"]] == titles
    guids = [story.guid for story in found.items]
    assert [node.findtext("guid") for node in channel.findall("item")] == guids
    assert [node.findtext(A + "id") for node in feed.findall(A + "entry")] == guids
    assert [item["id"] for item in whole["items"]] == guids
    assert channel.findtext("title") == feed.findtext(A + "title") == whole["title"] != ""


@given(any_documents())
@rules(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
def test_a_reader_reads_both_formats_alike(found: FeedDocument) -> None:
    one, other = feedparser.parse(rss.render(found)), feedparser.parse(atom.render(found))
    assert not one.bozo
    assert not other.bozo
    for read in (one, other):
        assert [(entry.id, entry.link) for entry in read.entries] == [(story.guid, story.url) for story in found.items]
    dates = [story.sort_at.timetuple()[:6] if story.sort_at.year >= 1990 else None for story in found.items]
    for read in (one, other):
        assert [entry.published_parsed[:6] if "published" in entry else None for entry in read.entries] == dates


@given(any_documents())
@rules(suppress_health_check=[HealthCheck.too_slow], max_examples=15)
def test_the_same_document_gives_the_same_bytes(found: FeedDocument) -> None:
    assert rss.render(found) == rss.render(found)
    assert atom.render(found) == atom.render(found)
    assert jsonfeed.render(found) == jsonfeed.render(found)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_script_and_no_broken_out_markup(text: str) -> None:
    found = document(article(title=text, summary=text, content_html=text, authors=(text,), source_title=text))
    for feed in (rss.render(found), atom.render(found), jsonfeed.render(found)):
        assert b"<script" not in feed.lower()
        assert b"<![CDATA[" not in feed
    assert len(parts(rss.render(found)).findall(".//item")) == 1


def test_dates_agree_to_the_second() -> None:
    found = document(article(sort_at=DAY.replace(microsecond=999_999)))
    item, entry = parts(rss.render(found)).find(".//item"), parts(atom.render(found)).find(A + "entry")
    (line,) = orjson.loads(jsonfeed.render(found))["items"]
    assert item.findtext("pubDate") == "Sat, 06 Jun 2020 03:00:00 +0000"
    assert entry.findtext(A + "published") == line["date_published"] == "2020-06-06T03:00:00+00:00"
    assert entry.findtext(A + "updated") == line["date_modified"] == item.findtext(A + "updated")


def test_a_chinese_feed_says_so_in_every_format() -> None:
    story = article(title="上海理工大学举行论坛", language="zh-CN", categories=("xinwen",))
    found = document(story, title="新闻", language="zh-CN")
    channel, feed, whole = parts(rss.render(found))[0], parts(atom.render(found)), orjson.loads(jsonfeed.render(found))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert channel.findtext("language") == feed.get(lang) == whole["language"] == "zh-CN"
    assert channel.findtext("item/{http://purl.org/dc/elements/1.1/}language") == "zh-CN"
    assert feed.find(A + "entry").get(lang) == whole["items"][0]["language"] == "zh-CN"
    assert channel.findtext("item/category") == whole["items"][0]["tags"][0] == "新闻"


def test_an_empty_feed_is_a_feed() -> None:
    found = document()
    assert parts(rss.render(found)).findall(".//item") == []
    assert parts(atom.render(found)).findtext(A + "updated") == STAMP.isoformat()
    assert orjson.loads(jsonfeed.render(found))["items"] == []
