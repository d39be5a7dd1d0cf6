"""The archives' shelves: articles in the order in which they were first shown, of a category or of everything.

A place is given once and for ever: what is withdrawn or leaves a category leaves a gap that nothing fills, so that the
pages of an archive keep their stories. Places count from 1, without gaps, in order of commit.
"""

from collections.abc import Iterable

from sqlalchemy import Executable, Text, and_, func, select, update

from feedsvc.storage.bulk import rows_for, table_for
from feedsvc.storage.engine_sql import made_once
from feedsvc.storage.schema import article_categories, articles
from feedsvc.storage.types import Conn


async def put(conn: Conn, shown: Iterable[str]) -> None:
    """Put articles that are shown (by their ids) onto the shelves that they are not on yet.

    Call it in the transaction that shows them, holding the lock of articles (`articles.lock`).
    """
    asked = [(article_id,) for article_id in sorted(set(shown))]
    if asked:
        rows = rows_for("shown", asked)
        await conn.execute(_everything(conn), rows)
        await conn.execute(_categories(conn), rows)


@made_once
def _everything(conn: Conn) -> Executable:
    shown = table_for(conn, {"id": Text()}, "shown")
    last = select(func.coalesce(func.max(articles.c.shelf), 0)).scalar_subquery()
    coming = (
        select(articles.c.id, (last + func.row_number().over(order_by=articles.c.id)).label("place"))
        .join(shown, shown.c.id == articles.c.id)
        .where(articles.c.shelf.is_(None))
        .subquery("coming")
    )
    return update(articles).where(articles.c.id == coming.c.id).values(shelf=coming.c.place)


@made_once
def _categories(conn: Conn) -> Executable:
    shown = table_for(conn, {"id": Text()}, "shown")
    link, other = article_categories, article_categories.alias("other")
    last = (
        select(func.coalesce(func.max(other.c.shelf), 0)).where(other.c.category == link.c.category).scalar_subquery()
    )
    place = last + func.row_number().over(partition_by=link.c.category, order_by=link.c.article_id)
    coming = (
        select(link.c.category, link.c.article_id, place.label("place"))
        .join(shown, shown.c.id == link.c.article_id)
        .where(link.c.shelf.is_(None), link.c.visible.is_(True))
        .subquery("coming")
    )
    here = and_(link.c.category == coming.c.category, link.c.article_id == coming.c.article_id)
    return update(link).where(here).values(shelf=coming.c.place)
