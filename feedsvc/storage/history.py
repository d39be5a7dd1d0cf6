"""The earlier states of articles."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from feedsvc.model.article import Revision
from feedsvc.storage.schema import revisions
from feedsvc.storage.types import Conn


@dataclass(frozen=True, slots=True)
class Wording:
    """What an article said in one of its states; `changed_at` (UTC) is when it began to, `changed` the fields that were
    new in it.
    """

    revision: int
    title: str
    summary: str
    content_html: str
    changed_at: datetime
    changed: tuple[str, ...]


async def wording(conn: Conn, article_id: str, revision: int) -> Wording | None:
    """What an article said; None where it has no such revision."""
    columns = [revisions.c[name] for name in Wording.__slots__]
    query = select(*columns).where(revisions.c.article_id == article_id, revisions.c.revision == revision)
    row = (await conn.execute(query)).mappings().one_or_none()
    return Wording(**{**row, "changed": tuple(row["changed"])}) if row else None


async def of_article(conn: Conn, article_id: str) -> list[Revision]:
    """An article's states and what changed with each, oldest first."""
    query = select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.revision)
    found = (await conn.execute(query)).mappings()
    return [Revision(row["revision"], row["changed_at"], row["title"], tuple(row["changed"])) for row in found]
