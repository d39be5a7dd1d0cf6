"""Moving an article, for the tests of whatever sees it moved: as an editor does (`ingest.desk`)."""

from datetime import datetime

from feedsvc.ingest.desk import Act, Order, settle
from feedsvc.model.article import ArticleState
from feedsvc.storage.types import Conn

_ACTS = {
    ArticleState.HELD: Act.HOLD,
    ArticleState.EMBARGOED: Act.PUBLISH,
    ArticleState.PUBLISHED: Act.PUBLISH,
    ArticleState.WITHDRAWN: Act.WITHDRAW,
}


async def publish(conn: Conn, article_id: str, now: datetime) -> None:
    await settle(conn, [article_id], Order(Act.PUBLISH), now)


async def hold(conn: Conn, article_id: str, now: datetime) -> None:
    await settle(conn, [article_id], Order(Act.HOLD), now)


async def withdraw(conn: Conn, article_id: str, now: datetime) -> None:
    await settle(conn, [article_id], Order(Act.WITHDRAW), now)


async def set_state(
    conn: Conn, article_id: str, state: ArticleState, now: datetime, embargo_until: datetime | None = None
) -> None:
    await settle(conn, [article_id], Order(_ACTS[state], at=embargo_until), now)
