"""What sites asked of us."""

import asyncio
from datetime import UTC, datetime, timedelta

from feedsvc.model.health import HostStanding
from feedsvc.storage import hosts
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)
SITE = "https://example.edu"
SECOND = timedelta(seconds=1)


async def test_rules_are_kept_beside_the_last_turn(db: Database) -> None:
    async with db.write() as conn:
        assert await hosts.get(conn, SITE) is None
        assert await hosts.take_turn(conn, SITE, NOW, SECOND) == NOW
        assert await hosts.get(conn, SITE) == HostStanding(SITE, None, None, NOW)
        await hosts.put_rules(conn, SITE, "User-agent: feedsvc\nDisallow: /", NOW)
        await hosts.put_rules(conn, SITE, "", NOW + SECOND)
        assert await hosts.get(conn, SITE) == HostStanding(SITE, "", NOW + SECOND, NOW)


async def test_sites_that_are_not_asked_any_more_are_forgotten(db: Database) -> None:
    async with db.write() as conn:
        await hosts.put_rules(conn, SITE, "", NOW)
        await hosts.put_rules(conn, "https://other.edu", "", NOW + timedelta(days=29))
        assert await hosts.get(conn, SITE) is not None
        await hosts.put_rules(conn, "https://other.edu", "", NOW + timedelta(days=31))
        assert await hosts.get(conn, SITE) is None


async def test_nobody_gets_the_same_turn(db: Database) -> None:
    async with db.write() as conn:
        await hosts.put_rules(conn, SITE, "", NOW)

    async def take() -> datetime:
        async with db.write() as conn:
            return await hosts.take_turn(conn, SITE, NOW, SECOND)

    turns = await asyncio.gather(*(take() for _ in range(8)))
    assert sorted(turns) == [NOW + SECOND * n for n in range(8)]


async def test_a_turn_long_ago_costs_no_wait_nor_does_one_that_cannot_be(db: Database) -> None:
    async with db.write() as conn:
        await hosts.take_turn(conn, SITE, NOW, SECOND)
        later = NOW + timedelta(hours=1)
        assert await hosts.take_turn(conn, SITE, later, SECOND) == later
        assert await hosts.take_turn(conn, SITE, NOW, SECOND) == NOW


async def test_waits_end_and_are_forgotten(db: Database) -> None:
    async with db.write() as conn:
        await hosts.put_waits(conn, {f"{SITE}/a": NOW + SECOND, SITE: NOW + 3 * SECOND}, NOW)
        assert await hosts.waiting(conn, NOW) == {f"{SITE}/a": NOW + SECOND, SITE: NOW + 3 * SECOND}
        assert await hosts.waiting_for(conn, (f"{SITE}/a", SITE), NOW) == NOW + 3 * SECOND
        assert await hosts.waiting_for(conn, (f"{SITE}/a",), NOW) == NOW + SECOND
        assert await hosts.waiting_for(conn, (f"{SITE}/b",), NOW) is None
        await hosts.put_waits(conn, {f"{SITE}/b": NOW + 9 * SECOND, SITE: NOW + 5 * SECOND}, NOW + 2 * SECOND)
        assert await hosts.waiting(conn, NOW) == {f"{SITE}/b": NOW + 9 * SECOND, SITE: NOW + 5 * SECOND}
        assert await hosts.waiting(conn, NOW + 9 * SECOND) == {}
