"""Archives of feeds (RFC 5005, section 4): full pages stay as they are, and the walk through them finds everything once."""

from collections import Counter
from datetime import timedelta

import orjson
import pytest
from lxml import etree

from feedsvc.feeds.document import FeedFormat
from feedsvc.publish.cache import FeedCache
from feedsvc.publish.contents import ARCHIVE_PAGE
from feedsvc.publish.documents import NEVER
from feedsvc.publish.keys import FeedKey, canonical_key
from feedsvc.publish.prepared import Prepared
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from tests.publish import newsroom
from tests.publish.caches import Timer, counted, feed, renders
from tests.publish.newsroom import DAY

FORMS = [FeedFormat.RSS, FeedFormat.ATOM, FeedFormat.JSON]
ATOM = "{http://www.w3.org/2005/Atom}"
ARCHIVE_MARK = "{http://purl.org/syndication/history/1.0}archive"
STEPS = (3, 47, 1, 49, 25, 5)
"""130 articles: one step ends with a full page, the next begins another."""


def page(number: int, form: FeedFormat = FeedFormat.ATOM, slugs: tuple[str, ...] = ("news",)) -> FeedKey:
    return FeedKey(slugs, form, number)


def links(found: Prepared) -> dict[str, str]:
    """The links of a feed in Atom, by what they lead to."""
    leading = [link.attrib for link in etree.fromstring(found.body).iterfind(f"{ATOM}link")]
    return {str(link["rel"]): str(link["href"]) for link in leading if link["rel"] != "alternate"}


def guids(found: Prepared) -> list[str]:
    """The ids of the entries, in the order of the feed."""
    if found.content_type == FeedFormat.JSON.content_type:
        return [item["id"] for item in orjson.loads(found.body)["items"]]
    root = etree.fromstring(found.body)
    return [str(node.text) for node in (*root.iterfind(f"{ATOM}entry/{ATOM}id"), *root.iterfind("channel/item/guid"))]


async def walk(cache: FeedCache, key: FeedKey) -> list[Prepared]:
    """The pages of the archive, the newest first, as a reader finds them from the subscription document."""
    found: list[Prepared] = []
    here: str | None = links(await feed(cache, key)).get("prev-archive")
    while here is not None:
        asked = canonical_key(here.removeprefix("https://news.example.edu"))
        assert isinstance(asked, FeedKey)
        found.append(await feed(cache, asked))
        assert links(found[-1])["self"] == here
        here = links(found[-1]).get("prev-archive")
    return found


async def bring_in(db: Database, first: int, number: int) -> None:
    for place in range(first, first + number):
        # Their dates are out of order, as those of a backfill are: the archive goes by when they came in.
        when = DAY - timedelta(days=place * 7 % 100)
        await newsroom.publish(db, f"a{place:03}", "news", sort_at=when, published_at=when)


@pytest.fixture
async def newsroom_of_two(db: Database) -> Database:
    """Two categories, no story yet."""
    await newsroom.add_category(db, "news", "News")
    await newsroom.add_category(db, "xinwen", "新闻", "zh-CN")
    return db


@pytest.fixture
def archive(newsroom_of_two: Database, settings: Settings, timer: Timer) -> FeedCache:
    """A cache over it, by that time."""
    return FeedCache(newsroom_of_two, settings, timer)


