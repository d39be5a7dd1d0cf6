"""JSON Feed 1.1."""

from typing import Any

import orjson

from feedsvc.feeds import jsonfeed
from feedsvc.feeds.document import FeedDocument
from feedsvc.model.article import Attachment
from tests.feeds.stories import article, document


def whole(found: FeedDocument) -> Any:
    return orjson.loads(jsonfeed.render(found))


def test_the_feed() -> None:
    found = whole(document(logo="https://x.edu/logo.svg"))
    assert found == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News & Events · USST",
        "home_page_url": "https://news.example.edu/categories/news",
        "feed_url": "https://news.example.edu/feeds/news.json",
        "description": "What happens on campus",
        "icon": "https://x.edu/logo.svg",
        "language": "en",
        "authors": [{"name": "USST"}],
        "items": [],
    }


def test_the_square_picture_goes_before_the_logo_and_rights_are_said() -> None:
    found = whole(document(logo="https://x.edu/logo.svg", icon="https://x.edu/icon.png", rights="© USST"))
    assert found["icon"] == "https://x.edu/icon.png"
    assert found["_dublin_core"] == {"rights": "© USST"}


def test_an_item() -> None:
    (item,) = whole(document(article()))["items"]
    assert item.pop("date_modified").startswith("2020-06-08T00:00:00.")
    assert item == {
        "id": "tag:news.example.edu,2020-06-08:article/1",
        "url": "https://en.usst.edu.cn/info/1178/1.htm",
        "title": "Story 1",
        "content_html": "<p>A forum was held. <b>All</b> came.</p>",
        "summary": "A forum was held.",
        "image": "https://en.usst.edu.cn/forum.jpg",
        "date_published": "2020-06-06T03:00:00+00:00",
        "authors": [{"name": "Li Wei"}],
        "tags": ["News & Events"],
        "language": "en",
        "attachments": [
            {
                "url": "https://en.usst.edu.cn/forum.pdf",
                "mime_type": "application/pdf",
                "title": "Programme",
                "size_in_bytes": 2000,
            }
        ],
        "_dublin_core": {"publisher": "USST News"},
    }


def test_every_item_has_a_content_and_what_is_unknown_is_left_out() -> None:
    bare = article(content_html="", image=None, attachments=(), authors=(), source_title="", categories=())
    (item,) = whole(document(bare))["items"]
    assert item["content_text"] == "A forum was held."
    assert not {"content_html", "image", "attachments", "authors", "tags", "_dublin_core"} & item.keys()


def test_an_attachment_of_unknown_type_says_so() -> None:
    (item,) = whole(document(article(attachments=(Attachment("https://x.edu/a", ""),))))["items"]
    assert item["attachments"] == [{"url": "https://x.edu/a", "mime_type": "application/octet-stream"}]
