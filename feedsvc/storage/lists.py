"""Subscription lists: rows that editors configure."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from feedsvc.model.newsroom import ReaderList
from feedsvc.model.subscriber import SubscriberState
from feedsvc.storage import rows
from feedsvc.storage.engine_sql import insert_for
from feedsvc.storage.schema import lists
from feedsvc.storage.schema_mail import subscribers, subscriptions
from feedsvc.storage.types import Conn


async def every(conn: Conn, lock: bool = False) -> list[ReaderList]:
    """All lists, in order. `lock` holds their rows until the transaction ends."""
    query = select(lists).order_by(lists.c.position, lists.c.slug)
    found = (await conn.execute(query.with_for_update() if lock else query)).mappings()
    return [rows.reader_list(row) for row in found]


async def put(conn: Conn, reader_list: ReaderList, position: int) -> None:
    """Write a list, new or not, at its place in the order (from 0)."""
    values = {
        "title": reader_list.title,
        "public": reader_list.public,
        "description": reader_list.description,
        "position": position,
    }
    statement = insert_for(conn, lists).values(slug=reader_list.slug, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["slug"], set_=values))


async def remove(conn: Conn, slug: str) -> None:
    """Take a list away, and with it every subscription to it."""
    await conn.execute(delete(lists).where(lists.c.slug == slug))


async def readers(conn: Conn, states: Iterable[SubscriberState] = (SubscriberState.ACTIVE,)) -> dict[str, int]:
    """How many subscribers in one of the `states` each list has; a list without one is missing."""
    query = (
        select(subscriptions.c.list, func.count())
        .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
        .where(subscribers.c.state.in_(list(states)))
        .group_by(subscriptions.c.list)
    )
    return {row[0]: row[1] for row in await conn.execute(query)}
