"""API tokens: made, recognised, listed, revoked. The text of one is shown once, when it is made."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedsvc.accounts import signatures
from feedsvc.errors import InputError, NotFound, UsageError
from feedsvc.model.ids import uuid7
from feedsvc.model.newsroom import SourceKind
from feedsvc.model.token import Scope, Token, TokenState
from feedsvc.storage import sources, tokens
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn

BEGINS = "fsv_"
"""What every token begins with, so that scanners of code and logs know one when they see it."""
SHOWN = 12
"""How many of its letters are kept to recognise it by; over 200 random bits remain."""
LONGEST = 200
_LEAST_PREFIX = len(BEGINS) + 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What a token shall be. `sources`: the slugs it may speak for; empty: any. `lifetime` None: until it is revoked."""

    name: str
    scopes: frozenset[Scope] = frozenset({Scope.WRITE})
    sources: tuple[str, ...] = ()
    lifetime: timedelta | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A new token with what is shown this once: its text, and the secret to sign with (empty: it need not sign)."""

    token: Token
    text: str = field(repr=False)
    signing_secret: str = field(default="", repr=False)


async def create(db: Database, keys: Sequence[bytes], wish: Wish, now: datetime) -> Made:
    """Make a token. `keys` are the settings' signing keys, `now` is aware, in UTC.

    Raises InputError for a name that is empty, NotFound for a source that is not there, UsageError for one that is read
    rather than pushed to.
    """
    name = " ".join(wish.name.split())
    if not name or len(name) > 200:
        msg = "Give the token a name that says who uses it, of at most 200 letters, such as cms."
        raise InputError(msg)
    text = BEGINS + secrets.token_urlsafe(32)
    token = Token(
        id=uuid7(now),
        name=name,
        prefix=text[:SHOWN],
        scopes=wish.scopes,
        sources=tuple(dict.fromkeys(wish.sources)),
        signed=wish.signed,
        created_at=now,
        expires_at=now + wish.lifetime if wish.lifetime else None,
    )
    async with db.write() as conn:
        for slug in token.sources:
            await _must_be_pushed(conn, slug)
        await tokens.add(conn, token, _hashed(text))
    return Made(token, text, signatures.secret_for(keys[0], token.id) if wish.signed else "")


async def authenticate(conn: Conn, text: str, now: datetime) -> Token | None:
    """The token of this text where it is good at `now`; None for an unknown, an expired and a revoked one alike.

    It is looked up by its hash, so the time an answer takes tells nothing about the letters of any token.
    """
    found = await tokens.by_hash(conn, _hashed(text[:LONGEST]))
    return found if found is not None and found.state(now) is TokenState.GOOD else None


async def revoke(db: Database, named: str, now: datetime) -> Token:
    """Revoke the token of this id, or the one whose first letters these are; returns it. Again changes nothing.

    Raises NotFound, UsageError where several begin so.
    """
    async with db.write() as conn:
        found = _named(await tokens.every(conn), named)
        await tokens.revoke(conn, found.id, now)
    return replace(found, revoked_at=found.revoked_at or now)


def _named(known: list[Token], named: str) -> Token:
    # Who holds the whole token may name it so: only its first letters are looked at.
    begins = named[:SHOWN]
    found = [one for one in known if one.id == named]
    if not found and len(begins) >= _LEAST_PREFIX:
        found = [one for one in known if one.prefix.startswith(begins)]
    if not found:
        msg = f"There is no token {begins!r}. `feedsvc token list` shows what each begins with."
        raise NotFound(msg)
    if len(found) > 1:
        msg = f"{len(found)} tokens begin with {begins!r}. Give more of its letters, or its id."
        raise UsageError(msg)
    return found[0]


async def _must_be_pushed(conn: Conn, slug: str) -> None:
    source = await sources.get(conn, slug)
    if source.kind != SourceKind.PUSH:
        msg = f"The source {slug} is read by feedsvc (kind {source.kind}). Name one of kind push."
        raise UsageError(msg)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
