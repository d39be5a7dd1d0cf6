"""The tables of polling: what upstream said of itself and asked of us, and how each poll went. See `schema` for the rest."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from feedsvc.storage.schema import SLUG, metadata
from feedsvc.storage.types import Instant

validators = Table(
    "validators",
    metadata,
    Column("source", SLUG, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("fetched_at", Instant, nullable=False),
    # A permanent redirect (301, 308) is remembered after two identical ones.
    Column("moved_to", Text),
    Column("moved_seen", Integer, nullable=False, server_default="0"),
)

polls = Table(
    "polls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", SLUG, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("found", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("held", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False),
    # Of the stories read in full: all of them, those with a date of their own, those with a body.
    Column("read", Integer, nullable=False, server_default="0"),
    Column("dated", Integer, nullable=False, server_default="0"),
    Column("bodied", Integer, nullable=False, server_default="0"),
    Column("error", Text, nullable=False, server_default=text("''")),
    Index("ix_polls_source", "source", "started_at"),
)

backfills = Table(
    "backfills",
    metadata,
    # A walk back through a source's older pages that is under way, or was broken off: it goes on from `next_url`.
    Column("source", SLUG, primary_key=True),
    Column("next_url", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    # What a site asked of us, kept over restarts. `origin` is scheme and authority.
    Column("origin", String(300), primary_key=True),
    # robots.txt as read; empty where there is none, NULL where it was never read.
    Column("robots", Text),
    Column("robots_read_at", Instant),
    Column("asked_at", Instant),
)

waits = Table(
    "waits",
    metadata,
    # A URL or an origin that asked us to wait (Retry-After), and until when.
    Column("key", Text, primary_key=True),
    Column("until", Instant, nullable=False),
)
