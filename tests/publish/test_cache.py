"""Rendered feeds: stable, shared, bounded, up to date within a second."""

import asyncio
from datetime import timedelta

import pytest

from feedsvc.feeds.document import FeedFormat
from feedsvc.publish.cache import FeedCache
from feedsvc.publish.documents import NEVER
from feedsvc.publish.keys import OPML_KEY, FeedKey
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from tests.publish import newsroom
from tests.publish.caches import ALL, NEWS, Timer, counted, feed, kept_bytes, renders, titles
from tests.publish.newsroom import DAY


@pytest.mark.parametrize("form", [FeedFormat.RSS, FeedFormat.ATOM, FeedFormat.JSON])
async def test_a_feed_in_each_format(cache: FeedCache, form: FeedFormat) -> None:
    found = await feed(cache, FeedKey(("news",), form))
    assert b"First" in found.body
    assert found.last_modified == DAY
    assert found.content_type == form.content_type


async def test_an_unknown_category_is_no_feed(cache: FeedCache) -> None:
    assert await cache.get(FeedKey(("unknown",), FeedFormat.RSS)) is None
    assert await cache.get(FeedKey(("news", "unknown"), FeedFormat.RSS)) is None


async def test_a_category_without_stories_has_a_feed(cache: FeedCache) -> None:
    found = await feed(cache, FeedKey(("xinwen",), FeedFormat.ATOM))
    assert found.last_modified == NEVER
    assert titles(found) == []


async def test_a_union(cache: FeedCache, filled: Database) -> None:
    await newsroom.publish(filled, "second", "xinwen")
    found = await feed(cache, FeedKey(("news", "xinwen"), FeedFormat.RSS))
    assert titles(found) == ["Second", "First"]


async def test_the_list_of_all_feeds(cache: FeedCache) -> None:
    found = await feed(cache, OPML_KEY)
    assert found.content_type == "text/x-opml; charset=utf-8"
    assert found.body.count(b"xmlUrl=") == 3


async def test_a_warm_feed_renders_nothing_and_reads_nothing(cache: FeedCache, filled: Database) -> None:
    first = await feed(cache)
    before = renders()
    with counted(filled) as sent:
        for _ in range(100):
            assert await cache.get(NEWS) is first
            assert cache.ready(NEWS) is first
    assert sent == []
    assert renders() == before


async def test_one_query_a_second_whatever_the_number_of_feeds(
    cache: FeedCache, filled: Database, timer: Timer
) -> None:
    keys = [
        FeedKey(slugs, form) for slugs in ((), ("news",), ("xinwen",)) for form in (FeedFormat.RSS, FeedFormat.ATOM)
    ]
    for key in keys:
        await cache.get(key)
    for _ in range(3):
        timer.pass_by(1.0)
        with counted(filled) as sent:
            await asyncio.gather(*(cache.get(key) for key in keys * 5))
        assert len(sent) == 1


async def test_unknown_names_cost_no_more_than_that(cache: FeedCache, filled: Database) -> None:
    await cache.get(NEWS)
    with counted(filled) as sent:
        for number in range(50):
            assert await cache.get(FeedKey((f"x{number}",), FeedFormat.RSS)) is None
    assert sent == []


async def test_a_cold_feed_is_rendered_once_however_many_ask(cache: FeedCache) -> None:
    before = renders()
    found = await asyncio.gather(*(cache.get(NEWS) for _ in range(20)))
    assert len({id(prepared) for prepared in found}) == 1
    assert renders() == before + 1


async def test_a_reader_who_goes_away_takes_nothing_from_the_others(cache: FeedCache) -> None:
    impatient, patient = asyncio.create_task(cache.get(NEWS)), asyncio.create_task(cache.get(NEWS))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient is not None
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_change_is_seen_after_a_second(cache: FeedCache, filled: Database, timer: Timer) -> None:
    first = await feed(cache)
    await newsroom.publish(filled, "second", "news")
    timer.pass_by(0.9)
    assert await feed(cache) is first
    timer.pass_by(0.1)
    assert cache.ready(NEWS) is None
    second = await feed(cache)
    assert titles(second) == ["Second", "First"]
    assert second.etag != first.etag
    assert second.last_modified == first.last_modified + timedelta(seconds=1)


