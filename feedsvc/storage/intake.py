"""The rows of what comes in: what is known of a batch of stories, and what is written of them, many in one statement.

A whole batch costs a handful of statements, however many stories it holds. `articles` is for single articles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Text, and_, bindparam, func, insert, select, union, update

from feedsvc.model.article import ArticleState
from feedsvc.model.draft import Draft, Known, MatchedBy
from feedsvc.storage import rows
from feedsvc.storage.bulk import rows_for, table_for
from feedsvc.storage.engine_sql import insert_for, made_once
from feedsvc.storage.schema import LEFT, article_categories, articles, origins, revisions
from feedsvc.storage.types import Conn

_ARRIVE, _KEEP = insert(articles), insert(revisions)
_SHARED = tuple(name for name in Draft.__slots__ if name not in ("content_hash", "text_hash"))


@dataclass(frozen=True, slots=True)
class Sighting:
    """A row of `origins`: the source shows the article at this canonical URL, under this id of its own."""

    id: int
    article_id: str
    source: str
    url_key: str
    upstream_id: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """An article in a category. `entry` is None for what readers of digests never see; `placed_by` as in the schema."""

    visible: bool = False
    entry: int | None = None
    entered_at: datetime | None = None
    placed_by: str = "rule"


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as it stands: what a decision depends on, until when it is embargoed, and its places by category."""

    known: Known
    embargo_until: datetime | None = None
    places: dict[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new article, with its first revision. `first_seen_at` is aware, in UTC."""

    id: str
    guid: str
    source: str
    draft: Draft
    state: ArticleState
    mailable: bool
    first_seen_at: datetime
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A new revision of an article, in which `changed` names the fields that differ."""

    article_id: str
    revision: int
    draft: Draft
    changed: tuple[str, ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Showing:
    """That a source shows an article at `url` now. An empty `fingerprint` asks for a second look at the next poll."""

    article_id: str
    source: str
    url_key: str
    url: str
    upstream_id: str | None
    seen_at: datetime
    terms: tuple[str, ...] = ()
    fingerprint: str = ""


# ---------------------------------------------------------------- what is known


async def sightings(conn: Conn, keys: Iterable[str], ids: Iterable[tuple[str, str]]) -> list[Sighting]:
    """The origins with one of these canonical URLs (of any source), or one of these (source, upstream id)."""
    asked = rows_for("wanted_keys", ((key,) for key in keys)) | rows_for("wanted_ids", ids)
    return [Sighting(*row) for row in await conn.execute(_seen(conn), asked)]


@made_once
def _seen(conn: Conn) -> Executable:
    columns = (origins.c.id, origins.c.article_id, origins.c.source, origins.c.url_key, origins.c.upstream_id)
    key = table_for(conn, {"key": Text()}, "wanted_keys").c
    own = table_for(conn, {"source": Text(), "upstream_id": Text()}, "wanted_ids").c
    by_id = and_(own.source == origins.c.source, own.upstream_id == origins.c.upstream_id)
    # Both ways in one statement, each by its own index.
    return union(select(*columns).where(key.key == origins.c.url_key), select(*columns).where(by_id))


async def with_texts(conn: Conn, hashes: Iterable[str]) -> list[str]:
    """The ids of the articles with one of these text hashes; empty hashes match nothing."""
    asked = [(each,) for each in hashes if each]
    if not asked:
        return []
    return list((await conn.execute(_told(conn), rows_for("wanted_hashes", asked))).scalars())


@made_once
def _told(conn: Conn) -> Executable:
    wanted = table_for(conn, {"hash": Text()}, "wanted_hashes")
    return select(articles.c.id).join(wanted, wanted.c.hash == articles.c.text_hash)


async def kept(conn: Conn, ids: Iterable[str]) -> dict[str, Kept]:
    """Articles by id, as they stand; those that do not exist are missing. `matched_by` says nothing here."""
    asked = [(each,) for each in ids]
    if not asked:
        return {}
    wanted = rows_for("wanted_articles", asked)
    places: dict[str, dict[str, Place]] = {}
    for row in await conn.execute(_placed(conn), wanted):
        place = Place(row.visible, row.entry, row.entered_at, row.placed_by)
        places.setdefault(row.article_id, {})[row.category] = place
    found = (await conn.execute(_standing(conn), wanted)).mappings()
    return {row["id"]: _kept(row, places.get(row["id"], {})) for row in found}


@made_once
def _placed(conn: Conn) -> Executable:
    wanted = table_for(conn, {"id": Text()}, "wanted_articles")
    return select(article_categories).join(wanted, wanted.c.id == article_categories.c.article_id)


@made_once
def _standing(conn: Conn) -> Executable:
    wanted = table_for(conn, {"id": Text()}, "wanted_articles")
    return select(articles).join(wanted, wanted.c.id == articles.c.id)


def _kept(row: Any, places: dict[str, Place]) -> Kept:
    article = rows.article(row)
    draft = Draft(
        **{name: getattr(article, name) for name in _SHARED},
        content_hash=row["content_hash"],
        text_hash=row["text_hash"],
    )
    known = Known(
        id=article.id,
        source=article.source,
        state=article.state,
        revision=article.revision,
        first_seen_at=article.first_seen_at,
        mailable=row["mailable"],
        categories=tuple(sorted(slug for slug, place in places.items() if place.placed_by != LEFT)),
        draft=draft,
        matched_by=MatchedBy.URL,
    )
    return Kept(known, row["embargo_until"], places)


# ---------------------------------------------------------------- what is written


async def arrive(conn: Conn, arrivals: Sequence[Arrival]) -> None:
    """Write new articles with their first revisions, into no category yet (`place`)."""
    if not arrivals:
        return
    written = [
        columns(one.draft)
        | {
            "id": one.id,
            "guid": one.guid,
            "source": one.source,
            "first_seen_at": one.first_seen_at,
            "updated_at": one.first_seen_at,
            "revision": 1,
            "state": one.state.value,
            "embargo_until": one.embargo_until,
            "mailable": one.mailable,
        }
        for one in arrivals
    ]
    await conn.execute(_ARRIVE, written)
    await _keep(conn, [Correction(one.id, 1, one.draft, (), one.first_seen_at) for one in arrivals])


async def correct(conn: Conn, corrections: Sequence[Correction]) -> None:
    """Write corrections in their order: new revisions. Entries stay, so nothing is mailed again."""
    if not corrections:
        return
    written = [
        columns(one.draft)
        | {"of": one.article_id, "revision": one.revision, "updated_at": one.changed_at, "compared": False}
        for one in corrections
    ]
    await conn.execute(update(articles).where(articles.c.id == bindparam("of")), written)
    order = update(article_categories).where(article_categories.c.article_id == bindparam("of"))
    await conn.execute(order, [{"of": one.article_id, "sort_at": one.draft.sort_at} for one in corrections])
    await _keep(conn, corrections)


async def stand(conn: Conn, changes: Iterable[Kept]) -> None:
    """Write where articles stand: state and embargo. Their places are the caller's to show or hide (`place`)."""
    written = [
        {"of": one.known.id, "state": one.known.state.value, "embargo_until": one.embargo_until} for one in changes
    ]
    if written:
        await conn.execute(update(articles).where(articles.c.id == bindparam("of")), written)


async def place(conn: Conn, changes: Iterable[tuple[Kept, str]]) -> None:
    """Write articles' places in categories (by slug), new or not, as they stand in `Kept.places`."""
    written = []
    for one, slug in changes:
        row = {"category": slug, "article_id": one.known.id, "sort_at": one.known.draft.sort_at}
        written.append(row | asdict(one.places[slug]))
    if not written:
        return
    await conn.execute(_place(conn), written)


@made_once
def _place(conn: Conn) -> Executable:
    statement = insert_for(conn, article_categories)
    values = {name: statement.excluded[name] for name in ("visible", "entry", "entered_at", "placed_by")}
    return statement.on_conflict_do_update(index_elements=["category", "article_id"], set_=values)


async def show(conn: Conn, showings: Sequence[Showing]) -> None:
    """Note what sources show. A page that was noted before stays with its article; a missing upstream id stays known."""
    if not showings:
        return
    written = [
        {
            "article_id": one.article_id,
            "source": one.source,
            "url": one.url,
            "url_key": one.url_key,
            "upstream_id": one.upstream_id,
            "terms": list(one.terms),
            "fingerprint": one.fingerprint,
            "first_seen_at": one.seen_at,
            "last_seen_at": one.seen_at,
        }
        for one in showings
    ]
    await conn.execute(_show(conn), written)


@made_once
def _show(conn: Conn) -> Executable:
    statement = insert_for(conn, origins)
    fresh = statement.excluded
    values = {
        "last_seen_at": fresh.last_seen_at,
        "upstream_id": func.coalesce(fresh.upstream_id, origins.c.upstream_id),
        "terms": fresh.terms,
        "fingerprint": fresh.fingerprint,
    }
    return statement.on_conflict_do_update(index_elements=["source", "url_key"], set_=values)


async def _keep(conn: Conn, states: Sequence[Correction]) -> None:
    written = [
        {
            "article_id": one.article_id,
            "revision": one.revision,
            "changed_at": one.changed_at,
            "changed": list(one.changed),
            "title": one.draft.title,
            "summary": one.draft.summary,
            "content_html": one.draft.content_html,
        }
        for one in states
    ]
    await conn.execute(_KEEP, written)


def columns(draft: Draft) -> dict[str, Any]:
    """A draft as the columns of `articles` hold it."""
    values = {name: getattr(draft, name) for name in Draft.__slots__}
    return values | {
        "authors": list(draft.authors),
        "image": rows.image_json(draft.image),
        "attachments": [asdict(attachment) for attachment in draft.attachments],
    }
