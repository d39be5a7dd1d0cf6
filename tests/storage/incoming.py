"""One article brought in by hand, for tests that begin with articles in the tables."""

from datetime import UTC, datetime

from feedsvc.ingest.intake.matching import Memory
from feedsvc.model.article import ArticleState
from feedsvc.model.draft import Draft, Known, MatchedBy
from feedsvc.model.ids import tag_uri, uuid7
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import articles, intake
from feedsvc.storage.intake import Arrival, Kept, Place, Showing
from feedsvc.storage.types import Conn

NOW = datetime(2020, 6, 8, tzinfo=UTC)
BASE = "https://news.example.edu"


async def enter(
    conn: Conn,
    draft: Draft,
    slugs: tuple[str, ...] = (),
    source: str = "usst",
    *,
    state: ArticleState = ArticleState.PUBLISHED,
    mailable: bool = True,
    now: datetime = NOW,
) -> tuple[str, articles.Touched]:
    """Write an article, put it into categories and release it; returns its id and the feeds that this touches."""
    article_id = uuid7(now)
    await intake.arrive(
        conn, [Arrival(article_id, tag_uri(BASE, now, article_id), source, draft, state, mailable, now)]
    )
    await add_places(conn, article_id, draft, slugs)
    return article_id, await articles.release(conn, article_id, now)


async def add_places(conn: Conn, article_id: str, draft: Draft, slugs: tuple[str, ...]) -> None:
    """Put an article into categories, unseen until it is released."""
    known = Known(article_id, "usst", ArticleState.PUBLISHED, 1, NOW, True, slugs, draft, MatchedBy.URL)
    there = (await intake.kept(conn, [article_id]))[article_id].places
    put = Kept(known, None, {slug: Place() for slug in slugs if slug not in there})
    await intake.place(conn, [(put, slug) for slug in put.places])


async def show(
    conn: Conn,
    article_id: str,
    key: str,
    url: str = "",
    upstream_id: str | None = None,
    source: str = "usst",
    now: datetime = NOW,
) -> None:
    """Note that a source shows the article at a canonical URL."""
    await intake.show(conn, [Showing(article_id, source, key, url or key, upstream_id, now)])


async def find(
    conn: Conn, keys: tuple[str, ...] = (), upstream_id: str | None = None, text_hash: str = "", source: str = "usst"
) -> Known | None:
    """The article that a story with these marks of identity is."""
    seen = await intake.sightings(conn, keys, [(source, upstream_id)] if upstream_id else [])
    ids = {one.article_id for one in seen} | set(await intake.with_texts(conn, [text_hash]))
    memory = Memory(await intake.kept(conn, ids), seen)
    return memory.find(Source(source, SourceKind.PAGE), keys, upstream_id, text_hash)
