"""A story as linked data."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.article import Article, Image
from feedsvc.pages.addresses import article_path, chrome_for
from feedsvc.pages.linked_data import news_article
from tests.pages.sample import BASE, CHINESE, NEWS, SITE, STORY

CHROME = chrome_for(SITE, "/articles/1/a")


def described(article: Article) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(news_article(CHROME, article, (NEWS, CHINESE)))
    return data


def test_a_story_is_described_whole() -> None:
    assert described(replace(STORY, revision=2)) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": STORY.title,
        "description": STORY.summary,
        "inLanguage": "en",
        "datePublished": "2020-06-06",
        "dateModified": "2020-06-08T00:00:00Z",
        "author": [{"@type": "Person", "name": "Lu Wen"}, {"@type": "Person", "name": "Zhang Liu"}],
        "image": {
            "@type": "ImageObject",
            "url": "https://en.example.edu/a.jpg",
            "width": 600,
            "height": 400,
            "caption": "The signing",
        },
        "articleSection": ["News & Events", "学校要闻"],
        "url": BASE + article_path(STORY),
        "mainEntityOfPage": {"@type": "WebPage", "@id": STORY.url},
        "isBasedOn": STORY.url,
        "publisher": {
            "@type": "Organization",
            "name": "USST News",
            "url": BASE,
            "logo": {"@type": "ImageObject", "url": "https://www.example.edu/logo.svg"},
        },
    }


def test_what_is_not_known_is_not_said() -> None:
    bare = described(replace(STORY, published_at=None, authors=(), image=None, url="javascript:x"))
    unknown = {"datePublished", "dateModified", "author", "image", "mainEntityOfPage", "isBasedOn"}
    assert not unknown & set(bare)


def test_no_size_is_invented_and_no_picture_is_shown_that_may_not_be() -> None:
    half = described(replace(STORY, image=Image("https://en.example.edu/a.jpg", width=600)))["image"]
    assert half == {"@type": "ImageObject", "url": "https://en.example.edu/a.jpg"}
    assert "image" not in described(replace(STORY, image=Image("data:image/png;base64,AA")))


def test_without_a_summary_the_text_speaks() -> None:
    assert described(replace(STORY, summary=""))["description"].startswith("On the morning of May 27")


def test_a_known_time_is_an_instant() -> None:
    assert described(replace(STORY, published_is_date=False))["datePublished"] == "2020-06-05T16:00:00Z"


def test_a_story_written_here_is_its_own_page() -> None:
    own = described(replace(STORY, url=f"{BASE}/articles/{STORY.id}"))
    assert own["mainEntityOfPage"]["@id"] == own["url"] == BASE + article_path(STORY)
    assert "isBasedOn" not in own


@given(st.text())
def test_no_title_can_end_the_element_and_every_title_comes_back(title: str) -> None:
    block = news_article(CHROME, replace(STORY, title=title))
    assert not set("<>&\u2028\u2029") & set(block)
    assert json.loads(block).get("headline", "") == title
