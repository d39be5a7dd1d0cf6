"""The breaker: one state for every process, longer breaks for faults in a row."""

from datetime import UTC, datetime, timedelta

from feedsvc.delivery import breaker
from feedsvc.delivery.policy import RelayFault
from feedsvc.storage import switches
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)
DOWN = RelayFault("The relay could not be used: refused")


async def test_all_is_well_until_a_fault(db: Database) -> None:
    async with db.read() as conn:
        assert await breaker.broken(conn) is None
        assert not await breaker.is_frozen(conn)


async def test_a_fault_says_since_when_and_why(db: Database) -> None:
    async with db.write() as conn:
        state = await breaker.trip(conn, DOWN, NOW, 0.5)
    async with db.read() as conn:
        assert await breaker.broken(conn) == state
    assert (state.since, state.why, state.faults, state.configuration) == (NOW, DOWN.why, 1, False)
    assert state.retry_at == NOW + timedelta(seconds=15)


async def test_connections_that_fail_together_count_once(db: Database) -> None:
    async with db.write() as conn:
        first = await breaker.trip(conn, DOWN, NOW, 0.5)
        second = await breaker.trip(conn, RelayFault("another"), NOW + timedelta(seconds=14), 0.5)
    assert second == first


async def test_faults_in_a_row_make_the_break_longer_and_keep_its_beginning(db: Database) -> None:
    now, breaks = NOW, []
    async with db.write() as conn:
        for _ in range(4):
            state = await breaker.trip(conn, DOWN, now, 0.5)
            breaks.append((state.retry_at - now).total_seconds())
            now = state.retry_at
    assert breaks == [15, 30, 60, 120]
    assert (state.since, state.faults) == (NOW, 4)


async def test_a_relay_that_works_again_starts_anew(db: Database) -> None:
    async with db.write() as conn:
        await breaker.trip(conn, DOWN, NOW, 0.5)
        await breaker.mend(conn)
        assert await breaker.broken(conn) is None
        assert (await breaker.trip(conn, DOWN, NOW, 0.5)).faults == 1


async def test_a_refused_login_waits_for_a_person(db: Database) -> None:
    async with db.write() as conn:
        state = await breaker.trip(conn, RelayFault("535 wrong", configuration=True), NOW, 0.5)
    assert state.configuration
    assert state.retry_at == NOW + timedelta(hours=1)


async def test_the_freeze_is_a_switch(db: Database) -> None:
    async with db.write() as conn:
        await switches.put(conn, breaker.FREEZE, "an admin", NOW)
        assert await breaker.is_frozen(conn)
        await switches.remove(conn, breaker.FREEZE)
        assert not await breaker.is_frozen(conn)
