"""Keys that live with the data and are never rotated: hashes made with them must be found again for years."""

import hmac
import secrets

from sqlalchemy import select

from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema_mail import data_keys
from feedsvc.storage.types import Conn


async def find(conn: Conn, name: str) -> bytes | None:
    """The key of this name; None where nothing has needed it yet."""
    found: bytes | None = (await conn.execute(select(data_keys.c.value).where(data_keys.c.name == name))).scalar()
    return found


async def need(conn: Conn, name: str) -> bytes:
    """The key of this name, made at first need (in a write transaction)."""
    found = await find(conn, name)
    if found is not None:
        return found
    fresh = insert_for(conn, data_keys).values(name=name, value=secrets.token_bytes(32))
    await conn.execute(fresh.on_conflict_do_nothing())
    made: bytes = (await conn.execute(select(data_keys.c.value).where(data_keys.c.name == name))).scalar_one()
    return made


def hashed(key: bytes, text: str) -> str:
    """HMAC-SHA256 in 64 hexadecimal digits: what is kept instead of an address."""
    return hmac.digest(key, text.encode(), "sha256").hex()
