"""How a page looks where its address is shared."""

from dataclasses import replace

import pytest

from feedsvc.model.article import Image
from feedsvc.pages.addresses import article_path, chrome_for
from feedsvc.pages.cards import Tag, article_card, page_card, territory
from tests.pages.sample import BASE, NEWS, SITE, STORY, made
from tests.pages.test_every_page import found, parsed

CHROME = chrome_for(SITE, "/categories/news")


def names(tags: list[Tag]) -> set[str]:
    return {name for name, _ in tags}


def test_a_story_has_a_whole_card() -> None:
    assert article_card(CHROME, replace(STORY, revision=2), (NEWS,)) == [
        ("og:type", "article"),
        ("og:title", STORY.title),
        ("og:description", STORY.summary),
        ("og:url", STORY.url),
        ("og:site_name", "USST News"),
        ("og:locale", "en_US"),
        ("article:published_time", "2020-06-06"),
        ("article:modified_time", "2020-06-08T00:00:00Z"),
        ("article:section", "News & Events"),
        ("og:image", "https://en.example.edu/a.jpg"),
        ("og:image:width", "600"),
        ("og:image:height", "400"),
        ("og:image:alt", "Two people sign"),
        ("twitter:card", "summary_large_image"),
    ]


def test_no_date_and_no_size_is_invented() -> None:
    bare = names(article_card(CHROME, replace(STORY, published_at=None, image=Image("https://en.example.edu/a.jpg"))))
    assert "og:image" in bare
    invented = {"article:published_time", "article:modified_time", "og:image:width", "og:image:height", "og:image:alt"}
    assert not invented & bare


def test_a_picture_that_may_not_be_shown_is_not_named() -> None:
    tags = article_card(CHROME, replace(STORY, image=Image("javascript:alert(1)", "x", "", 1, 1)))
    assert "og:image" not in names(tags)
    assert ("twitter:card", "summary") in tags


def test_a_story_written_here_is_shared_by_its_page_here() -> None:
    own = replace(STORY, url=f"{BASE}/articles/{STORY.id}")
    assert ("og:url", BASE + article_path(STORY)) in article_card(CHROME, own)


def test_a_category_speaks_its_own_language() -> None:
    tags = page_card(CHROME, "学校要闻", "", "zh")
    assert ("og:locale", "zh_CN") in tags
    assert ("og:url", f"{BASE}/categories/news") in tags
    assert "og:description" not in names(tags)


@pytest.mark.parametrize(
    ("language", "there"),
    [("en", "en_US"), ("zh", "zh_CN"), ("zh-Hant", "zh_TW"), ("en-GB", "en_GB"), ("de", "de_DE"), ("xx", "en_US")],
)
def test_a_language_has_its_land(language: str, there: str) -> None:
    assert territory(language) == there


def test_the_tags_stand_in_the_head_as_what_they_are() -> None:
    tree = parsed(made("article"))
    assert len(found(tree, "//head/meta[starts-with(@property, 'og:')]")) >= 9
    assert [tag.get("content") for tag in found(tree, "//head/meta[@name='twitter:card']")] == ["summary_large_image"]
    assert [tag.get("content") for tag in found(parsed(made("home")), "//meta[@property='og:type']")] == ["website"]
