"""Which ways to read a site's news hold, judged without any site."""

from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.ingest.discovery import judging
from feedsvc.ingest.discovery.judging import Scene, near
from feedsvc.model.article import Story
from feedsvc.model.discovery import Candidate, FeedLink, FoundList, Method
from feedsvc.model.newsroom import SourceKind
from feedsvc.model.reading import FeedRead, ListItem
from feedsvc.text.urls import canonical

PAGE = "https://news.lake.example/list.htm"
NOW = datetime(2020, 6, 6, tzinfo=UTC)
URLS = tuple(f"https://news.lake.example/info/{n}.htm" for n in range(10))
LISTED = tuple(ListItem(url, "A story", NOW - timedelta(days=n)) for n, url in enumerate(URLS))
SCENE = Scene(PAGE, frozenset(map(canonical, URLS)), LISTED)
LINK = FeedLink("https://news.lake.example/feed.xml")


def read(*urls: str, newest: datetime = NOW) -> FeedRead:
    return FeedRead("News", tuple(Story(url, "A story", published=newest) for url in urls))


def feed(*urls: str, scene: Scene = SCENE, newest: datetime = NOW, link: FeedLink = LINK) -> Candidate:
    return judging.feed(link, link.url, read(*urls, newest=newest), scene)


def test_a_feed_of_the_page_holds() -> None:
    told = feed(*URLS[:3], "https://news.lake.example/info/99.htm")
    assert (told.holds, told.why, told.newest, told.dated) == (
        True,
        "It brings 4 stories, 3 of them on this page.",
        NOW,
        4,
    )


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (feed(), "It holds no stories."),
        (feed("https://elsewhere.example/1"), "None of its 1 story is on this site."),
        (feed("https://news.lake.example/sport/1"), "None of its 1 story stands on this page"),
        (feed(URLS[0], newest=NOW - timedelta(days=91)), "Its newest story is of 2020-03-07, while the page"),
    ],
)  # fmt: skip
def test_what_speaks_against_a_feed(told: Candidate, why: str) -> None:
    assert not told.holds
    assert told.why.startswith(why)


def test_on_a_home_page_a_feed_that_is_only_linked_must_bring_something_of_it() -> None:
    home = Scene("https://news.lake.example/", SCENE.links, LISTED)
    assert feed("https://news.lake.example/library/1", scene=home).holds
    linked = FeedLink(LINK.url, declared=False)
    assert not feed("https://news.lake.example/library/1", scene=home, link=linked).holds
    assert feed(URLS[0], scene=home, link=linked).holds


def test_a_plain_sitemap_holds_where_its_pages_are_stories() -> None:
    stories = [ListItem(url) for url in URLS]
    others = [ListItem(f"https://news.lake.example/about/p{n}/") for n in range(10)]
    assert judging.sitemap("s", stories, SCENE).holds
    assert judging.sitemap("s", stories + others[:2], SCENE).holds
    assert (
        judging.sitemap("s", stories + others, SCENE).why
        == "It maps the whole site: 10 of its 20 pages look like stories."
    )
    assert "cannot be told" in judging.sitemap("s", stories, Scene("https://news.lake.example/")).why
    assert judging.sitemap("s", others, Scene("s", given=True)).holds
    assert judging.sitemap("s", [], SCENE).why == "It lists no page of this site."


def test_a_list_is_judged_by_what_it_shows() -> None:
    def judged(items: tuple[ListItem, ...], method: Method = Method.LIST, scene: Scene = SCENE) -> Candidate:
        """A list of the page."""
        return judging.listing(PAGE, FoundList(method, "generic", items, {"item": "li"}), scene)

    assert judged(LISTED).why == "It lists 10 stories, all with dates."
    assert judged(LISTED).rules == {"item": "li"}
    assert judged(tuple(ListItem(url, "T") for url in URLS)).why == "It lists 10 stories, none with a date."
    assert not judged(LISTED[:2]).holds
    assert judged(LISTED[:2], Method.PRESET).holds
    assert (
        judged(tuple(ListItem(f"https://e.example/{n}", "T") for n in range(3))).why
        == "All its links lead to other sites."
    )
    assert not judged(LISTED, scene=Scene(PAGE, story=True)).holds


def test_what_holds_comes_first_then_the_order_of_the_ways() -> None:
    found = [
        Candidate(0, Method.LIST, SourceKind.PAGE, PAGE, "", holds=True),
        Candidate(0, Method.FEED, SourceKind.FEED, "f", "", holds=False),
        Candidate(0, Method.PRESET, SourceKind.PAGE, PAGE, "", holds=True),
        Candidate(0, Method.SITEMAP, SourceKind.SITEMAP, "s", "", holds=True),
        Candidate(0, Method.SITEMAP, SourceKind.SITEMAP, "s", "again", holds=False),
    ]
    ranked = judging.ranked(found, SCENE)
    assert [(one.number, one.method) for one in ranked] == [
        (1, Method.SITEMAP), (2, Method.PRESET), (3, Method.LIST), (4, Method.FEED),
    ]  # fmt: skip


def test_the_page_given_comes_before_others_but_a_home_page_after_its_news() -> None:
    def order(scene: Scene) -> list[str]:
        """The addresses of two lists, the page's own and another, in their order."""
        urls = (scene.url, "https://news.lake.example/other.htm")
        found = [Candidate(0, Method.LIST, SourceKind.PAGE, url, "", holds=True) for url in urls]
        return [one.url for one in judging.ranked(found, scene)]

    assert order(SCENE) == [PAGE, "https://news.lake.example/other.htm"]
    home = "https://news.lake.example/"
    assert order(Scene(home)) == ["https://news.lake.example/other.htm", home]


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("https://www.x.edu/a", "https://x.edu/b", True),
        ("https://news.x.edu/", "https://www.x.edu/", True),
        ("https://news.pku.edu.cn/", "https://lib.pku.edu.cn/", True),
        ("https://x.edu.cn/", "https://y.edu.cn/", False),
        ("https://x.ac.uk/", "https://y.ac.uk/", False),
        ("https://x.edu/", "https://y.edu/", False),
        ("https://x.example/", "https://evilx.example/", False),
    ],
)
def test_what_is_one_site(one: str, other: str, are: bool) -> None:
    assert near(one, other) is are
    assert near(other, one) is are
