"""Where articles were seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.model.draft import MatchedBy
from feedsvc.storage import editorial, intake, origins, polls
from feedsvc.storage.database import Database
from feedsvc.storage.intake import Showing
from feedsvc.storage.origins import Origin
from feedsvc.storage.types import Conn
from tests.storage import incoming, standing
from tests.storage.test_articles import DRAFT

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DAY = timedelta(days=1)


async def article(conn: Conn, number: int, source: str = "usst") -> str:
    draft = replace(DRAFT, url=f"https://example.edu/{number}", sort_at=NOW + number * DAY, text_hash="")
    article_id, _ = await incoming.enter(conn, draft, source=source)
    await incoming.show(conn, article_id, f"key{number}", draft.url, f"id{number}", source)
    return article_id


async def matched(conn: Conn, keys: tuple[str, ...], upstream_id: str | None = None) -> tuple[str, MatchedBy] | None:
    found = await incoming.find(conn, keys, upstream_id)
    return (found.id, found.matched_by) if found else None


async def test_known_are_those_of_this_source(db: Database) -> None:
    async with db.write() as conn:
        one = await article(conn, 1)
        await article(conn, 2, "other")
        found = await origins.known(conn, "usst", (f"key{n}" for n in range(1200)))
        assert found == {"key1": Origin(one, "https://example.edu/1", "key1")}


async def test_a_page_stays_with_its_article(db: Database) -> None:
    async with db.write() as conn:
        one, two = await article(conn, 1), await article(conn, 2)
        await incoming.show(conn, two, "key1", "elsewhere", now=NOW + DAY)
        assert (await origins.known(conn, "usst", ["key1"]))["key1"].article_id == one
        assert await matched(conn, ("x",), "id1") == (one, MatchedBy.UPSTREAM_ID)


async def test_this_sources_article_comes_before_anothers(db: Database) -> None:
    async with db.write() as conn:
        theirs, ours = await article(conn, 1, "other"), await article(conn, 2)
        assert await matched(conn, ("key1", "key2")) == (ours, MatchedBy.URL)
        assert await matched(conn, ("key1",)) == (theirs, MatchedBy.URL)
        assert await matched(conn, (), "id1") is None


async def test_the_newest_pages_one_an_article(db: Database) -> None:
    async with db.write() as conn:
        ids = [await article(conn, number) for number in (1, 3, 2)]
        await incoming.show(conn, ids[0], "twin", "https://example.edu/twin")
        await standing.withdraw(conn, ids[1], NOW)
        assert [origin.url_key for origin in await origins.newest(conn, "usst", 5)] == ["key2", "key1"]
        assert len(await origins.newest(conn, "usst", 1)) == 1
        assert await origins.newest_date(conn, "usst") == NOW + 3 * DAY
        assert await origins.newest_date(conn, "nobody") is None


async def test_the_usual_rate_counts_what_came_after_the_first_poll(db: Database) -> None:
    async with db.write() as conn:
        for number in range(6):
            await article(conn, number)
        assert await polls.usual_per_day(conn, "usst", NOW, NOW + 2 * DAY) == 0
        assert await polls.usual_per_day(conn, "usst", NOW - DAY, NOW + 2 * DAY) == 2


async def test_seen_again(db: Database) -> None:
    async with db.write() as conn:
        await article(conn, 1)
        await origins.seen(conn, "usst", ["key1", "nothing"], NOW + DAY)
        assert list(await origins.known(conn, "usst", ["key1"])) == ["key1"]


async def test_fingerprints_are_those_of_the_source_until_they_are_forgotten(db: Database) -> None:
    async with db.write() as conn:
        for number, source in enumerate(("usst", "usst", "other")):
            article_id = await article(conn, number, source)
            showing = Showing(article_id, source, f"key{number}", "u", None, NOW, fingerprint=f"print{number}")
            await intake.show(conn, [showing])
        found = await origins.fingerprints(conn, ["usst", "other", "nobody"])
        assert found == {"usst": {"print0", "print1"}, "other": {"print2"}, "nobody": frozenset()}
        await editorial.read_anew(conn, "usst")
        assert await origins.fingerprints(conn, ["usst", "other"]) == {"usst": frozenset(), "other": {"print2"}}


async def test_only_the_newest_fingerprints_count(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "REMEMBERED", 2)
    async with db.write() as conn:
        article_id = await article(conn, 9)
        showings = [Showing(article_id, "usst", f"k{n}", "u", None, NOW, fingerprint=f"print{n}") for n in range(4)]
        await intake.show(conn, showings)
        assert await origins.fingerprints(conn, ["usst"]) == {"usst": {"print2", "print3"}}
