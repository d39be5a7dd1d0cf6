"""The tables of API tokens and of what was asked with them. See `schema` for the rest."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from feedsvc.storage.schema import metadata
from feedsvc.storage.types import Instant

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", Text, nullable=False),
    # The token's first letters, to recognise it by; the rest is kept as SHA-256 alone.
    Column("prefix", String(20), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    # The sources it may push to; empty: any.
    Column("sources", JSON, nullable=False),
    # Must requests be signed, too?
    Column("signed", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
)

idempotency = Table(
    "idempotency",
    metadata,
    # A request that was answered, or is being answered (no status yet), under a key that its client chose.
    Column("token_id", ForeignKey("tokens.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", JSON),
    Column("body", Text),
    Column("created_at", Instant, nullable=False),
    Index("ix_idempotency_created", "created_at"),
)
