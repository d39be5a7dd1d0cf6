"""Issues, their editions and blocks, and who is to get them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select, update

from feedsvc.errors import NotFound
from feedsvc.model.issue import RECEIVED, Edition, Issue, IssueState, MessageKind
from feedsvc.model.newsroom import Digest
from feedsvc.model.subscriber import SubscriberState, Subscription
from feedsvc.storage import rows
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import LEFT, article_categories, articles, digests
from feedsvc.storage.schema_mail import blocks, editions, issues, outbox, subscribers, subscriptions
from feedsvc.storage.types import Conn


@dataclass(frozen=True, slots=True)
class Reader:
    """One active subscriber as the fan-out sees them.

    `last_upto`: the end of the last issue of this digest that they received, None for none. `irregular`: what they
    received must be looked up (changed choices, another digest, a mail that never arrived).
    """

    id: int
    language: str
    subscriptions: tuple[Subscription, ...]
    last_upto: int | None
    irregular: bool


async def scheduled(conn: Conn) -> list[tuple[Digest, datetime]]:
    """Every digest with the instant since which its periods count: its last issue's due time, or when it was set."""
    last = select(issues.c.digest, func.max(issues.c.due_at).label("due_at")).group_by(issues.c.digest).subquery()
    query = (
        select(digests, last.c.due_at.label("last_due_at"))
        .outerjoin(last, last.c.digest == digests.c.slug)
        .order_by(digests.c.position, digests.c.slug)
    )
    found = (await conn.execute(query)).mappings()
    return [(rows.digest(row), max(filter(None, (row["scheduled_since"], row["last_due_at"])))) for row in found]


async def begin(
    conn: Conn,
    digest: Digest,
    period: str,
    due_at: datetime,
    now: datetime,
    upto: int,
    state: IssueState,
    reason: str = "",
) -> Issue | None:
    """Make the issue of a period; None where it exists already: the UNIQUE row decides between processes."""
    values = {
        "digest": digest.slug,
        "digest_title": digest.title,
        "period": period,
        "due_at": due_at,
        "created_at": now,
        "state": state,
        "reason": reason,
        "upto": upto,
    }
    statement = insert_for(conn, issues).values(**values).on_conflict_do_nothing(index_elements=["digest", "period"])
    row = (await conn.execute(statement.returning(issues))).mappings().one_or_none()
    return rows.issue(row) if row else None


