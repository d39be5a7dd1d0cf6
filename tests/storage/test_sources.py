"""Which sources are due, who holds one, and how it went."""

from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.errors import NotFound
from feedsvc.model.health import SourceStatus
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import editorial, sources
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=15)


@pytest.fixture
async def three(db: Database) -> Database:
    """Sources english, chinese and research, never polled."""
    async with db.write() as conn:
        for position, slug in enumerate(("english", "chinese", "research")):
            url = f"https://example.edu/{slug}"
            await editorial.put_source(conn, Source(slug, SourceKind.PAGE, url, categories=("news",)), position)
    return db


async def test_all_and_one(three: Database) -> None:
    async with three.read() as conn:
        assert [source.slug for source in await sources.every(conn)] == ["english", "chinese", "research"]
        assert (await sources.get(conn, "chinese")).url == "https://example.edu/chinese"
        assert list(await sources.healths(conn)) == ["english", "chinese", "research"]
        assert (await sources.health(conn, "chinese")).status is SourceStatus.NEW


async def test_a_slip_names_the_nearest(three: Database) -> None:
    async with three.read() as conn:
        with pytest.raises(NotFound, match=r"There is no source 'chinesse'\. Did you mean 'chinese'\?"):
            await sources.get(conn, "chinesse")
        with pytest.raises(NotFound, match="`feedsvc source list`"):
            await sources.health(conn, "x")


async def test_due_is_what_waited_longest(three: Database) -> None:
    async with three.write() as conn:
        await sources.record_success(conn, "english", NOW, NOW + HOUR)
        await sources.record_success(conn, "chinese", NOW, NOW + 2 * HOUR)
        assert await sources.due(conn, NOW, 10) == ["research"]
        assert await sources.due(conn, NOW + HOUR, 10) == ["research", "english"]
        assert await sources.due(conn, NOW + 2 * HOUR, 2) == ["research", "english"]


async def test_a_claim_keeps_others_out_until_it_lapses(three: Database) -> None:
    async with three.write() as conn:
        claimed = await sources.claim(conn, "english", NOW, LEASE)
        assert claimed is not None
        assert claimed[0].slug == claimed[1].slug == "english"
    async with three.write() as conn:
        assert await sources.claim(conn, "english", NOW + LEASE / 2, LEASE) is None
        assert "english" not in await sources.due(conn, NOW + LEASE / 2, 10)
        assert "english" in await sources.due(conn, NOW + LEASE, 10)
        assert await sources.claim(conn, "english", NOW + LEASE, LEASE) is not None


async def test_a_claim_can_be_renewed_and_given_back(three: Database) -> None:
    async with three.write() as conn:
        await sources.claim(conn, "english", NOW, LEASE)
        await sources.renew(conn, "english", NOW + HOUR)
        assert await sources.claim(conn, "english", NOW + LEASE, LEASE) is None
        await sources.give_back(conn, "english")
        assert await sources.claim(conn, "english", NOW, LEASE) is not None
        with pytest.raises(NotFound):
            await sources.claim(conn, "nobody", NOW, LEASE)


async def test_only_due_leaves_what_rests(three: Database) -> None:
    async with three.write() as conn:
        await sources.record_success(conn, "english", NOW, NOW + HOUR)
        await sources.pause(conn, "chinese", NOW)
        await sources.record_failure(conn, "research", NOW, ("gone", "Gone."), NOW, gone=True)
        for slug in ("english", "chinese", "research"):
            assert await sources.claim(conn, slug, NOW, LEASE, only_due=True) is None
        assert await sources.due(conn, NOW, 10) == []
        assert await sources.claim(conn, "chinese", NOW, LEASE) is not None


async def test_a_failure_keeps_the_last_success(three: Database) -> None:
    async with three.write() as conn:
        await sources.record_success(conn, "english", NOW, NOW + HOUR)
        for failures in (1, 2):
            await sources.claim(conn, "english", NOW + HOUR, LEASE)
            await sources.record_failure(conn, "english", NOW + HOUR, ("fetch", "It timed out."), NOW + 2 * HOUR)
            health = await sources.health(conn, "english")
            assert (health.failures, health.status) == (failures, SourceStatus.FAILING)
        assert (health.last_error, health.last_error_code) == ("It timed out.", "fetch")
        assert (health.last_success_at, health.last_polled_at) == (NOW, NOW + HOUR)
        await sources.record_success(conn, "english", NOW + 2 * HOUR, NOW + 3 * HOUR)
        health = await sources.health(conn, "english")
    assert (health.failures, health.last_error, health.status) == (0, "", SourceStatus.HEALTHY)


async def test_the_first_poll_lasts_until_nothing_is_left_over(three: Database) -> None:
    async with three.write() as conn:
        await sources.record_success(conn, "english", NOW, NOW, caught_up=False)
        assert (await sources.health(conn, "english")).first_polled_at is None
        for hours in (1, 2):
            await sources.record_success(conn, "english", NOW + hours * HOUR, NOW)
            assert (await sources.health(conn, "english")).first_polled_at == NOW + HOUR


async def test_a_notice_stands_where_an_error_would(three: Database) -> None:
    async with three.write() as conn:
        await sources.record_success(conn, "english", NOW, NOW, notice="Look at this.")
        health = await sources.health(conn, "english")
    assert (health.last_error, health.last_error_code, health.failures) == ("Look at this.", "notice", 0)


async def test_resuming_makes_it_due_at_once(three: Database) -> None:
    async with three.write() as conn:
        await sources.record_failure(conn, "english", NOW, ("gone", "Gone."), NOW + HOUR, gone=True)
        assert (await sources.health(conn, "english")).status is SourceStatus.GONE
        await sources.resume(conn, "english")
        assert "english" in await sources.due(conn, NOW, 10)
        with pytest.raises(NotFound):
            await sources.resume(conn, "nobody")
        with pytest.raises(NotFound):
            await sources.pause(conn, "nobody", NOW)
