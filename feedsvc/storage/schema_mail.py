"""The tables of readers and mail. See `schema` for the rest."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from feedsvc.storage.schema import SLUG, metadata
from feedsvc.storage.types import Instant

ROWID = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key that SQLite, too, hands out by itself."""

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("email", Text, nullable=False),
    # The address as compared: one mailbox, one row.
    Column("email_key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("language", String(35), nullable=False),
    Column("timezone", String(64), nullable=False, server_default=text("''")),
    Column("state", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("consent_at", Instant),
    Column("consent_source", Text, nullable=False, server_default=text("''")),
    # Part of every token of this subscriber: a new one makes all earlier links worthless.
    Column("nonce", String(32), nullable=False),
    Column("confirmation_sent_at", Instant),
    # What a pending subscriber asked for, applied when the address is confirmed.
    Column("asked", JSON),
    # Changed choices or came back: what they received is worked out singly, see digests.choose.
    Column("irregular", Boolean, nullable=False),
    Index("ix_subscribers_state", "state", "id"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("list", ForeignKey("lists.slug", ondelete="CASCADE"), primary_key=True),
    # {category slug or "*": the entry number after which it counts}
    Column("wishes", JSON, nullable=False),
    Column("frequency", String(20), nullable=False, server_default=text("''")),
    Column("joined_at", Instant, nullable=False),
    Index("ix_subscriptions_list", "list", "subscriber_id"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("reason", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
)

# Keys that live with the data and are never rotated (the hash key of the suppressions).
data_keys = Table(
    "data_keys",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

throttles = Table(
    "throttles",
    metadata,
    # Who (hashed) or what, and the window that the count is of.
    Column("key", String(80), primary_key=True),
    Column("window_start", Instant, primary_key=True),
    Column("count", Integer, nullable=False),
)

issues = Table(
    "issues",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", SLUG, nullable=False),
    Column("digest_title", Text, nullable=False),
    # Given when the issue is sent; skipped ones have none.
    Column("number", Integer),
    # Local wall time of the digest's schedule: the row that decides that an issue exists once.
    Column("period", String(25), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("subject", Text, nullable=False, server_default=text("''")),
    Column("upto", BigInteger, nullable=False),
    Column("cursor", BigInteger, nullable=False, server_default="0"),
    Column("sent_at", Instant),
    UniqueConstraint("digest", "period"),
    UniqueConstraint("digest", "number"),
    Index("ix_issues_state", "state"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    Column("language", String(35), nullable=False),
    # Ordered article ids; the first `full` go as stories, the rest as links.
    Column("article_ids", JSON, nullable=False),
    Column("full", Integer, nullable=False),
    # How its mail is put together: keys of blocks in order, the story that stands first, how many found no room, and the
    # subject. Kept, so that a mail is the same at every try whatever is edited meanwhile.
    Column("block_keys", JSON, nullable=False),
    Column("lead", String(36), nullable=False),
    Column("more", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    # The one that the public archive shows: everything since the last issue, in the digest's language.
    Column("public", Boolean, nullable=False),
    # Hash of language and article ids: two groups of readers that get the same share one edition.
    Column("digest_key", String(64), nullable=False),
    UniqueConstraint("issue_id", "public", "digest_key"),
)

blocks = Table(
    "blocks",
    metadata,
    # What an issue says of one article in one language and form (story, link, or a part of the frame), rendered once.
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("language", String(35), primary_key=True),
    Column("html", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ROWID, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE")),
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE")),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE")),
    # Only where there is no subscriber to read the address from (a test mail).
    Column("recipient", Text, nullable=False, server_default=text("''")),
    Column("payload", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Outcomes unknown (dropped after the final dot) and crashes of the worker that held it.
    Column("unknowns", Integer, nullable=False, server_default="0"),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Column("lease_until", Instant),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("finished_at", Instant),
    Column("reply_code", Integer),
    Column("reply", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("issue_id", "subscriber_id"),
    # Without this partial index claims fall a hundredfold once most rows are sent.
    Index(
        "ix_outbox_open",
        "priority",
        "next_attempt_at",
        "id",
        sqlite_where=text("state IN ('queued', 'sending', 'deferred')"),
        postgresql_where=text("state IN ('queued', 'sending', 'deferred')"),
    ),
    Index("ix_outbox_subscriber", "subscriber_id"),
    Index("ix_outbox_issue_state", "issue_id", "state"),
)
