"""The issues of a digest that anyone may read: those with a number that were not cancelled."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, func, select

from feedsvc.model.issue import Issue, IssueState
from feedsvc.storage import rows
from feedsvc.storage.schema_mail import editions, issues
from feedsvc.storage.types import Conn


async def latest(conn: Conn, slug: str, limit: int, before: int | None = None) -> list[Issue]:
    """Issues of a digest by number, the highest first; `before` continues below a number."""
    query = select(issues).where(_public(slug)).order_by(issues.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(issues.c.number < before)
    return [rows.issue(row) for row in (await conn.execute(query)).mappings()]


async def by_number(conn: Conn, slug: str, number: int) -> Issue | None:
    """One issue; None where there is none that anyone may read."""
    row = (await conn.execute(select(issues).where(_public(slug), issues.c.number == number))).mappings().one_or_none()
    return rows.issue(row) if row else None


async def neighbours(conn: Conn, slug: str, number: int) -> tuple[int | None, int | None]:
    """The numbers of the issues before and after one, None at either end; gaps are passed over."""
    found = []
    for nearest, side in ((func.max, issues.c.number < number), (func.min, issues.c.number > number)):
        found.append((await conn.execute(select(nearest(issues.c.number)).where(_public(slug), side))).scalar())
    return found[0], found[1]


async def contents(conn: Conn, issue_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The article ids of each issue's public edition, in its order."""
    query = select(editions.c.issue_id, editions.c.article_ids).where(
        editions.c.issue_id.in_(list(issue_ids)), editions.c.public.is_(True)
    )
    return {issue_id: tuple(article_ids) for issue_id, article_ids in await conn.execute(query)}


def _public(slug: str) -> ColumnElement[bool]:
    return and_(issues.c.digest == slug, issues.c.number.is_not(None), issues.c.state != IssueState.CANCELLED)