async def get(conn: Conn, issue_id: int, lock: bool = False) -> Issue:
    """One issue; `lock` holds its row until the transaction ends. Raises NotFound."""
    query = select(issues).where(issues.c.id == issue_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    if row is None:
        msg = f"There is no issue {issue_id}. `feedsvc digest issues NAME` lists a digest's issues."
        raise NotFound(msg)
    return rows.issue(row)


async def of_digest(conn: Conn, slug: str, limit: int = 50) -> list[Issue]:
    """A digest's issues, newest first. Those that anyone may read are in `archive`."""
    query = select(issues).where(issues.c.digest == slug).order_by(issues.c.due_at.desc()).limit(limit)
    return [rows.issue(row) for row in (await conn.execute(query)).mappings()]


async def composing(conn: Conn) -> list[Issue]:
    """Issues whose fan-out is not complete, oldest first: new ones, and those that a crash left."""
    query = select(issues).where(issues.c.state == IssueState.COMPOSING).order_by(issues.c.id)
    return [rows.issue(row) for row in (await conn.execute(query)).mappings()]


async def change(conn: Conn, issue_id: int, **values: Any) -> None:
    """Set columns of an issue."""
    await conn.execute(update(issues).where(issues.c.id == issue_id).values(**values))


async def next_number(conn: Conn, slug: str) -> int:
    """The number that the next issue of a digest bears. Call it with an issue of the digest locked."""
    return ((await conn.execute(select(func.max(issues.c.number)).where(issues.c.digest == slug))).scalar() or 0) + 1


async def last_public_upto(conn: Conn, slug: str, before: int | None = None) -> int:
    """The entry number at which the last issue that went out (before issue `before`) ended; 0 where there is none."""
    query = select(func.max(issues.c.upto)).where(
        issues.c.digest == slug, issues.c.number.is_not(None), issues.c.state != IssueState.CANCELLED
    )
    if before is not None:
        query = query.where(issues.c.id < before)
    return (await conn.execute(query)).scalar() or 0


async def entries(
    conn: Conn, categories: Sequence[str], upto: int, since: datetime
) -> list[tuple[str, str, int, datetime, bool]]:
    """Entries into categories up to a number, entered after `since`: (article id, category, number, the article's order, and
    whether it is still there)."""
    query = (
        select(
            article_categories.c.article_id,
            article_categories.c.category,
            article_categories.c.entry,
            articles.c.sort_at,
            article_categories.c.visible,
        )
        .join(articles, articles.c.id == article_categories.c.article_id)
        .where(
            article_categories.c.category.in_(categories),
            or_(article_categories.c.visible.is_(True), article_categories.c.placed_by == LEFT),
            article_categories.c.entry <= upto,
            article_categories.c.entered_at >= since,
        )
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in await conn.execute(query)]


async def languages(conn: Conn, lists: Sequence[str]) -> set[str]:
    """The languages of the active readers of some lists."""
    query = (
        select(subscribers.c.language)
        .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(subscriptions.c.list.in_(lists), subscribers.c.state == SubscriberState.ACTIVE)
        .distinct()
    )
    return set((await conn.execute(query)).scalars())


async def audience(conn: Conn, digest: Digest, after: int, limit: int) -> list[Reader]:
    """The next active readers on a digest's lists, by id, after the one given; all their subscriptions to those lists."""
    on_lists = select(subscriptions.c.subscriber_id).where(subscriptions.c.list.in_(digest.lists))
    query = (
        select(subscribers.c.id, subscribers.c.language, subscribers.c.irregular)
        .where(subscribers.c.id > after, subscribers.c.state == SubscriberState.ACTIVE, subscribers.c.id.in_(on_lists))
        .order_by(subscribers.c.id)
        .limit(limit)
    )
    return await _readers(conn, digest, [(row[0], row[1], row[2]) for row in await conn.execute(query)])


async def reader(conn: Conn, digest: Digest, subscriber_id: int) -> Reader | None:
    """One subscriber as the fan-out would see them if they were active."""
    query = select(subscribers.c.id, subscribers.c.language, subscribers.c.irregular).where(
        subscribers.c.id == subscriber_id
    )
    found = await _readers(conn, digest, [(row[0], row[1], row[2]) for row in await conn.execute(query)])
    return found[0] if found else None


async def _readers(conn: Conn, digest: Digest, people: list[tuple[int, str, bool]]) -> list[Reader]:
    if not people:
        return []
    ids = [person[0] for person in people]
    joined: dict[int, list[Subscription]] = {}
    query = select(subscriptions).where(subscriptions.c.subscriber_id.in_(ids), subscriptions.c.list.in_(digest.lists))
    for row in (await conn.execute(query.order_by(subscriptions.c.list))).mappings():
        subscription = Subscription(row["list"], dict(row["wishes"]), row["frequency"])
        joined.setdefault(row["subscriber_id"], []).append(subscription)
    history = await _history(conn, digest.slug, ids)
    readers = []
    for person_id, language, flagged in people:
        upto, odd = history.get(person_id, (None, 0))
        readers.append(Reader(person_id, language, tuple(joined.get(person_id, ())), upto, flagged or odd > 0))
    return readers


async def _history(conn: Conn, slug: str, ids: Sequence[int]) -> dict[int, tuple[int | None, int]]:
    """For each reader: the end of the last issue of this digest they received, and how many of their rows are irregular."""
    counted = outbox.c.state.in_(RECEIVED)
    query = (
        select(
            outbox.c.subscriber_id,
            func.max(case(((issues.c.digest == slug) & counted, issues.c.upto))),
            func.sum(case(((issues.c.digest == slug) & counted, 0), else_=1)),
        )
        .join(issues, issues.c.id == outbox.c.issue_id)
        .where(outbox.c.subscriber_id.in_(ids), outbox.c.kind == MessageKind.DIGEST)
        .group_by(outbox.c.subscriber_id)
    )
    return {row[0]: (row[1], int(row[2])) for row in await conn.execute(query)}


async def received(conn: Conn, ids: Sequence[int]) -> dict[int, set[str]]:
    """What readers have received: the article ids of the editions of their rows that are open, sent or unconfirmed."""
    query = (
        select(outbox.c.subscriber_id, editions.c.article_ids)
        .join(editions, editions.c.id == outbox.c.edition_id)
        .where(outbox.c.subscriber_id.in_(ids), outbox.c.state.in_(RECEIVED), outbox.c.kind == MessageKind.DIGEST)
    )
    found: dict[int, set[str]] = {subscriber_id: set() for subscriber_id in ids}
    for subscriber_id, article_ids in await conn.execute(query):
        found[subscriber_id].update(article_ids)
    return found


async def add_edition(conn: Conn, edition: Edition, key: str) -> int:
    """Keep an edition (its id is ignored); returns the id of it or of its equal. `key` is its hash."""
    values = {
        "issue_id": edition.issue_id,
        "language": edition.language,
        "article_ids": list(edition.article_ids),
        "full": edition.full,
        "block_keys": list(edition.block_keys),
        "lead": edition.lead,
        "more": edition.more,
        "subject": edition.subject,
        "public": edition.public,
        "digest_key": key,
    }
    await conn.execute(insert_for(conn, editions).values(**values).on_conflict_do_nothing())
    same = (editions.c.issue_id == edition.issue_id, editions.c.digest_key == key, editions.c.public == edition.public)
    return int((await conn.execute(select(editions.c.id).where(*same))).scalar_one())


async def get_edition(conn: Conn, edition_id: int) -> Edition:
    """One edition. Raises NotFound."""
    row = (await conn.execute(select(editions).where(editions.c.id == edition_id))).mappings().one_or_none()
    if row is None:
        msg = f"There is no edition {edition_id}."
        raise NotFound(msg)
    return _edition(row)


async def editions_of(conn: Conn, issue_id: int) -> list[tuple[Edition, int]]:
    """An issue's editions, the public one first, each with the number of its readers."""
    query = (
        select(editions, func.count(outbox.c.id).label("readers"))
        .outerjoin(outbox, outbox.c.edition_id == editions.c.id)
        .where(editions.c.issue_id == issue_id)
        .group_by(editions.c.id)
        .order_by(editions.c.public.desc(), func.count(outbox.c.id).desc(), editions.c.id)
    )
    return [(_edition(row), row["readers"]) for row in (await conn.execute(query)).mappings()]


def _edition(row: Any) -> Edition:
    values = {key: row[key] for key in Edition.__slots__}
    return Edition(**{**values, "article_ids": tuple(row["article_ids"]), "block_keys": tuple(row["block_keys"])})


async def add_blocks(conn: Conn, issue_id: int, language: str, rendered: dict[str, tuple[bytes, bytes]]) -> None:
    """Keep blocks (key -> html, text); those that exist stay as they are, so that a body never changes between tries."""
    if not rendered:
        return
    values = [
        {"issue_id": issue_id, "key": key, "language": language, "html": html, "text": text}
        for key, (html, text) in rendered.items()
    ]
    await conn.execute(insert_for(conn, blocks).on_conflict_do_nothing(), values)


async def get_blocks(conn: Conn, issue_id: int, language: str) -> dict[str, tuple[bytes, bytes]]:
    """An issue's blocks in a language: key -> (html, text)."""
    query = select(blocks.c.key, blocks.c.html, blocks.c.text).where(
        blocks.c.issue_id == issue_id, blocks.c.language == language
    )
    return {row[0]: (row[1], row[2]) for row in await conn.execute(query)}


async def block_keys(conn: Conn, issue_id: int) -> set[tuple[str, str]]:
    """The (language, key) pairs that are rendered."""
    query = select(blocks.c.language, blocks.c.key).where(blocks.c.issue_id == issue_id)
    return {(row[0], row[1]) for row in await conn.execute(query)}