async def test_a_withdrawal_moves_the_feed_forward(cache: FeedCache, filled: Database, timer: Timer) -> None:
    atom = FeedKey(("news",), FeedFormat.ATOM)
    first = await feed(cache, atom)
    await newsroom.withdraw(filled, "first", "news")
    timer.pass_by(1)
    second = await feed(cache, atom)
    assert titles(second) == []
    assert (
        b'deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="tag:news.example.edu,2020:first"'
        in second.body
    )
    assert second.last_modified > first.last_modified


async def test_a_change_elsewhere_renders_nothing_here(cache: FeedCache, filled: Database, timer: Timer) -> None:
    first = await feed(cache)
    await newsroom.publish(filled, "second", "xinwen")
    timer.pass_by(1)
    assert await feed(cache) is first


async def test_a_feed_newer_than_the_marks_is_not_rendered_again(
    cache: FeedCache, filled: Database, timer: Timer
) -> None:
    await cache.get(ALL)
    await newsroom.publish(filled, "second", "news")
    timer.pass_by(0.5)
    before = renders()
    found = await feed(cache)
    assert titles(found) == ["Second", "First"]
    assert await feed(cache) is found
    assert renders() == before + 1


async def test_a_new_name_of_a_category_is_seen(cache: FeedCache, filled: Database, timer: Timer) -> None:
    await cache.get(NEWS)
    await newsroom.rename_category(filled, "news", "Campus")
    timer.pass_by(1)
    assert b"<title>Campus " in (await feed(cache)).body


async def test_a_removed_category_is_gone(cache: FeedCache, filled: Database, timer: Timer) -> None:
    found, before = await feed(cache), kept_bytes()
    await newsroom.remove_category(filled, "news")
    timer.pass_by(1)
    assert await cache.get(NEWS) is None
    assert kept_bytes() == before - found.size


@pytest.mark.parametrize("form", list(FeedFormat))
async def test_another_process_has_the_same_bytes(
    cache: FeedCache, filled: Database, settings: Settings, form: FeedFormat
) -> None:
    key = FeedKey((), form)
    assert await feed(cache, key) == await feed(FeedCache(filled, settings), key)


async def test_memory_is_bounded_and_the_least_used_leaves(filled: Database, settings: Settings, timer: Timer) -> None:
    await newsroom.publish(filled, "long", "news", "xinwen", content_html=f"<p>{'x' * 300_000}</p>")
    small = settings.model_copy(update={"feeds": settings.feeds.model_copy(update={"memory": 1})})
    cache = FeedCache(filled, small, timer)
    keys = [FeedKey(slugs, FeedFormat.RSS) for slugs in (("news",), ("xinwen",), (), ("news", "xinwen"))]
    for key in keys[:3]:
        await cache.get(key)
    assert cache.ready(keys[0]) is not None
    await cache.get(keys[3])
    assert [cache.ready(key) is not None for key in keys] == [True, False, True, True]
    assert 600_000 < kept_bytes() <= 1_000_000


async def test_a_feed_too_big_to_keep_is_served_all_the_same(
    filled: Database, settings: Settings, timer: Timer
) -> None:
    await newsroom.publish(filled, "long", "news", content_html=f"<p>{'x' * 1_200_000}</p>")
    small = settings.model_copy(update={"feeds": settings.feeds.model_copy(update={"memory": 1})})
    cache = FeedCache(filled, small, timer)
    assert len((await feed(cache)).body) > 1_200_000
    assert cache.ready(NEWS) is None


async def test_no_more_items_than_the_settings_say(filled: Database, settings: Settings) -> None:
    await newsroom.publish(filled, "second", "news")
    short = settings.model_copy(update={"feeds": settings.feeds.model_copy(update={"items": 1})})
    assert titles(await feed(FeedCache(filled, short))) == ["Second"]
