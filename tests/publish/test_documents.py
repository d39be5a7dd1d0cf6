"""What a feed is called and where it lives."""

from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.feeds.document import ArchiveLinks, FeedFormat
from feedsvc.model.article import Tombstone
from feedsvc.model.newsroom import Category
from feedsvc.publish import documents
from feedsvc.publish.contents import Contents
from feedsvc.publish.keys import FeedKey
from feedsvc.settings import Feeds, Site
from feedsvc.storage.reading import FeedMarks

DAY = datetime(2020, 6, 8, tzinfo=UTC)
ADDRESS = "https://news.example.edu/campus/feeds/news"
SITE = Site(
    base_url="https://News.Example.edu/campus/", title="USST", description="All the news", language="en", logo=""
)
NEWS = Category("news", "News", "en", "On campus")
CHINESE = Category("xinwen", "新闻", "zh-CN", "校园")
SPORT = Category("tiyu", "体育", "zh-CN", "体育新闻")
MARKS = FeedMarks((NEWS, CHINESE, SPORT), {"*": DAY, "news": DAY, "xinwen": DAY - timedelta(days=1)})


def key(*slugs: str, page: int = 0) -> FeedKey:
    return FeedKey(slugs, FeedFormat.RSS, page)


def test_the_feed_of_everything() -> None:
    found = documents.document(key(), MARKS, Contents(), SITE, Feeds())
    assert (found.title, found.description, found.language) == ("USST", "All the news", "en")
    assert found.page_url == "https://news.example.edu/campus/"
    assert found.url(FeedFormat.RSS) == "https://news.example.edu/campus/feeds/all.rss"
    assert found.updated == DAY


def test_the_feed_of_a_category() -> None:
    found = documents.document(key("xinwen"), MARKS, Contents(), SITE, Feeds())
    assert (found.title, found.description, found.language) == ("新闻 · USST", "校园", "zh-CN")
    assert found.page_url == "https://news.example.edu/campus/categories/xinwen"
    assert found.url(FeedFormat.ATOM) == "https://news.example.edu/campus/feeds/xinwen.atom"
    assert found.updated == DAY - timedelta(days=1)


def test_a_union_has_the_language_they_share_and_the_latest_stamp() -> None:
    mixed = documents.document(key("news", "xinwen"), MARKS, Contents(), SITE, Feeds())
    chinese = documents.document(key("tiyu", "xinwen"), MARKS, Contents(), SITE, Feeds())
    assert (mixed.title, mixed.language, mixed.updated) == ("News, 新闻 · USST", "en", DAY)
    assert chinese.language == "zh-CN"
    assert mixed.url(FeedFormat.JSON) == "https://news.example.edu/campus/feeds/news+xinwen.json"
    assert mixed.page_url == "https://news.example.edu/campus/"


def test_a_feed_that_never_changed_has_a_fixed_stamp_before_any_change() -> None:
    assert documents.document(key("tiyu"), MARKS, Contents(), SITE, Feeds()).updated == datetime(2000, 1, 1, tzinfo=UTC)


def test_an_unknown_category_is_no_feed() -> None:
    assert documents.chosen(key("news", "unknown"), MARKS) is None
    assert documents.chosen(key(), MARKS) == ()
    assert documents.chosen(key("xinwen", "news"), MARKS) == (CHINESE, NEWS)


def test_every_feed_is_listed_once() -> None:
    found = documents.listings(MARKS, SITE)
    base = "https://news.example.edu/campus/feeds/"
    assert [listing.address for listing in found] == [base + "all", base + "news", base + "xinwen", base + "tiyu"]


def test_what_the_settings_say_of_every_feed() -> None:
    site = SITE.model_copy(update={"rights": "© USST", "icon": "https://news.example.edu/icon.png"})
    feeds = Feeds(hubs=["https://hub.example.org/"], max_age=600)
    found = documents.document(key(), MARKS, Contents(), site, feeds)
    assert (found.rights, found.icon, found.hubs) == (site.rights, site.icon, ("https://hub.example.org/",))
    assert found.ttl == 10


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (59, 1), (61, 1), (300, 5), (86_400, 1440)])
def test_a_feed_is_fresh_for_a_minute_at_least(seconds: int, minutes: int) -> None:
    assert documents.document(key(), MARKS, Contents(), SITE, Feeds(max_age=seconds)).ttl == minutes


@pytest.mark.parametrize(
    ("page", "pages", "expected"),
    [
        (0, 0, None),
        (0, 3, ArchiveLinks(ADDRESS, f"{ADDRESS}/archive/3")),
        (1, 1, ArchiveLinks(ADDRESS, is_page=True)),
        (1, 3, ArchiveLinks(ADDRESS, None, f"{ADDRESS}/archive/2", is_page=True)),
        (2, 3, ArchiveLinks(ADDRESS, f"{ADDRESS}/archive/1", f"{ADDRESS}/archive/3", is_page=True)),
        (3, 3, ArchiveLinks(ADDRESS, f"{ADDRESS}/archive/2", None, is_page=True)),
    ],
)
def test_where_a_document_stands_in_the_archive(page: int, pages: int, expected: ArchiveLinks | None) -> None:
    found = documents.document(key("news", page=page), MARKS, Contents(pages=pages), SITE, Feeds())
    assert found.archive == expected
    assert found.url(FeedFormat.ATOM) == (f"{ADDRESS}/archive/{page}.atom" if page else f"{ADDRESS}.atom")
    assert found.title == "News · USST"


def test_a_page_of_the_archive_has_the_stamp_of_its_own_stories() -> None:
    gone = DAY - timedelta(days=3, microseconds=-1)
    contents = Contents(tombstones=(Tombstone("tag:x,2020:1", gone),), pages=2)
    found = documents.document(key("news", page=1), MARKS, contents, SITE, Feeds())
    assert found.updated == DAY - timedelta(days=3)
    empty = documents.document(key("news", page=1), MARKS, Contents(pages=2), SITE, Feeds())
    assert empty.updated == documents.NEVER
