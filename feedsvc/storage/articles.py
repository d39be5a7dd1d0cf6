"""The write side of articles: what ingest and editors change. `reading` is the read side.

Every change of what feeds show moves the marks of the feeds it touches (see `stamps`). Functions that ingest calls many
times in one transaction return those feeds instead, so that each feed is marked once; the others mark them themselves.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update

from feedsvc.errors import NotFound
from feedsvc.model.article import ArticleState
from feedsvc.model.draft import Draft, Known
from feedsvc.model.ids import tag_uri, uuid7
from feedsvc.storage import counters, origins, rows, stamps
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import article_categories, articles, categories, revisions
from feedsvc.storage.types import Conn

Touched = frozenset[str]
"""Feeds whose content changed: pass them to `stamps.bump` in the same transaction."""

_NOTHING: Touched = frozenset()


async def lock(conn: Conn) -> None:
    """Let no other transaction bring articles in, or change their state, until this one ends.

    Two sources that find the same story at once would otherwise both take it for new. The lock is the row of the entry
    counter, which publishing locks anyway: taken first, always, it also keeps transactions from blocking each other.
    """
    await counters.value(conn, counters.ENTRY, lock=True)


async def find_by_identity(
    conn: Conn, source: str, keys: tuple[str, ...], upstream_id: str | None, text_hash: str
) -> Known | None:
    """The article that a story is: by canonical URL on any source, by id on this source, by the hash of its text."""
    found = await origins.match(conn, source, keys, upstream_id, text_hash)
    if found is None:
        return None
    article_id, matched_by = found
    row = await _row(conn, article_id)
    slugs = select(article_categories.c.category).where(article_categories.c.article_id == article_id)
    article = rows.article(row)
    shared = {name: getattr(article, name) for name in Draft.__slots__ if name not in ("content_hash", "text_hash")}
    return Known(
        id=article.id,
        source=article.source,
        state=article.state,
        revision=article.revision,
        first_seen_at=article.first_seen_at,
        mailable=row["mailable"],
        categories=tuple(sorted((await conn.execute(slugs)).scalars())),
        draft=Draft(**shared, content_hash=row["content_hash"], text_hash=row["text_hash"]),
        matched_by=matched_by,
    )


async def insert_new(
    conn: Conn, draft: Draft, source: str, base_url: str, now: datetime, *, state: ArticleState, mailable: bool
) -> str:
    """Write a new article, with its first revision, into no category yet; returns its id.

    Then give it its categories (`add_categories`) and `release` it.
    """
    article_id = uuid7(now)
    values = _columns(draft) | {
        "id": article_id,
        "guid": tag_uri(base_url, now, article_id),
        "source": source,
        "first_seen_at": now,
        "updated_at": now,
        "revision": 1,
        "state": state.value,
        "mailable": mailable,
    }
    await conn.execute(insert(articles).values(**values))
    await _keep_revision(conn, article_id, 1, draft, (), now)
    return article_id


async def add_categories(conn: Conn, article_id: str, slugs: tuple[str, ...]) -> None:
    """Put an article into categories, unseen until `release`. Where it is, it stays; unknown slugs are left out."""
    sort_at = select(articles.c.sort_at).where(articles.c.id == article_id).scalar_subquery()
    existing = set((await conn.execute(select(categories.c.slug).where(categories.c.slug.in_(slugs)))).scalars())
    for slug in (slug for slug in slugs if slug in existing):
        statement = insert_for(conn, article_categories).values(
            category=slug, article_id=article_id, sort_at=sort_at, visible=False
        )
        await conn.execute(statement.on_conflict_do_nothing())


async def release(conn: Conn, article_id: str, now: datetime) -> Touched:
    """Show a published article in its categories, and count its entry into each for the readers of digests.

    An entry is counted once and for ever, and never for what is not mailable. Nothing happens to an article in another
    state. Raises NotFound.
    """
    row = await _row(conn, article_id)
    if row["state"] != ArticleState.PUBLISHED:
        return _NOTHING
    query = (
        select(article_categories)
        .join(categories, categories.c.slug == article_categories.c.category)
        .where(article_categories.c.article_id == article_id)
        .order_by(categories.c.position, categories.c.slug)
    )
    for place in (await conn.execute(query)).mappings().all():
        values: dict[str, Any] = {"visible": True}
        if row["mailable"] and place["entry"] is None:
            values |= {"entry": await counters.next_value(conn, counters.ENTRY), "entered_at": now}
        elif place["visible"]:
            continue
        await conn.execute(update(article_categories).where(_place(article_id, place["category"])).values(**values))
    return await _feeds_of(conn, article_id)


async def revise(conn: Conn, known: Known, draft: Draft, changed: tuple[str, ...], now: datetime) -> Touched:
    """Write a correction: a new revision. Entries stay, so it is never mailed again. Raises NotFound."""
    row = await _row(conn, known.id)
    revision = row["revision"] + 1
    values = _columns(draft) | {"revision": revision, "updated_at": now}
    await conn.execute(update(articles).where(articles.c.id == known.id).values(**values))
    await conn.execute(
        update(article_categories).where(article_categories.c.article_id == known.id).values(sort_at=draft.sort_at)
    )
    await _keep_revision(conn, known.id, revision, draft, changed, now)
    return await _feeds_of(conn, known.id) if row["state"] == ArticleState.PUBLISHED else _NOTHING


async def publish(conn: Conn, article_id: str, now: datetime) -> None:
    """Show an article that was held, embargoed or withdrawn. Raises NotFound."""
    await set_state(conn, article_id, ArticleState.PUBLISHED, now)


async def hold(conn: Conn, article_id: str, now: datetime) -> None:
    """Show an article nowhere until it is published again. Raises NotFound."""
    await set_state(conn, article_id, ArticleState.HELD, now)


async def withdraw(conn: Conn, article_id: str, now: datetime) -> None:
    """Take an article away everywhere: feeds get a tombstone, polling never brings it back. Raises NotFound."""
    await set_state(conn, article_id, ArticleState.WITHDRAWN, now)


async def set_state(
    conn: Conn, article_id: str, state: ArticleState, now: datetime, embargo_until: datetime | None = None
) -> None:
    """Change where an article stands, and mark the feeds it appears in or leaves. Raises NotFound.

    `embargo_until` goes with the state `embargoed` alone: the instant at which `release_due` publishes it.
    """
    await lock(conn)
    row = await _row(conn, article_id)
    if row["state"] == state and row["embargo_until"] == embargo_until:
        return
    withdrawn_at = now if state == ArticleState.WITHDRAWN else None
    values = {"state": state.value, "embargo_until": embargo_until, "withdrawn_at": withdrawn_at}
    await conn.execute(update(articles).where(articles.c.id == article_id).values(**values))
    if state == ArticleState.PUBLISHED:
        touched = await release(conn, article_id, now)
    else:
        hide = update(article_categories).where(article_categories.c.article_id == article_id).values(visible=False)
        await conn.execute(hide)
        shown = row["state"] == ArticleState.PUBLISHED or state == ArticleState.WITHDRAWN
        touched = await _feeds_of(conn, article_id) if shown else _NOTHING
    await stamps.bump(conn, touched, now)


async def is_release_due(conn: Conn, now: datetime) -> bool:
    """Has the embargo of any article ended? A look that costs no lock."""
    return (await conn.execute(select(articles.c.id).where(_embargo_over(now)).limit(1))).first() is not None


async def release_due(conn: Conn, now: datetime, limit: int = 100) -> list[str]:
    """Publish the articles whose embargo has ended; returns their ids, the earliest first."""
    await lock(conn)
    query = (
        select(articles.c.id)
        .where(_embargo_over(now))
        .order_by(articles.c.embargo_until, articles.c.id)
        .limit(limit)
        .with_for_update()
    )
    due = list((await conn.execute(query)).scalars())
    touched: set[str] = set()
    for article_id in due:
        values = {"state": ArticleState.PUBLISHED.value, "embargo_until": None}
        await conn.execute(update(articles).where(articles.c.id == article_id).values(**values))
        touched |= await release(conn, article_id, now)
    await stamps.bump(conn, touched, now)
    return due


def _embargo_over(now: datetime) -> ColumnElement[bool]:
    return and_(articles.c.embargo_until <= now, articles.c.state == ArticleState.EMBARGOED)


async def _row(conn: Conn, article_id: str) -> Any:
    row = (await conn.execute(select(articles).where(articles.c.id == article_id).with_for_update())).mappings().first()
    if row is None:
        msg = f"There is no article {article_id!r}. `feedsvc article list` shows those there are."
        raise NotFound(msg)
    return row


async def _feeds_of(conn: Conn, article_id: str) -> Touched:
    query = select(article_categories.c.category).where(article_categories.c.article_id == article_id)
    return frozenset((await conn.execute(query)).scalars()) | {stamps.ALL}


async def _keep_revision(
    conn: Conn, article_id: str, revision: int, draft: Draft, changed: tuple[str, ...], now: datetime
) -> None:
    values = {"title": draft.title, "summary": draft.summary, "content_html": draft.content_html}
    statement = insert(revisions).values(
        article_id=article_id, revision=revision, changed_at=now, changed=list(changed)
    )
    await conn.execute(statement.values(**values))


def _columns(draft: Draft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in Draft.__slots__}
    return values | {
        "authors": list(draft.authors),
        "image": rows.image_json(draft.image),
        "attachments": [asdict(attachment) for attachment in draft.attachments],
    }


def _place(article_id: str, category: str) -> ColumnElement[bool]:
    return and_(article_categories.c.article_id == article_id, article_categories.c.category == category)
