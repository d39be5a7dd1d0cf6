"""API tokens. A token's own text is never kept, only its SHA-256 and its first letters."""

from datetime import datetime, timedelta

from sqlalchemy import RowMapping, insert, or_, select, update

from feedsvc.model.token import Scope, Token
from feedsvc.storage.schema_access import tokens
from feedsvc.storage.types import Conn

USED_EXACT_TO = timedelta(minutes=1)
"""How exactly `last_used_at` is kept: most requests write it not at all."""


async def add(conn: Conn, token: Token, digest: str) -> None:
    """Write a new token. `digest` is the SHA-256 of its text, in hexadecimal digits."""
    values = {name: getattr(token, name) for name in Token.__slots__}
    values |= {"scopes": sorted(token.scopes), "sources": list(token.sources), "hash": digest}
    await conn.execute(insert(tokens).values(**values))


async def by_hash(conn: Conn, digest: str) -> Token | None:
    """The token whose text has this SHA-256, in whatever state it is."""
    row = (await conn.execute(select(tokens).where(tokens.c.hash == digest))).mappings().first()
    return _token(row) if row else None


async def every(conn: Conn) -> list[Token]:
    """Every token, the oldest first."""
    found = await conn.execute(select(tokens).order_by(tokens.c.created_at, tokens.c.id))
    return [_token(row) for row in found.mappings()]


async def revoke(conn: Conn, token_id: str, now: datetime) -> None:
    """Let a token be good for nothing from now on; the first time it was revoked stays. `now` is aware, in UTC."""
    statement = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
    await conn.execute(statement.values(revoked_at=now))


async def used(conn: Conn, token: Token, now: datetime) -> None:
    """Note that a token did something at `now` (aware, in UTC). Nothing is written twice within a minute."""
    if token.last_used_at is not None and token.last_used_at > now - USED_EXACT_TO:
        return
    before = or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at < now)
    await conn.execute(update(tokens).where(tokens.c.id == token.id, before).values(last_used_at=now))


def _token(row: RowMapping) -> Token:
    values = {name: row[name] for name in Token.__slots__}
    scopes = frozenset(map(Scope, row["scopes"]))
    return Token(**values | {"scopes": scopes, "sources": tuple(row["sources"])})
