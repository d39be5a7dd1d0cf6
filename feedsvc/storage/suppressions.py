"""Addresses that must not be mailed, kept as hashes under a key of their own: they outlast the address itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select

from feedsvc.model.subscriber import SuppressionReason, stronger
from feedsvc.storage import data_keys
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_mail import suppressions
from feedsvc.storage.types import Conn

_KEY = "suppressions"


async def reason(conn: Conn, email_key: str) -> SuppressionReason | None:
    """Why this address (as compared, see `Subscriber.email_key`) is suppressed; None where it is not."""
    return (await reasons(conn, (email_key,))).get(email_key)


async def reasons(conn: Conn, email_keys: Iterable[str]) -> dict[str, SuppressionReason]:
    """Those of up to some thousands of addresses that are suppressed, and why."""
    key = await data_keys.find(conn, _KEY)
    if key is None:
        return {}
    hashes = {data_keys.hashed(key, email_key): email_key for email_key in email_keys}
    query = select(suppressions.c.address_hash, suppressions.c.reason).where(suppressions.c.address_hash.in_(hashes))
    return {hashes[row[0]]: SuppressionReason(row[1]) for row in await conn.execute(query)}


async def add(conn: Conn, email_key: str, why: SuppressionReason, now: datetime) -> None:
    """Suppress an address. A stronger reason stays: leaving does not make a complaint undone."""
    address_hash = data_keys.hashed(await data_keys.need(conn, _KEY), email_key.lower())
    query = select(suppressions.c.reason).where(suppressions.c.address_hash == address_hash).with_for_update()
    there = (await conn.execute(query)).scalar()
    old = SuppressionReason(there) if there else None
    stands = stronger(old, why)
    if old is stands:
        return
    values = {"reason": stands.value, "created_at": now}
    statement = insert_for(conn, suppressions).values(address_hash=address_hash, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["address_hash"], set_=values))


async def lift(conn: Conn, email_key: str) -> None:
    """The address may be mailed again: its owner has confirmed it."""
    key = await data_keys.find(conn, _KEY)
    if key is not None:
        address_hash = data_keys.hashed(key, email_key)
        await conn.execute(delete(suppressions).where(suppressions.c.address_hash == address_hash))