async def test_full_pages_stay_as_they_are_while_stories_come_in(
    archive: FeedCache, newsroom_of_two: Database, settings: Settings, timer: Timer
) -> None:
    full: dict[FeedKey, Prepared] = {}
    came = 0
    for step in STEPS:
        await bring_in(newsroom_of_two, came, step)
        came += step
        timer.pass_by(1)
        for slugs in (("news",), ()):
            for form in FORMS:
                for number in range(1, (came - 1) // ARCHIVE_PAGE + 1):
                    key = page(number, form, slugs)
                    found = await feed(archive, key)
                    # Bytes, tag and stamp; rendered anew by another process, too.
                    assert full.setdefault(key, found) == found
                    assert await feed(FeedCache(newsroom_of_two, settings), key) == found
        pages = await walk(archive, FeedKey(("news",), FeedFormat.ATOM))
        seen = Counter(guid for found in pages for guid in guids(found))
        assert seen == Counter(f"tag:news.example.edu,2020:a{place:03}" for place in range(came))
        assert [len(guids(found)) for found in reversed(pages)][:-1] == [ARCHIVE_PAGE] * (len(pages) - 1)
    assert len(full) == 2 * len(FORMS) * 2


async def test_the_same_stories_in_every_format_the_latest_first(archive: FeedCache, newsroom_of_two: Database) -> None:
    await bring_in(newsroom_of_two, 0, 52)
    for number, expected in ((1, range(49, -1, -1)), (2, (51, 50))):
        for form in FORMS:
            found = guids(await feed(archive, page(number, form)))
            assert found == [f"tag:news.example.edu,2020:a{place:03}" for place in expected]


async def test_links_between_the_documents(archive: FeedCache, newsroom_of_two: Database, timer: Timer) -> None:
    address = "https://news.example.edu/feeds/news"
    subscription = FeedKey(("news",), FeedFormat.ATOM)
    assert "prev-archive" not in links(await feed(archive, subscription))
    await bring_in(newsroom_of_two, 0, 50)
    timer.pass_by(1)
    assert links(await feed(archive, subscription))["prev-archive"] == f"{address}/archive/1.atom"
    assert "next-archive" not in links(await feed(archive, page(1)))
    await bring_in(newsroom_of_two, 50, 1)
    timer.pass_by(1)
    assert links(await feed(archive, subscription))["prev-archive"] == f"{address}/archive/2.atom"
    expected = {"self": f"{address}/archive/1.atom", "current": f"{address}.atom"}
    assert links(await feed(archive, page(1))) == expected | {"next-archive": f"{address}/archive/2.atom"}
    assert links(await feed(archive, page(2)))["prev-archive"] == f"{address}/archive/1.atom"
    for key, is_page in ((page(1), True), (page(1, FeedFormat.RSS), True), (subscription, False)):
        marked = etree.fromstring((await feed(archive, key)).body).iter(ARCHIVE_MARK)
        assert (next(marked, None) is not None) is is_page
    newest = orjson.loads((await feed(archive, page(2, FeedFormat.JSON))).body)
    assert newest["next_url"] == f"{address}/archive/1.json"
    assert "next_url" not in orjson.loads((await feed(archive, page(1, FeedFormat.JSON))).body)


async def test_a_correction_changes_the_page_of_its_story_alone(
    archive: FeedCache, newsroom_of_two: Database, timer: Timer
) -> None:
    await bring_in(newsroom_of_two, 0, 101)
    before = [await feed(archive, page(number)) for number in (1, 2, 3)]
    corrected = DAY + timedelta(hours=5, microseconds=7)
    await newsroom.correct(newsroom_of_two, "a060", "news", title="Mended", updated_at=corrected)
    timer.pass_by(1)
    after = [await feed(archive, page(number)) for number in (1, 2, 3)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert b"Mended" in after[1].body
    assert after[1].last_modified == corrected.replace(microsecond=0)
    assert guids(after[1]) == guids(before[1])


async def test_a_withdrawal_leaves_a_gap_and_a_tombstone(
    archive: FeedCache, newsroom_of_two: Database, timer: Timer
) -> None:
    await bring_in(newsroom_of_two, 0, 101)
    before = {(number, form): await feed(archive, page(number, form)) for number in (1, 2) for form in FORMS}
    await newsroom.withdraw(newsroom_of_two, "a010", "news")
    timer.pass_by(1)
    for (number, form), old in before.items():
        found = await feed(archive, page(number, form))
        if number == 2:
            assert found == old
            continue
        assert set(guids(old)) - set(guids(found)) == {"tag:news.example.edu,2020:a010"}
        assert len(guids(found)) == ARCHIVE_PAGE - 1
        assert found.last_modified == DAY + timedelta(hours=1)
        assert (b"deleted-entry" in found.body) is (form is FeedFormat.ATOM)
    seen = [guid for found in await walk(archive, FeedKey((), FeedFormat.ATOM)) for guid in guids(found)]
    assert len(seen) == len(set(seen)) == 100


async def test_a_page_whose_stories_are_all_withdrawn_is_still_there(
    archive: FeedCache, newsroom_of_two: Database
) -> None:
    await bring_in(newsroom_of_two, 0, 1)
    await newsroom.withdraw(newsroom_of_two, "a000", "news")
    for form in FORMS:
        found = await feed(archive, page(1, form))
        assert guids(found) == []
        assert found.last_modified > NEVER


async def test_how_long_the_feed_is_does_not_move_the_archive(newsroom_of_two: Database, settings: Settings) -> None:
    await bring_in(newsroom_of_two, 0, 51)
    short = settings.model_copy(update={"feeds": settings.feeds.model_copy(update={"items": 2})})
    for number in (1, 2):
        one, other = [await feed(FeedCache(newsroom_of_two, made), page(number)) for made in (settings, short)]
        assert one == other


@pytest.mark.parametrize(
    "key", [page(2), page(1, slugs=("xinwen",)), page(1, slugs=("unknown",)), page(1, slugs=("news", "xinwen"))]
)
async def test_what_is_no_page(archive: FeedCache, newsroom_of_two: Database, key: FeedKey) -> None:
    await bring_in(newsroom_of_two, 0, 50)
    assert await archive.get(key) is None


async def test_pages_past_the_end_cost_one_look(archive: FeedCache, newsroom_of_two: Database, timer: Timer) -> None:
    await bring_in(newsroom_of_two, 0, 50)
    assert await archive.get(page(2)) is None
    with counted(newsroom_of_two) as sent:
        for number in range(2, 60):
            assert await archive.get(page(number)) is None
    assert sent == []
    await bring_in(newsroom_of_two, 50, 1)
    timer.pass_by(1)
    assert len(guids(await feed(archive, page(2)))) == 1


async def test_a_warm_page_reads_nothing_and_an_unchanged_one_keeps_its_compressed_forms(
    archive: FeedCache, newsroom_of_two: Database, timer: Timer
) -> None:
    await bring_in(newsroom_of_two, 0, 51)
    first, before = await feed(archive, page(1)), renders("atom")
    with counted(newsroom_of_two) as sent:
        assert await feed(archive, page(1)) is first
    assert sent == []
    assert renders("atom") == before
    await bring_in(newsroom_of_two, 51, 1)
    timer.pass_by(1)
    assert await feed(archive, page(1)) is first
