"""The earlier states of articles."""

from sqlalchemy import select

from feedsvc.model.article import Revision
from feedsvc.storage.schema import revisions
from feedsvc.storage.types import Conn


async def of_article(conn: Conn, article_id: str) -> list[Revision]:
    """An article's states and what changed with each, oldest first."""
    query = select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.revision)
    found = (await conn.execute(query)).mappings()
    return [Revision(row["revision"], row["changed_at"], row["title"], tuple(row["changed"])) for row in found]
