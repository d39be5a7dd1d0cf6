"""What stands in the sitemap beside the categories: the issues of digests, and the stories that were written here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from feedsvc.model.article import ArticleState
from feedsvc.model.issue import IssueState
from feedsvc.storage.schema import articles, origins
from feedsvc.storage.schema_mail import issues
from feedsvc.storage.types import Conn


@dataclass(frozen=True, slots=True)
class PublicIssue:
    """An issue that anyone may read, and when it was sent, or was due where it is still being sent (UTC)."""

    digest: str
    number: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A published story whose page is ours, and when it last changed (UTC)."""

    id: str
    title: str
    updated_at: datetime


async def newest_issues(conn: Conn, digests: Collection[str]) -> dict[str, datetime]:
    """When the newest public issue of each of these digests was sent, by slug; one without any is missing."""
    sent = _issues(digests).subquery()
    query = select(sent.c.digest, func.max(sent.c.sent_at)).group_by(sent.c.digest)
    return {row[0]: row[1] for row in await conn.execute(query)}


async def count_issues(conn: Conn, digests: Collection[str]) -> int:
    """How many public issues these digests have."""
    return await _count(conn, _issues(digests))


async def public_issues(conn: Conn, digests: Collection[str], first: int, limit: int) -> list[PublicIssue]:
    """Their public issues, by digest and number; `first` are passed over."""
    query = _issues(digests).order_by(issues.c.digest, issues.c.number).offset(first).limit(limit)
    return [PublicIssue(*row) for row in await conn.execute(query)]


async def count_written(conn: Conn, key: str, page: str) -> int:
    """How many published stories were written here. See `written`."""
    return await _count(conn, _written(key, page))


async def written(conn: Conn, key: str, page: str, first: int, limit: int) -> list[Written]:
    """Published stories without a page elsewhere, in the order in which they came; `first` are passed over.

    `key` is what the identities of such stories begin with (a hexadecimal number follows), `page` what their addresses
    begin with. The cost is that of these stories alone, however many articles there are.
    """
    found = await conn.execute(_written(key, page).order_by(articles.c.id).offset(first).limit(limit))
    return [Written(*row) for row in found]


def _issues(digests: Collection[str]) -> Select[Any]:
    sent_at = func.coalesce(issues.c.sent_at, issues.c.due_at, type_=issues.c.due_at.type).label("sent_at")
    return select(issues.c.digest, issues.c.number, sent_at).where(
        issues.c.digest.in_(digests), issues.c.number.is_not(None), issues.c.state != IssueState.CANCELLED
    )


def _written(key: str, page: str) -> Select[Any]:
    # The range is one of an index, in every order of letters that a database may have; the prefix is exact.
    here = and_(origins.c.url_key >= f"{key}0", origins.c.url_key < f"{key}g")
    exact = origins.c.url_key.startswith(key, autoescape=True)
    return select(articles.c.id, articles.c.title, articles.c.updated_at).where(
        articles.c.id.in_(select(origins.c.article_id).where(here, exact)),
        articles.c.state == ArticleState.PUBLISHED,
        articles.c.url.startswith(page, autoescape=True),
    )


async def _count(conn: Conn, query: Select[Any]) -> int:
    return int((await conn.execute(select(func.count()).select_from(query.subquery()))).scalar() or 0)
