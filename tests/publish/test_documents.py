"""What a feed is called and where it lives."""

from datetime import UTC, datetime, timedelta

from feedsvc.feeds.document import FeedFormat
from feedsvc.model.newsroom import Category
from feedsvc.publish import documents
from feedsvc.publish.keys import FeedKey
from feedsvc.settings import Site
from feedsvc.storage.reading import FeedMarks

DAY = datetime(2020, 6, 8, tzinfo=UTC)
SITE = Site(
    base_url="https://News.Example.edu/campus/", title="USST", description="All the news", language="en", logo=""
)
NEWS = Category("news", "News", "en", "On campus")
CHINESE = Category("xinwen", "新闻", "zh-CN", "校园")
SPORT = Category("tiyu", "体育", "zh-CN", "体育新闻")
MARKS = FeedMarks((NEWS, CHINESE, SPORT), {"*": DAY, "news": DAY, "xinwen": DAY - timedelta(days=1)})


def key(*slugs: str) -> FeedKey:
    return FeedKey(slugs, FeedFormat.RSS)


def test_the_feed_of_everything() -> None:
    found = documents.document(key(), MARKS, [], [], SITE)
    assert (found.title, found.description, found.language) == ("USST", "All the news", "en")
    assert found.page_url == "https://news.example.edu/campus/"
    assert found.url(FeedFormat.RSS) == "https://news.example.edu/campus/feeds/all.rss"
    assert found.updated == DAY


def test_the_feed_of_a_category() -> None:
    found = documents.document(key("xinwen"), MARKS, [], [], SITE)
    assert (found.title, found.description, found.language) == ("新闻 · USST", "校园", "zh-CN")
    assert found.page_url == "https://news.example.edu/campus/categories/xinwen"
    assert found.url(FeedFormat.ATOM) == "https://news.example.edu/campus/feeds/xinwen.atom"
    assert found.updated == DAY - timedelta(days=1)


def test_a_union_has_the_language_they_share_and_the_latest_stamp() -> None:
    mixed = documents.document(key("news", "xinwen"), MARKS, [], [], SITE)
    chinese = documents.document(key("tiyu", "xinwen"), MARKS, [], [], SITE)
    assert (mixed.title, mixed.language, mixed.updated) == ("News, 新闻 · USST", "en", DAY)
    assert chinese.language == "zh-CN"
    assert mixed.url(FeedFormat.JSON) == "https://news.example.edu/campus/feeds/news+xinwen.json"
    assert mixed.page_url == "https://news.example.edu/campus/"


def test_a_feed_that_never_changed_has_a_fixed_stamp_before_any_change() -> None:
    assert documents.document(key("tiyu"), MARKS, [], [], SITE).updated == datetime(2000, 1, 1, tzinfo=UTC)


def test_an_unknown_category_is_no_feed() -> None:
    assert documents.chosen(key("news", "unknown"), MARKS) is None
    assert documents.chosen(key(), MARKS) == ()
    assert documents.chosen(key("xinwen", "news"), MARKS) == (CHINESE, NEWS)


def test_every_feed_is_listed_once() -> None:
    found = documents.listings(MARKS, SITE)
    base = "https://news.example.edu/campus/feeds/"
    assert [listing.address for listing in found] == [base + "all", base + "news", base + "xinwen", base + "tiyu"]
