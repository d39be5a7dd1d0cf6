"""Items rendered once, and the store that keeps them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from feedsvc.feeds import atom, jsonfeed, rss
from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.fragments import Fragments, rendered
from feedsvc.feeds.items import Item
from feedsvc.model.article import Article, Attachment, Image
from feedsvc.model.newsroom import Category
from tests.feeds.stories import CHINESE, NEWS, STAMP, article, document

Render = Callable[[FeedDocument, Fragments | None], bytes]
ROOM = 10_000_000
FORMATS = [rss.render, atom.render, jsonfeed.render]
NUMBERS = st.lists(st.integers(1, 6), max_size=6, unique=True)
CHANGES: dict[str, Any] = {
    "url": "https://x.edu/2",
    "guid": "tag:x.edu,2020:2",
    "title": "Another",
    "summary": "Another",
    "content_html": "<p>Another</p>",
    "authors": ("Wang",),
    "language": "fr",
    "image": Image("https://x.edu/a.png"),
    "attachments": (Attachment("https://x.edu/a.pdf", "A"),),
    "published_at": datetime(2020, 6, 5, tzinfo=UTC),
    "updated_at": STAMP + timedelta(days=1),
    "source_title": "Another",
    "categories": ("xinwen",),
}


class Counter:
    """Writes an item as its guid, and counts."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def __call__(self, item: Item) -> bytes:
        self.written.append(item.guid)
        return item.guid.encode()


@pytest.fixture
def count() -> Counter:
    return Counter()


def test_one_new_article_renders_one_fragment_per_format(count: Counter) -> None:
    store = Fragments(ROOM)
    known = [article(number) for number in range(50)]
    for form in (FeedFormat.RSS, FeedFormat.ATOM):
        rendered(document(*known), form, count, store)
    count.written.clear()
    for form in (FeedFormat.RSS, FeedFormat.ATOM):
        lines = rendered(document(article(99), *known[:-1]), form, count, store)
        assert lines == [f"tag:news.example.edu,2020-06-08:article/{number}".encode() for number in (99, *range(49))]
    assert count.written == ["tag:news.example.edu,2020-06-08:article/99"] * 2


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_of_an_article_changes_its_fragment_is_written_anew(name: str, count: Counter) -> None:
    store = Fragments(ROOM)
    for found in (article(), replace(article(), **{name: CHANGES[name]})):
        rendered(document(found), FeedFormat.RSS, count, store)
    assert len(count.written) == 2


@pytest.mark.parametrize(
    ("categories", "times"),
    [
        ((NEWS, CHINESE), 1),
        ((CHINESE, NEWS, Category("more", "More")), 1),
        ((replace(NEWS, title="Events"), CHINESE), 2),
        ((CHINESE,), 2),
    ],
    ids=["the same", "another", "renamed", "gone"],
)
def test_a_fragment_hangs_on_the_titles_of_its_own_categories(
    categories: tuple[Category, ...], times: int, count: Counter
) -> None:
    store = Fragments(ROOM)
    rendered(document(article()), FeedFormat.RSS, count, store)
    rendered(document(article(), categories=categories), FeedFormat.RSS, count, store)
    assert len(count.written) == times


def test_feeds_share_the_fragments_of_an_article(count: Counter) -> None:
    store = Fragments(ROOM)
    rendered(document(article(1), article(2)), FeedFormat.RSS, count, store)
    rendered(document(article(2), article(1), title="Another feed", language="fr"), FeedFormat.RSS, count, store)
    assert len(count.written) == 2


def test_an_article_that_no_encoding_takes_is_kept_too(count: Counter) -> None:
    store = Fragments(ROOM)
    for title in ("\ud800", "\ud800", "\udfff"):
        rendered(
            document(article(title=title, image=Image("https://x.edu/a", width=1 << 80))), FeedFormat.RSS, count, store
        )
    assert len(count.written) == 2


def test_an_item_that_fails_costs_itself_and_is_logged_with_its_id() -> None:
    def write(item: Item) -> bytes:
        if item.title == "Story 2":
            raise ValueError(item.title)
        return item.title.encode()

    store = Fragments(ROOM)
    found = document(article(1), article(2), article(3))
    with structlog.testing.capture_logs() as logs:
        assert rendered(found, FeedFormat.RSS, write, store) == [b"Story 1", b"Story 3"]
    assert [entry["article"] for entry in logs] == ["0172a-2"]
    mended = rendered(found, FeedFormat.RSS, lambda item: item.title.encode(), store)
    assert mended == [b"Story 1", b"Story 2", b"Story 3"]


@st.composite
def editions(draw: st.DrawFn) -> list[FeedDocument]:
    """A feed as it changes: articles come, go, change places, share an instant, are corrected."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        title = draw(st.sampled_from(["One", "Two"]))
        chosen: list[Article] = [article(number, title=title) for number in draw(NUMBERS)]
        twins = [replace(one, guid=one.guid + "/twin") for one in chosen if draw(st.booleans())]
        bad = [article(90, url="javascript:alert(1)")] if draw(st.booleans()) else []
        found.append(document(*twins, *bad, *chosen, categories=(replace(NEWS, title=title),)))
    return found


@pytest.mark.parametrize("room", [0, 2000, ROOM])
@pytest.mark.parametrize("render", FORMATS, ids=["rss", "atom", "json"])
@given(found=editions())
@rules(max_examples=25)
def test_known_fragments_change_no_byte(render: Render, room: int, found: list[FeedDocument]) -> None:
    store = Fragments(room)
    for edition in found:
        assert render(edition, store) == render(edition, None)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 400))), st.integers(0, 1500))
def test_the_store_never_takes_more_than_its_room(kept: list[tuple[str, int]], room: int) -> None:
    store = Fragments(room)
    for name, length in kept:
        store.keep(name.encode(), bytes(length))
        assert 0 <= store.size <= room
    known = [name for name in "abcdef" if store.get(name.encode()) is not None]
    last = dict(kept)
    assert store.size >= sum(last[name] for name in known)
    assert bool(known) == (store.size > 0)


def test_the_least_recently_used_leaves_first() -> None:
    store = Fragments(1000)
    store.keep(b"one", bytes(200))
    store.keep(b"two", bytes(200))
    assert store.get(b"one") is not None
    store.keep(b"three", bytes(200))
    assert store.get(b"two") is None
    assert store.get(b"one") is not None
    assert store.get(b"three") is not None
