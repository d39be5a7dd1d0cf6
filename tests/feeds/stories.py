"""Articles and documents to render in tests."""

from datetime import UTC, datetime
from typing import Any

from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.fragments import rendered
from feedsvc.feeds.items import Item
from feedsvc.model.article import Article, ArticleState, Attachment, Image
from feedsvc.model.newsroom import Category

DAY = datetime(2020, 6, 6, 3, 0, tzinfo=UTC)
STAMP = datetime(2020, 6, 8, 0, 0, tzinfo=UTC)
NEWS = Category("news", "News & Events", "en", "What happens on campus")
CHINESE = Category("xinwen", "新闻", "zh-CN", "校园新闻")


def article(number: int = 1, **changes: Any) -> Article:
    """An ordinary story; `changes` replace its fields."""
    fields: dict[str, Any] = {
        "id": f"0172a-{number}",
        "guid": f"tag:news.example.edu,2020-06-08:article/{number}",
        "url": f"https://en.usst.edu.cn/info/1178/{number}.htm",
        "title": f"Story {number}",
        "summary": "A forum was held.",
        "content_html": "<p>A forum was held. <b>All</b> came.</p>",
        "authors": ("Li Wei",),
        "language": "en",
        "image": Image("https://en.usst.edu.cn/forum.jpg", width=640, height=480, media_type="image/jpeg", length=1000),
        "attachments": (Attachment("https://en.usst.edu.cn/forum.pdf", "Programme", "application/pdf", 2000),),
        "published_at": DAY,
        "published_is_date": False,
        "first_seen_at": STAMP,
        "updated_at": STAMP,
        "sort_at": DAY,
        "revision": 1,
        "state": ArticleState.PUBLISHED,
        "source": "usst",
        "source_title": "USST News",
        "categories": ("news",),
    }
    return Article(**fields | changes)


def document(*articles: Article, **changes: Any) -> FeedDocument:
    """A feed of these stories."""
    fields: dict[str, Any] = {
        "title": "News & Events · USST",
        "description": "What happens on campus",
        "site_title": "USST",
        "language": "en",
        "page_url": "https://news.example.edu/categories/news",
        "address": "https://news.example.edu/feeds/news",
        "updated": STAMP,
        "items": articles,
        "categories": (NEWS, CHINESE),
    }
    return FeedDocument(**fields | changes)


def items(found: FeedDocument) -> list[Item]:
    """The items that a format is given to write."""
    seen: list[Item] = []

    def write(item: Item) -> bytes:
        seen.append(item)
        return b""

    rendered(found, FeedFormat.JSON, write, None)
    return seen
