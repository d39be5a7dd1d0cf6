"""A switch is set, changed and unset for everyone."""

from datetime import UTC, datetime

from feedsvc.storage import switches
from feedsvc.storage.database import Database

NOW = datetime(2020, 6, 8, tzinfo=UTC)


async def test_a_switch_that_was_never_set(db: Database) -> None:
    async with db.write() as conn:
        assert await switches.get(conn, "freeze") is None
        await switches.remove(conn, "freeze")


async def test_set_change_unset(db: Database) -> None:
    async with db.write() as conn:
        await switches.put(conn, "freeze", "by hand", NOW)
    async with db.write() as conn:
        assert await switches.get(conn, "freeze") == "by hand"
        await switches.put(conn, "freeze", "restored from a backup", NOW)
        assert await switches.get(conn, "freeze") == "restored from a backup"
        assert await switches.get(conn, "other") is None
        await switches.remove(conn, "freeze")
    async with db.read() as conn:
        assert await switches.get(conn, "freeze") is None
