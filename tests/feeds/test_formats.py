"""What all formats promise together: the same items, ids, dates and order, well-formed whatever the text."""

import html
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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
from tests.feeds import hostile
from tests.feeds.stories import CHINESE, DAY, STAMP, article, document

A = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MEDIA = "{http://search.yahoo.com/mrss/}"
HOSTILE = list(hostile.TEXTS.values())
ANY_TEXT = st.one_of(st.text(st.characters(exclude_categories=()), max_size=60), st.sampled_from(HOSTILE))
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
SEEN = st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))
ODD_ADDRESSES = [change["url"] for change in hostile.FIELDS.values() if "url" in change]
ANY_ADDRESS = st.one_of(
    st.sampled_from([*ODD_ADDRESSES, "", "/a", "javascript:alert(1)", "data:text/html,x", "https://[", "http://a:b/"]),
    ANY_TEXT.map(lambda text: "https://x.edu/" + text),
    ANY_TEXT.map(lambda text: f"https://{text}/"),
)
PUBLISHED = st.one_of(st.none(), INSTANTS)


@st.composite
def any_article(draw: st.DrawFn, number: int) -> Article:
    """Any text in any field, dates as ingestion gives them."""
    published, seen = draw(PUBLISHED), draw(SEEN)
    return article(
        number,
        url=draw(ANY_ADDRESS),
        title=draw(ANY_TEXT),
        summary=draw(ANY_TEXT),
        content_html=draw(ANY_TEXT),
        authors=tuple(draw(st.lists(ANY_TEXT, max_size=2))),
        language=draw(ANY_TEXT),
        source_title=draw(ANY_TEXT),
        image=draw(st.none() | st.builds(Image, ANY_ADDRESS, ANY_TEXT, ANY_TEXT, media_type=ANY_TEXT)),
        attachments=(Attachment(draw(ANY_ADDRESS), draw(ANY_TEXT), draw(ANY_TEXT), 3),),
        published_at=published,
        first_seen_at=seen,
        updated_at=seen,
        sort_at=seen if published is None or published > seen else published,
        categories=("news", draw(st.sampled_from(["any", "gone"]))),
    )


@st.composite
def any_documents(draw: st.DrawFn) -> FeedDocument:
    """A document with any text anywhere."""
    names = ("title", "description", "site_title", "language", "logo", "icon", "rights")
    texts = {name: draw(ANY_TEXT) for name in names}
    known = (CHINESE, Category("any", draw(ANY_TEXT), "en"))
    stories = [draw(any_article(number)) for number in range(draw(st.integers(0, 3)))]
    return document(*stories, categories=known, hubs=(draw(ANY_ADDRESS),), **texts)


@dataclass(frozen=True)
class Line:
    """What a reader reads of an item, in any format."""

    guid: str
    url: str
    title: str
    summary: str
    content: str
    authors: list[str]
    published: datetime | None
    updated: datetime
    language: str | None
    tags: list[str]
    publisher: str | None
    image: str | None


def read_rss(written: bytes) -> list[Line]:
    return [_rss_line(item) for item in parts(written)[0].findall("item")]


def _rss_line(item: Any) -> Line:
    day, image = item.findtext("pubDate"), item.find(MEDIA + "content")
    return Line(
        item.findtext("guid"),
        item.findtext("link") or item.find(A + "link").get("href"),
        item.findtext("title"),
        html.unescape(item.findtext("description")),
        item.findtext(CONTENT) or "",
        [node.text for node in item.findall(DC + "creator")],
        parsedate_to_datetime(day) if day else None,
        datetime.fromisoformat(item.findtext(A + "updated")),
        item.findtext(DC + "language"),
        [node.text for node in item.findall("category")],
        item.findtext(DC + "publisher"),
        None if image is None else image.get("url"),
    )


def read_atom(written: bytes) -> list[Line]:
    return [_atom_line(entry) for entry in parts(written).findall(A + "entry")]


