"""A story as linked data."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.article import Article
from feedsvc.pages.addresses import chrome_for
from feedsvc.pages.linked_data import news_article
from tests.pages.sample import BASE, SITE, STORY

CHROME = chrome_for(SITE, "/articles/1/a")


def described(article: Article) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(news_article(CHROME, article))
    return data


def test_a_story_is_described_whole() -> None:
    assert described(STORY) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": STORY.title,
        "description": STORY.summary,
        "inLanguage": "en",
        "datePublished": "2020-06-06",
        "dateModified": "2020-06-08T00:00:00Z",
        "author": [{"@type": "Person", "name": "Lu Wen"}, {"@type": "Person", "name": "Zhang Liu"}],
        "image": "https://en.example.edu/a.jpg",
        "mainEntityOfPage": STORY.url,
        "publisher": {"@type": "Organization", "name": "USST News", "url": BASE},
    }


def test_what_is_not_known_is_not_said() -> None:
    bare = described(replace(STORY, published_at=None, authors=(), image=None, summary="", url="javascript:x"))
    assert not {"datePublished", "author", "image", "description", "mainEntityOfPage"} & set(bare)


def test_a_known_time_is_an_instant() -> None:
    assert described(replace(STORY, published_is_date=False))["datePublished"] == "2020-06-05T16:00:00Z"


@given(st.text())
def test_no_title_can_end_the_element_and_every_title_comes_back(title: str) -> None:
    block = news_article(CHROME, replace(STORY, title=title))
    assert not set("<>&\u2028\u2029") & set(block)
    assert json.loads(block)["headline"] == title
