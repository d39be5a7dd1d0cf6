"""The tables: what editors configure, what came in, and the marks that processes share.

The tables of polling are in `schema_polling`, those of API tokens in `schema_access`, those of readers and mail in
`schema_mail`. All hang on one MetaData; `revisions` imports them all.
Slugs are foreign keys where people name things by them; a slug never changes.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from feedsvc.storage.types import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SLUG = String(80)

# ---------------------------------------------------------------- what editors configure

categories = Table(
    "categories",
    metadata,
    Column("slug", SLUG, primary_key=True),
    Column("title", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("keywords", JSON, nullable=False),
    Column("position", Integer, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("slug", SLUG, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=text("''")),
    Column("preset", String(20), nullable=False),
    Column("categories", JSON, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("max_interval_seconds", Integer, nullable=False),
    Column("first_run_seconds", Integer, nullable=False),
    Column("allow_private", Boolean, nullable=False),
    Column("approval", Boolean, nullable=False),
    Column("list_rules", JSON, nullable=False),
    Column("article_rules", JSON, nullable=False),
    Column("category_map", JSON, nullable=False),
    Column("position", Integer, nullable=False),
    # What polling has found out. `next_poll_at` empty: at the next tick. `lease_until` keeps two pollers apart.
    Column("paused_at", Instant),
    Column("gone_at", Instant),
    Column("next_poll_at", Instant),
    Column("lease_until", Instant),
    Column("first_polled_at", Instant),
    Column("last_polled_at", Instant),
    Column("last_success_at", Instant),
    Column("last_error", Text, nullable=False, server_default=text("''")),
    Column("last_error_code", String(40), nullable=False, server_default=text("''")),
    Column("failures", Integer, nullable=False, server_default="0"),
    # The polls go well, but what they bring needs a person's look (dates or bodies that went missing, a burst).
    Column("alarm", Text, nullable=False, server_default=text("''")),
    Column("alarm_code", String(20), nullable=False, server_default=text("''")),
    Column("alarm_since", Instant),
    # The adaptive interval: longer while the source brings no news.
    Column("current_interval_seconds", Integer),
)

lists = Table(
    "lists",
    metadata,
    Column("slug", SLUG, primary_key=True),
    Column("title", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("position", Integer, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("slug", SLUG, primary_key=True),
    Column("title", Text, nullable=False),
    Column("schedule", String(120), nullable=False),
    Column("categories", JSON, nullable=False),
    Column("lists", JSON, nullable=False),
    Column("frequency", String(20), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Column("template", String(80), nullable=False),
    Column("min_items", Integer, nullable=False),
    Column("max_items", Integer, nullable=False),
    Column("lateness_seconds", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    # No period that was due before this instant belongs to the digest: set when it is made and when its schedule or zone
    # changes, so that a change never makes an old period due.
    Column("scheduled_since", Instant, nullable=False),
)

# ---------------------------------------------------------------- what came in

articles = Table(
    "articles",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("guid", Text, nullable=False, unique=True),
    Column("source", SLUG, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content_html", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("language", String(35), nullable=False),
    Column("image", JSON),
    Column("attachments", JSON, nullable=False),
    Column("published_at", Instant),
    Column("published_is_date", Boolean, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("sort_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("embargo_until", Instant),
    Column("withdrawn_at", Instant),
    # Why it was held or withdrawn, in an editor's words.
    Column("reason", Text, nullable=False, server_default=text("''")),
    # May it go into a digest? No for what a first run found undated or old.
    Column("mailable", Boolean, nullable=False),
    # Hash of everything a reader sees: a difference is a new revision.
    Column("content_hash", String(64), nullable=False),
    # Hash of the normalised title and text: the last of the identity rules. Empty where there is too little text.
    Column("text_hash", String(64), nullable=False, server_default=text("''")),
    # The first article of those that tell nearly the same (see article_shingles); empty where it stands alone.
    Column("cluster_id", String(36)),
    # Has it been compared with others since it last changed? (`clusters`)
    Column("compared", Boolean, nullable=False, default=False),
    # Its place in the archive of everything (`shelves`): the order in which articles were first shown, without gaps, for
    # ever. Empty for what nobody has seen.
    Column("shelf", BigInteger),
    Index("ix_articles_shelf", "shelf"),
    Index("ix_articles_text_hash", "text_hash"),
    Index("ix_articles_cluster", "cluster_id"),
    Index("ix_articles_uncompared", "id", sqlite_where=text("NOT compared"), postgresql_where=text("NOT compared")),
    Index("ix_articles_sort", "state", "sort_at", "id"),
    Index("ix_articles_embargo", "embargo_until"),
)

LEFT = "left"
"""`placed_by` of a category that an article has left: its row only remembers the entry, so that whoever had the story for
it is not mailed again when it comes back or enters another. Whoever asks where articles stand passes such rows over."""

article_categories = Table(
    "article_categories",
    metadata,
    Column("category", ForeignKey("categories.slug", ondelete="CASCADE"), primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    # Copies of the article's state and order, so that a category's newest are one range of one index.
    Column("sort_at", Instant, nullable=False),
    Column("visible", Boolean, nullable=False),
    # Who put it there: `rule` (what a changed rule no longer wants goes away again), `editor` or `push`; or `LEFT`.
    Column("placed_by", String(10), nullable=False, server_default=text("'rule'")),
    # When the article entered the category for readers of digests: a number without gaps in order of commit. Empty for
    # what is held, embargoed or not mailable.
    Column("entry", BigInteger),
    Column("entered_at", Instant),
    # Its place in the category's archive, as `articles.shelf` is in that of everything.
    Column("shelf", BigInteger),
    Index("ix_article_categories_shelf", "category", "shelf"),
    Index("ix_article_categories_newest", "category", "visible", "sort_at", "article_id"),
    Index("ix_article_categories_article", "article_id"),
    Index("ix_article_categories_entry", "entry"),
)

origins = Table(
    "origins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("source", SLUG, nullable=False),
    Column("url", Text, nullable=False),
    # The canonical URL that identifies the story, and the CMS's or upstream's own id under its source.
    Column("url_key", Text, nullable=False),
    Column("upstream_id", Text),
    # The source's own words for what the story is about: rules are applied to them again when they change.
    Column("terms", JSON, nullable=False),
    # Hash of the entry as the source last showed it: the same again needs no second look. Empty: look.
    Column("fingerprint", String(64), nullable=False, server_default=text("''")),
    Column("first_seen_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    UniqueConstraint("source", "url_key"),
    Index("ix_origins_url_key", "url_key"),
    Index("ix_origins_upstream", "source", "upstream_id"),
    Index("ix_origins_article", "article_id"),
    Index("ix_origins_latest", "source", "id"),
)

article_shingles = Table(
    "article_shingles",
    metadata,
    # The smallest hashes of an article's shingles (see text.shingles): two articles that share one may be near-copies.
    Column("value", BigInteger, primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_article_shingles_article", "article_id"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("changed_at", Instant, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content_html", Text, nullable=False),
    Column("changed", JSON, nullable=False),
)

# ---------------------------------------------------------------- marks that processes share

stamps = Table(
    "stamps",
    metadata,
    # A category's slug, or `*` for all. Strictly increasing by whole seconds.
    Column("feed", SLUG, primary_key=True),
    Column("changed_at", Instant, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

switches = Table(
    "switches",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
