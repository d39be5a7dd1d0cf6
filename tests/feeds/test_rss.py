"""RSS 2.0."""

import locale
import re
from typing import Any

import pytest
from lxml import etree

from feedsvc.feeds import rss
from feedsvc.feeds.document import FeedDocument
from feedsvc.model.article import Attachment, Image
from tests.feeds.stories import article, document

A = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


def channel(found: FeedDocument) -> Any:
    return etree.fromstring(rss.render(found))[0]


def test_the_channel() -> None:
    found = channel(document(article(), rights="© USST"))
    assert found.findtext("title") == "News & Events · USST"
    assert found.findtext("link") == "https://news.example.edu/categories/news"
    assert found.findtext("description") == "What happens on campus"
    assert found.findtext("language") == "en"
    assert found.findtext("lastBuildDate") == "Mon, 08 Jun 2020 00:00:00 +0000"
    assert found.findtext("generator") == "feedsvc"
    assert found.findtext("copyright") == "© USST"


def test_the_channel_names_itself_and_its_siblings() -> None:
    links = [(link.get("rel"), link.get("type"), link.get("href")) for link in channel(document()).findall(A + "link")]
    base = "https://news.example.edu/feeds/news"
    assert links == [
        ("self", "application/rss+xml", base + ".rss"),
        ("alternate", "application/atom+xml", base + ".atom"),
        ("alternate", "application/feed+json", base + ".json"),
    ]


def test_everything_about_the_channel_stands_before_the_items() -> None:
    names = [child.tag for child in channel(document(article(1), article(2), logo="https://x.edu/logo.png"))]
    assert names[-2:] == ["item", "item"]
    assert "item" not in names[:-2]


def test_the_items_come_in_order() -> None:
    titles = [title.text for title in channel(document(article(3), article(1), article(2))).findall("item/title")]
    assert titles == ["Story 3", "Story 1", "Story 2"]


def test_an_item() -> None:
    item = channel(document(article(summary="R&D <now>"))).find("item")
    assert item.findtext("link") == "https://en.usst.edu.cn/info/1178/1.htm"
    assert item.find("guid").attrib == {"isPermaLink": "false"}
    assert item.findtext("guid") == "tag:news.example.edu,2020-06-08:article/1"
    assert item.findtext("description") == "R&amp;D &lt;\u2060now&gt;"
    assert item.findtext(CONTENT + "encoded") == "<p>A forum was held. <b>All</b> came.</p>"
    assert item.findtext("category") == "News & Events"
    assert item.findtext(DC + "creator") == "Li Wei"
    assert item.findtext(DC + "publisher") == "USST News"
    assert item.find("author") is None
    assert item.find("source") is None


def test_the_description_comes_before_the_content() -> None:
    names = [child.tag for child in channel(document(article())).find("item")]
    assert names.index("description") < names.index(CONTENT + "encoded")


def test_the_lead_image_is_media_and_in_no_group() -> None:
    image = channel(document(article())).find(f"item/{MEDIA}content")
    assert dict(image.attrib) == {
        "url": "https://en.usst.edu.cn/forum.jpg",
        "medium": "image",
        "type": "image/jpeg",
        "fileSize": "1000",
        "width": "640",
        "height": "480",
    }


@pytest.mark.parametrize(
    ("attachments", "enclosures"),
    [
        ((Attachment("https://x.edu/a.pdf", "A", "application/pdf", 5),), ["https://x.edu/a.pdf"]),
        ((Attachment("https://x.edu/a.pdf", "A", "application/pdf", None),), []),
        ((Attachment("https://x.edu/a.pdf", "A", None, 5),), []),
        ((Attachment("http://localhost/a.pdf", "A", "application/pdf", 5),), []),
        (
            (
                Attachment("https://x.edu/a", "A"),
                Attachment("https://x.edu/b", "B", "text/plain", 5),
                Attachment("https://x.edu/c", "C", "text/plain", 5),
            ),
            ["https://x.edu/b"],
        ),
    ],
)
def test_an_enclosure_has_its_true_length_or_is_left_out(
    attachments: tuple[Attachment, ...], enclosures: list[str]
) -> None:
    item = channel(document(article(attachments=attachments, image=None))).find("item")
    assert [enclosure.get("url") for enclosure in item.findall("enclosure")] == enclosures


def test_without_a_file_the_picture_is_the_enclosure_if_its_length_is_known() -> None:
    item = channel(document(article(attachments=()))).find("item")
    assert dict(item.find("enclosure").attrib) == {
        "url": "https://en.usst.edu.cn/forum.jpg",
        "length": "1000",
        "type": "image/jpeg",
    }
    unknown = Image("https://en.usst.edu.cn/forum.jpg", media_type="image/jpeg")
    assert channel(document(article(attachments=(), image=unknown))).find("item/enclosure") is None


@pytest.mark.parametrize(
    ("ttl", "period", "frequency"),
    [(1, "hourly", "60"), (5, "hourly", "12"), (60, "hourly", "1"), (90, "daily", "16"), (10_000, "daily", "1")],
)
def test_how_often_to_ask_is_said_in_both_ways(ttl: int, period: str, frequency: str) -> None:
    found = channel(document(ttl=ttl))
    assert found.findtext("ttl") == str(ttl)
    assert found.findtext(SY + "updatePeriod") == period
    assert found.findtext(SY + "updateFrequency") == frequency


def test_a_square_picture_stands_in_for_a_logo_that_rss_cannot_show() -> None:
    found = channel(document(logo="https://x.edu/logo.svg", icon="https://x.edu/icon.png"))
    assert found.findtext("image/url") == "https://x.edu/icon.png"


@pytest.mark.parametrize(
    ("logo", "shown"),
    [
        ("https://x.edu/logo.png", "https://x.edu/logo.png"),
        ("https://x.edu/logo", "https://x.edu/logo"),
        ("https://x.edu/logo.svg", None),
        ("logo.png", None),
        ("", None),
    ],
)
def test_the_logo_is_shown_where_rss_can_show_it(logo: str, shown: str | None) -> None:
    found = channel(document(logo=logo))
    assert found.findtext("image/url") == shown
    assert shown is None or found.findtext("image/title") == found.findtext("title")
    assert shown is None or found.findtext("image/link") == found.findtext("link")


def test_a_version_is_nowhere() -> None:
    assert not re.search(rb"feedgen|<generator>[^<]*\d", rss.render(document(article())))


def test_rendering_leaves_the_locale_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> str:
        raise AssertionError

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert rss.render(document(article()))