def _atom_line(entry: Any) -> Line:
    day, image = entry.findtext(A + "published"), entry.find(MEDIA + "content")
    return Line(
        entry.findtext(A + "id"),
        entry.find(A + "link[@rel='alternate']").get("href"),
        entry.findtext(A + "title"),
        html.unescape(entry.findtext(A + "summary")),
        entry.findtext(A + "content") or "",
        [node.text for node in entry.findall(f"{A}author/{A}name")],
        datetime.fromisoformat(day) if day else None,
        datetime.fromisoformat(entry.findtext(A + "updated")),
        entry.get(LANG),
        [node.get("label") for node in entry.findall(A + "category")],
        entry.findtext(DC + "publisher"),
        None if image is None else image.get("url"),
    )


def read_json(written: bytes) -> list[Line]:
    return [_json_line(item) for item in orjson.loads(written)["items"]]


def _json_line(item: dict[str, Any]) -> Line:
    day = item.get("date_published")
    return Line(
        item["id"],
        item["url"],
        item["title"],
        item["summary"],
        item.get("content_html", ""),
        [author["name"] for author in item.get("authors", [])],
        datetime.fromisoformat(day) if day else None,
        datetime.fromisoformat(item["date_modified"]),
        item.get("language"),
        item.get("tags", []),
        item.get("_dublin_core", {}).get("publisher"),
        item.get("image"),
    )


def parts(feed: bytes) -> Any:
    return etree.fromstring(feed, etree.XMLParser(huge_tree=True))


def agreed(found: FeedDocument) -> list[Line]:
    """What all three formats say, which is the same."""
    one, other, third = read_rss(rss.render(found)), read_atom(atom.render(found)), read_json(jsonfeed.render(found))
    assert one == other
    assert other == third
    return third


def told(story: Article) -> datetime | None:
    """The date that feeds may claim: the story's own, whole seconds."""
    day = story.published_at
    believed = day is not None and day == story.sort_at and day.year >= 1990
    return day.replace(microsecond=0) if day and believed else None


@given(any_documents())
@rules(suppress_health_check=[HealthCheck.too_slow], max_examples=80)
def test_any_text_gives_the_same_items_in_every_format(found: FeedDocument) -> None:
    lines = agreed(found)
    guids = [line.guid for line in lines]
    stories = [story for story in found.items if story.guid in guids]
    assert guids == [story.guid for story in stories]
    assert [line.published for line in lines] == [told(story) for story in stories]
    for line, story in zip(lines, stories, strict=True):
        assert line.title == (xml.literal(story.title) or xml.literal(story.summary[:80]) or xml.literal(line.url))
        assert line.summary == xml.literal(story.summary) or not xml.literal(story.summary)
        assert line.url.isascii()
    channel, feed, whole = parts(rss.render(found))[0], parts(atom.render(found)), orjson.loads(jsonfeed.render(found))
    assert channel.findtext("title") == feed.findtext(A + "title") == whole["title"] != ""
    assert channel.findtext("language") == feed.get(LANG) == whole["language"]


