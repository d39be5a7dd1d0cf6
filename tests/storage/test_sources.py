"""Which sources are due, who holds one, and how it went."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedsvc.errors import InputError, NotFound
from feedsvc.model.health import SourceStatus
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import editorial, sources
from feedsvc.storage.database import Database
from feedsvc.storage.sources import Settlement
from feedsvc.storage.types import Conn

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


async def good(conn: Conn, slug: str, now: datetime, next_poll_at: datetime, **more: Any) -> None:
    await sources.settle(conn, [Settlement(slug, now, next_poll_at, **more)])


async def bad(conn: Conn, slug: str, now: datetime, error: tuple[str, str], due: datetime, gone: bool = False) -> None:
    await sources.settle(conn, [Settlement(slug, now, due, error[1], error[0], gone=gone)])


async def due(conn: Conn, now: datetime, limit: int) -> list[str]:
    """What would be claimed; nothing stays claimed."""
    claimed = [source.slug for source, _ in await sources.claim_due(conn, now, LEASE, limit)]
    await sources.hold(conn, claimed, None)
    return claimed


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
        await good(conn, "english", NOW, NOW + HOUR)
        await good(conn, "chinese", NOW, NOW + 2 * HOUR)
        assert await due(conn, NOW, 10) == ["research"]
        assert await due(conn, NOW + HOUR, 10) == ["research", "english"]
        assert await due(conn, NOW + 2 * HOUR, 2) == ["research", "english"]


async def test_a_claim_keeps_others_out_until_it_lapses(three: Database) -> None:
    async with three.write() as conn:
        claimed = await sources.claim(conn, "english", NOW, LEASE)
        assert claimed is not None
        assert claimed[0].slug == claimed[1].slug == "english"
    async with three.write() as conn:
        assert await sources.claim(conn, "english", NOW + LEASE / 2, LEASE) is None
        assert "english" not in await due(conn, NOW + LEASE / 2, 10)
        assert "english" in await due(conn, NOW + LEASE, 10)
        assert await sources.claim(conn, "english", NOW + LEASE, LEASE) is not None


async def test_a_claim_can_be_renewed_and_given_back(three: Database) -> None:
    async with three.write() as conn:
        await sources.claim(conn, "english", NOW, LEASE)
        await sources.hold(conn, ["english"], NOW + HOUR)
        assert await sources.claim(conn, "english", NOW + LEASE, LEASE) is None
        await sources.hold(conn, ["english"], None)
        assert await sources.claim(conn, "english", NOW, LEASE) is not None
        with pytest.raises(NotFound):
            await sources.claim(conn, "nobody", NOW, LEASE)


async def test_only_due_leaves_what_rests(three: Database) -> None:
    async with three.write() as conn:
        await good(conn, "english", NOW, NOW + HOUR)
        await sources.pause(conn, "chinese", NOW)
        await bad(conn, "research", NOW, ("gone", "Gone."), NOW, gone=True)
        assert await due(conn, NOW, 10) == []
        assert await sources.claim(conn, "chinese", NOW, LEASE) is not None


async def test_a_failure_keeps_the_last_success(three: Database) -> None:
    async with three.write() as conn:
        await good(conn, "english", NOW, NOW + HOUR)
        for failures in (1, 2):
            await sources.claim(conn, "english", NOW + HOUR, LEASE)
            await bad(conn, "english", NOW + HOUR, ("fetch", "It timed out."), NOW + 2 * HOUR)
            health = await sources.health(conn, "english")
            assert (health.failures, health.status) == (failures, SourceStatus.FAILING)
        assert (health.last_error, health.last_error_code) == ("It timed out.", "fetch")
        assert (health.last_success_at, health.last_polled_at) == (NOW, NOW + HOUR)
        await good(conn, "english", NOW + 2 * HOUR, NOW + 3 * HOUR)
        health = await sources.health(conn, "english")
    assert (health.failures, health.last_error, health.status) == (0, "", SourceStatus.HEALTHY)


async def test_the_first_poll_lasts_until_nothing_is_left_over(three: Database) -> None:
    async with three.write() as conn:
        await good(conn, "english", NOW, NOW, caught_up=False)
        assert (await sources.health(conn, "english")).first_polled_at is None
        for hours in (1, 2):
            await good(conn, "english", NOW + hours * HOUR, NOW)
            assert (await sources.health(conn, "english")).first_polled_at == NOW + HOUR


async def test_an_alarm_stands_beside_a_success(three: Database) -> None:
    async with three.write() as conn:
        alarm = {"alarm": "Look at this.", "alarm_code": "dates", "alarm_since": NOW}
        await good(conn, "english", NOW, NOW, interval=2 * HOUR, **alarm)
        health = await sources.health(conn, "english")
        assert (health.alarm, health.alarm_code, health.alarm_since) == ("Look at this.", "dates", NOW)
        assert (health.status, health.current_interval_seconds) == (SourceStatus.ALARM, 7200)
        await bad(conn, "english", NOW, ("fetch", "It timed out."), NOW)
        assert (await sources.health(conn, "english")).alarm_since == NOW
        await good(conn, "english", NOW, NOW)
        assert (await sources.health(conn, "english")).status is SourceStatus.HEALTHY


async def test_what_is_pushed_is_never_polled(three: Database) -> None:
    async with three.write() as conn:
        await editorial.put_source(conn, Source("cms", SourceKind.PUSH), 3)
        assert "cms" not in await due(conn, NOW, 10)
        with pytest.raises(InputError, match="never polled"):
            await sources.claim(conn, "cms", NOW, LEASE)


async def test_many_are_settled_at_once(three: Database) -> None:
    async with three.write() as conn:
        await sources.claim_due(conn, NOW, LEASE, 10)
        ends = [Settlement(slug, NOW, NOW + HOUR) for slug in ("english", "chinese")]
        await sources.settle(conn, [*ends, Settlement("research", NOW, NOW + HOUR, "It timed out.", "fetch")])
        found = {
            slug: (health.status.value, health.next_poll_at) for slug, health in (await sources.healths(conn)).items()
        }
    later = NOW + HOUR
    assert found == {"english": ("healthy", later), "chinese": ("healthy", later), "research": ("failing", later)}


async def test_resuming_makes_it_due_at_once(three: Database) -> None:
    async with three.write() as conn:
        await bad(conn, "english", NOW, ("gone", "Gone."), NOW + HOUR, gone=True)
        assert (await sources.health(conn, "english")).status is SourceStatus.GONE
        await sources.resume(conn, "english")
        assert "english" in await due(conn, NOW, 10)
        with pytest.raises(NotFound):
            await sources.resume(conn, "nobody")
        with pytest.raises(NotFound):
            await sources.pause(conn, "nobody", NOW)
