"""Compressed forms and single items: made once, counted, and never a reason to fail."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from feedsvc.feeds.document import SUBSCRIBABLE, FeedFormat
from feedsvc.feeds.fragments import Fragments
from feedsvc.model.newsroom import Category
from feedsvc.publish.cache import FeedCache
from feedsvc.publish.contents import Contents
from feedsvc.publish.keys import FeedKey
from feedsvc.publish.prepared import Encoding
from feedsvc.publish.rendering import rendered
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from feedsvc.storage.reading import FeedMarks
from tests.feeds.stories import article
from tests.publish import newsroom
from tests.publish.caches import NEWS, Timer, feed, kept_bytes, titles
from tests.publish.newsroom import DAY
from tests.publish.test_prepared import UNPACK

PACKED = [Encoding.GZIP, Encoding.BR, Encoding.ZSTD]


async def test_a_form_is_made_with_the_first_who_takes_it_and_counted(cache: FeedCache) -> None:
    found, before = await feed(cache), kept_bytes()
    assert found.packed == {}
    for encoding in PACKED:
        made = await asyncio.gather(*(cache.packed(NEWS, found, encoding) for _ in range(20)))
        assert len({id(body) for body in made}) == 1
        assert UNPACK[encoding](made[0]) == found.body
        assert await cache.packed(NEWS, found, encoding) is made[0]
    assert kept_bytes() == before + sum(map(len, found.packed.values()))
    assert await cache.packed(NEWS, found, Encoding.IDENTITY) is found.body


async def test_forms_leave_with_their_feed(cache: FeedCache, filled: Database, timer: Timer) -> None:
    old = await feed(cache)
    for encoding in PACKED:
        await cache.packed(NEWS, old, encoding)
    size = kept_bytes()
    await newsroom.remove_category(filled, "news")
    timer.pass_by(1)
    assert await cache.get(NEWS) is None
    assert kept_bytes() == size - old.size
    # Who got the feed before it went can still have it packed, and nobody keeps it.
    assert UNPACK[Encoding.GZIP](await cache.packed(NEWS, old, Encoding.GZIP)) == old.body
    assert kept_bytes() == size - old.size


async def test_forms_of_a_feed_that_is_too_big_to_keep(filled: Database, settings: Settings, timer: Timer) -> None:
    await newsroom.publish(filled, "long", "news", content_html=f"<p>{'x' * 1_200_000}</p>")
    small = settings.model_copy(update={"feeds": settings.feeds.model_copy(update={"memory": 1})})
    cache = FeedCache(filled, small, timer)
    found = await feed(cache)
    for encoding in PACKED:
        assert UNPACK[encoding](await cache.packed(NEWS, found, encoding)) == found.body
    assert found.packed == {}
    assert kept_bytes() <= 1_000_000


async def test_whatever_is_asked_for_memory_is_bounded(filled: Database, settings: Settings, timer: Timer) -> None:
    for number in range(12):
        words = " ".join(f"w{number * place}" for place in range(9000))
        await newsroom.publish(filled, f"s{number:02}", ("news", "xinwen")[number % 2], content_html=f"<p>{words}</p>")
    small = settings.model_copy(update={"feeds": settings.feeds.model_copy(update={"memory": 2})})
    cache = FeedCache(filled, small, timer)
    for slugs in ((), ("news",), ("xinwen",), ("news", "xinwen")):
        for form in SUBSCRIBABLE:
            for encoding in Encoding:
                key = FeedKey(slugs, form)
                found = await feed(cache, key)
                assert UNPACK[encoding](await cache.packed(key, found, encoding)) == found.body
                assert 0 < kept_bytes() <= 2_000_000


@pytest.mark.parametrize("form", SUBSCRIBABLE)
async def test_a_bad_article_costs_itself_and_is_logged(cache: FeedCache, filled: Database, form: FeedFormat) -> None:
    await newsroom.publish(filled, "bad", "news", url="javascript:alert(1)")
    await newsroom.publish(filled, "third", "news")
    with capture_logs() as logs:
        found = await feed(cache, FeedKey(("news",), form))
    assert b"Third" in found.body
    assert b"First" in found.body
    assert b"alert" not in found.body
    assert [entry["article"] for entry in logs if "left out" in entry["event"]] == ["bad"]


async def test_a_bad_article_leaves_its_place_in_the_archive_empty(cache: FeedCache, filled: Database) -> None:
    await newsroom.publish(filled, "bad", "news", url="javascript:alert(1)")
    await newsroom.publish(filled, "third", "news")
    assert titles(await feed(cache, FeedKey(("news",), FeedFormat.ATOM, 1))) == ["Third", "First"]


CATEGORIES = (Category("news", "News"),)
STORIES = st.lists(st.integers(0, 30), unique=True, max_size=8)


@given(st.lists(st.tuples(STORIES, st.sampled_from(SUBSCRIBABLE)), min_size=1, max_size=6), st.sampled_from([0, 3000]))
def test_the_bytes_are_the_same_with_and_without_items_at_hand(
    feeds: list[tuple[list[int], FeedFormat]], room: int
) -> None:
    settings = Settings()
    marks = FeedMarks(CATEGORIES, {"news": DAY})
    fragments, plenty = Fragments(room), Fragments(1_000_000)
    for numbers, form in feeds:
        contents = Contents(tuple(article(number) for number in numbers))
        key = FeedKey(("news",), form)
        fresh = rendered(key, marks, contents, settings)
        assert rendered(key, marks, contents, settings, fragments) == fresh
        assert rendered(key, marks, contents, settings, plenty) == fresh
        assert fragments.size <= room
