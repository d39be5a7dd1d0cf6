"""The page about a feed and the form that makes addresses of feeds, as documents."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.pages import feed_views, render
from feedsvc.pages.addresses import FEED_NAMES, builder_path, chrome_for, feed_path, web_readers, with_topics
from tests.pages.sample import ALL, BASE, BELOW, CHINESE, NEWS, SITE, STORY, made
from tests.pages.test_every_page import found, parsed, values

SLUGS = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,20}", fullmatch=True)
FEEDS = ("feed", "feed, of several", "feed, archived", "feed, archived and emptied")


@given(st.lists(SLUGS).map(tuple), st.sampled_from([None, *FEED_NAMES]))
def test_the_address_of_the_filled_form_says_what_was_chosen(slugs: tuple[str, ...], form: str | None) -> None:
    asked = parse_qsl(urlsplit(builder_path(slugs, form)).query)
    assert [value for name, value in asked if name == "categories"] == list(slugs)
    assert [value for name, value in asked if name == "format"] == ([form] if form else [])
    assert with_topics("/subscribe", slugs).startswith("/subscribe")


@given(st.text(min_size=1))
def test_readers_on_the_web_get_the_whole_address_as_one_value(tail: str) -> None:
    feed = f"{BASE}/feeds/a+b.rss?{tail}"
    for address in web_readers(feed).values():
        assert urlsplit(address).scheme == "https"
        assert unquote(address).endswith(feed)
        assert "&" not in address.partition("feed")[2]


def test_pages_of_an_archive_have_their_own_path() -> None:
    assert feed_path("news", "atom", 3) == "/feeds/news/archive/3.atom"
    assert feed_path("a+b", "rss") == "/feeds/a+b.rss"


@pytest.mark.parametrize("name", FEEDS)
def test_the_page_of_a_feed_is_not_found_by_search_and_says_what_is(name: str) -> None:
    tree = parsed(made(name))
    assert values(tree, "//meta[@name='robots']/@content") == ["noindex"]
    canonical = {"feed": f"{BASE}/categories/news", "feed, archived and emptied": f"{BASE}/categories/news"}
    assert values(tree, "//link[@rel='canonical']/@href") == [canonical.get(name, f"{BASE}/")]


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_own_feed_is_announced_first_and_offered_in_every_way(name: str, language: str) -> None:
    tree = parsed(made(name, language))
    path = ALL[name][0].partition("/archive/")[0].partition(".")[0]
    form = ALL[name][0].rpartition(".")[2]
    own = [f"{BASE}{path}.{ending}" for ending in FEED_NAMES]
    assert values(tree, "//link[@rel='alternate']/@href")[:3] == own
    address = f"{BASE}{path}.{form}"
    assert values(tree, "//input[@readonly]/@value") == [address]
    assert values(tree, "//a[starts-with(@href, 'feed:')]/@href") == [f"feed:{address}"]
    assert values(tree, "//button/@data-copy") == [address, *own]
    assert values(tree, "//a[contains(@class, 'feed-link')]/@href") == own
    assert values(tree, "//ul[@class='readers']//a/@href") == list(web_readers(address).values())
    assert f"{BELOW}{ALL[name][0]}?format=feed" in values(tree, "//a/@href")
    topics = "".join(f"categories={slug}&" for slug in path.removeprefix("/feeds/").split("+") if slug != "all")
    sign_up = [link for link in values(tree, "//main//a/@href") if link.startswith(f"{BELOW}/subscribe")]
    assert [f"{urlsplit(link).query}&".replace("language=zh&", "").removeprefix("&") for link in sign_up] == [topics]


def test_it_shows_title_date_and_summary() -> None:
    tree = parsed(made("feed"))
    story = found(tree, "//ol[@class='stories']/li")[0].text_content()
    assert STORY.title in story
    assert STORY.summary in story
    assert "June 6, 2020" in story
    assert not found(tree, "//main//img")
    assert found(tree, "//ol[@class='stories']/li")[1].get("lang") == "zh-Hans"


def test_an_empty_feed_and_an_emptied_page_say_so() -> None:
    assert "There are no stories in this feed yet." in made("feed, of several")
    assert "Every story of this page was withdrawn." in made("feed, archived and emptied")


@pytest.mark.parametrize(("page", "turns"), [(1, ["prev"]), (2, ["prev", "next"]), (3, ["next"])])
def test_an_archive_is_turned_towards_both_ends(page: int, turns: list[str]) -> None:
    shown = feed_views.FeedPage("news", "rss", (NEWS,), (STORY,), page, 3)
    tree = parsed(render.feed(chrome_for(SITE, f"/feeds/news/archive/{page}.rss"), shown))
    assert values(tree, "//a/@rel[. = 'prev' or . = 'next']") == turns
    steps = {"prev": page + 1, "next": page - 1}
    links = [f"{BELOW}/feeds/news/archive/{steps[turn]}.rss" for turn in turns]
    assert values(tree, "//nav[@class='turn']/a/@href") == links


def test_a_heading_in_another_language_says_which() -> None:
    shown = feed_views.FeedPage("yaowen", "rss", (CHINESE,), ())
    tree = parsed(render.feed(chrome_for(SITE, "/feeds/yaowen.rss"), shown))
    assert found(tree, "//h1")[0].get("lang") == "zh-Hans"
    assert not found(parsed(made("feed, of several")), "//h1[@lang]")


def test_the_title_says_which_feed_and_which_page_of_its_archive() -> None:
    titles = {name: found(parsed(made(name)), "//title")[0].text_content() for name in FEEDS}
    assert titles == {
        "feed": "News & Events (Atom feed) · USST News",
        "feed, of several": "News & Events, 学校要闻 (RSS feed) · USST News",
        "feed, archived": "Everything (Archive of the JSON feed, page 2 of 3) · USST News",
        "feed, archived and emptied": "News & Events (Archive of the RSS feed, page 3 of 3) · USST News",
    }


# ---------------------------------------------------------------- the builder


def test_an_empty_form_ticks_nothing_and_takes_rss() -> None:
    tree = parsed(made("builder"))
    assert values(tree, "//input[@type='checkbox']/@value") == ["news", "yaowen"]
    assert values(tree, "//input[@checked]/@value") == ["rss"]
    assert not values(tree, "//input[@readonly]/@value")
    assert not found(tree, "//meta[@name='robots']")
    assert values(tree, "//form/@method") == ["get"]


def test_a_filled_form_shows_the_address_and_stays_filled() -> None:
    tree = parsed(made("builder, filled"))
    assert values(tree, "//input[@checked]/@value") == ["news", "yaowen", "atom"]
    assert values(tree, "//input[@readonly]/@value") == [f"{BASE}/feeds/news+yaowen.atom"]
    assert values(tree, "//link[@rel='canonical']/@href") == [f"{BASE}/feeds"]
    assert values(tree, "//meta[@name='robots']/@content") == ["noindex"]
    result = found(tree, "//section[@aria-labelledby='result']")[0]
    assert "News & Events, 学校要闻 (Atom)" in " ".join(result.text_content().split())
    assert values(result, ".//span[@lang]/@lang") == ["zh-Hans"]


def test_too_many_topics_are_counted() -> None:
    tree = parsed(made("builder, too many"))
    assert "You chose 9 topics, and one feed takes 8." in tree.text_content()
    assert found(tree, "//*[@role='alert']")
    assert not values(tree, "//input[@readonly]/@value")
    assert "Up to 8." in tree.text_content()
    assert "Up to 8." not in made("builder")


def test_without_topics_there_is_everything() -> None:
    tree = parsed(made("builder, without topics"))
    assert not found(tree, "//input[@type='checkbox']")
    assert values(tree, "//input[@readonly]/@value") == [f"{BASE}/feeds/all.json"]


@pytest.mark.parametrize("name", ["home", "builder", "builder, filled", *FEEDS])
def test_the_list_of_all_feeds_and_the_form_are_within_reach(name: str) -> None:
    links = values(parsed(made(name)), "//main//a/@href|//main//form/@action")
    assert f"{BELOW}/feeds.opml" in links
    assert [link for link in links if urlsplit(link).path == f"{BELOW}/feeds"]


def test_a_category_announces_its_own_feed_first_and_so_does_its_story() -> None:
    for name in ("category", "article"):
        announced = values(parsed(made(name)), "//link[@rel='alternate']/@href")
        assert announced[0] == f"{BASE}/feeds/news.rss"
        assert announced[3] == f"{BASE}/feeds/all.rss"


def test_every_copy_button_has_words_for_what_it_did() -> None:
    for name in ("category", *FEEDS):
        for button in found(parsed(made(name)), "//button[@data-copy]"):
            assert button.get("data-copied") == "Copied"
            form = FEED_NAMES[str(button.get("data-copy")).rpartition(".")[2]]
            assert button.get("data-said") == f"The address of the {form} feed is copied."
            assert button.get("data-failed")
            assert button.get("type") == "button"
