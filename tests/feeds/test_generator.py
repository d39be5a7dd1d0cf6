"""The one door to feedgen."""

import structlog
from lxml import etree

from feedsvc.feeds import generator
from feedsvc.feeds.document import FeedFormat
from feedsvc.feeds.items import Item
from tests.feeds.stories import article, document


def test_an_item_that_fails_costs_itself_and_is_logged() -> None:
    def write(entry: generator.Entry, item: Item) -> None:
        entry.link(href=item.url)
        if item.title == "Story 2":
            entry.title("\x00")
        entry.rss_entry()

    found = document(article(1), article(2), article(3))
    feed = generator.begin(found, FeedFormat.RSS)
    with structlog.testing.capture_logs() as logs:
        generator.add_items(feed, found, write)
    titles = etree.fromstring(feed.rss_str()).findall(".//item/title")
    assert [title.text for title in titles] == ["Story 1", "Story 3"]
    assert [entry["guid"] for entry in logs] == ["tag:news.example.edu,2020-06-08:article/2"]


def test_plain_text_becomes_html() -> None:
    assert generator.escaped('1 < 2 & 3 > "2"') == '1 &lt; 2 &amp; 3 &gt; "2"'