@given(any_documents())
@rules(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
def test_a_reader_reads_both_formats_alike(found: FeedDocument) -> None:
    lines = read_json(jsonfeed.render(found))
    for written in (rss.render(found), atom.render(found)):
        read = feedparser.parse(written)
        assert not read.bozo
        assert [(entry.id, entry.link) for entry in read.entries] == [(line.guid, line.url) for line in lines]
        days = [entry.published_parsed[:6] if "published" in entry else None for entry in read.entries]
        assert days == [line.published.timetuple()[:6] if line.published else None for line in lines]
        changes = [entry.updated_parsed[:6] for entry in read.entries]
        assert changes == [line.updated.timetuple()[:6] for line in lines]


def test_no_case_is_lost_and_all_formats_agree_on_it() -> None:
    cases = hostile.articles()
    found = document(*cases.values(), categories=hostile.CATEGORIES)
    assert [line.guid for line in agreed(found)] == [story.guid for story in cases.values()]
    assert len(cases) > 100


@pytest.mark.parametrize("name", hostile.TEXTS)
def test_any_text_may_name_the_feed(name: str) -> None:
    text = hostile.TEXTS[name]
    about = {"title": text, "description": text, "site_title": text, "language": text, "rights": text}
    found = document(hostile.articles()[name], logo="https://x.edu/" + text, icon="https://x.edu/" + text, **about)
    agreed(found)
    for feed in (rss.render(found), atom.render(found), jsonfeed.render(found)):
        assert b"<script" not in feed.lower()
        assert b"<![CDATA[" not in feed


def test_the_channels_link_is_never_the_feeds_own_address() -> None:
    found = document(article())
    channel, feed, whole = parts(rss.render(found))[0], parts(atom.render(found)), orjson.loads(jsonfeed.render(found))
    page = feed.find(f"{A}link[@type='text/html']").get("href")
    assert channel.findtext("link") == page == whole["home_page_url"] == found.page_url
    own = channel.find(f"{A}link[@rel='self']").get("href"), feed.find(f"{A}link[@rel='self']").get("href")
    assert (*own, whole["feed_url"]) == tuple(f"{found.address}.{ending}" for ending in ("rss", "atom", "json"))


def test_a_story_without_a_date_of_its_own_claims_none_and_keeps_its_place() -> None:
    stories = (
        article(1, published_at=None, sort_at=STAMP),
        article(2, published_at=datetime(2099, 1, 1, tzinfo=UTC), sort_at=STAMP),
        article(3),
    )
    lines = agreed(document(*stories))
    assert [line.guid[-1] for line in lines] == ["1", "2", "3"]
    assert [line.published for line in lines] == [None, None, DAY]
    assert [line.updated.replace(microsecond=0) for line in lines] == [STAMP] * 3


@pytest.mark.parametrize("language", ["xx-klingon", "cn", "<English>", ""])
def test_a_language_that_nobody_speaks_is_told_of_no_item_and_english_of_the_feed(language: str) -> None:
    found = document(article(language=language), language=language)
    (line,) = agreed(found)
    assert line.language is None
    assert parts(rss.render(found))[0].findtext("language") == "en"


@given(any_documents())
@rules(suppress_health_check=[HealthCheck.too_slow], max_examples=15)
def test_the_same_document_gives_the_same_bytes(found: FeedDocument) -> None:
    assert rss.render(found) == rss.render(found)
    assert atom.render(found) == atom.render(found)
    assert jsonfeed.render(found) == jsonfeed.render(found)


def test_dates_agree_to_the_second() -> None:
    moment = DAY.replace(microsecond=999_999)
    found = document(article(published_at=moment, sort_at=moment))
    item, entry = parts(rss.render(found)).find(".//item"), parts(atom.render(found)).find(A + "entry")
    (line,) = orjson.loads(jsonfeed.render(found))["items"]
    assert item.findtext("pubDate") == "Sat, 06 Jun 2020 03:00:00 +0000"
    assert entry.findtext(A + "published") == line["date_published"] == "2020-06-06T03:00:00+00:00"
    assert entry.findtext(A + "updated") == line["date_modified"] == item.findtext(A + "updated")


def test_a_chinese_feed_says_so_in_every_format() -> None:
    story = article(title="上海理工大学举行论坛", language="zh-CN", categories=("xinwen",))
    found = document(story, title="新闻", language="zh-CN")
    channel, feed, whole = parts(rss.render(found))[0], parts(atom.render(found)), orjson.loads(jsonfeed.render(found))
    assert channel.findtext("language") == feed.get(LANG) == whole["language"] == "zh-CN"
    assert channel.findtext("item/{http://purl.org/dc/elements/1.1/}language") == "zh-CN"
    assert feed.find(A + "entry").get(LANG) == whole["items"][0]["language"] == "zh-CN"
    assert channel.findtext("item/category") == whole["items"][0]["tags"][0] == "新闻"


def test_an_empty_feed_is_a_feed() -> None:
    found = document()
    assert parts(rss.render(found)).findall(".//item") == []
    assert parts(atom.render(found)).findtext(A + "updated") == STAMP.isoformat()
    assert orjson.loads(jsonfeed.render(found))["items"] == []
