"""Near-copies: articles of one language, printed within seven days, that share half of what they say or more.

They bear one `cluster_id`, the id of the first of them; nothing is hidden or deleted. Twelve hashes of each article
(`text.shingles`) are kept as an index for `KEPT`, the time in which copies come in; what shares some of them is
compared exactly. An article that is in a cluster stays in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Text, delete, insert, select, tuple_, update
from sqlalchemy.types import TypeEngine

from feedsvc.model.ids import minted_earlier
from feedsvc.storage.bulk import table_of
from feedsvc.storage.schema import article_shingles, articles
from feedsvc.storage.types import Conn
from feedsvc.text.shingles import NEAR, jaccard, shingles, sketch

WINDOW = timedelta(days=7)
"""How far apart the dates of near-copies may lie."""

KEPT = timedelta(days=30)
"""How long after an article came in others are compared with it: it bounds the index, whatever the archive holds."""

# An article is compared with the few that share most with it, and a hash that many articles bear (a phrase at the foot
# of every page) stays with the newest of them: what an article costs does not grow with the number there are.
_COMPARED = 5
_BEARERS = 40
_SWEPT = 2000


@dataclass(frozen=True, slots=True)
class _Text:
    """What is compared of an article; `shingles` are empty where they have not been read yet."""

    language: str
    sort_at: datetime
    cluster: str | None
    shingles: frozenset[int] = frozenset()

    def may_copy(self, other: "_Text") -> bool:
        """One language, and dates near enough."""
        return abs(self.sort_at - other.sort_at) <= WINDOW and _primary(self.language) == _primary(other.language)


async def uncompared(conn: Conn, limit: int) -> list[str]:
    """Articles that have not been compared since they last changed, by id, the earliest first."""
    query = select(articles.c.id).where(~articles.c.compared).order_by(articles.c.id).limit(limit)
    return list((await conn.execute(query)).scalars())


async def assign_many(conn: Conn, ids: Sequence[str]) -> dict[str, str]:
    """Find the near-copies of articles, new or revised, among all and among each other.

    Returns the clusters that were found, by article. Short texts (`shingles.FEWEST`) are like no other. They count as
    compared from now on.
    """
    if not ids:
        return {}
    texts = await _start(conn, ids)
    before = {key: text.cluster for key, text in texts.items()}
    sketches = {key: sketch(text.shingles) for key, text in texts.items() if text.shingles}
    if not sketches:
        return {}
    known, bearing = await _bearing(conn, sketches)
    known |= texts
    likeliest = _likeliest(sketches, known, bearing)
    await _index(conn, sketches, bearing)
    known |= await _read(conn, {each: known[each] for found in likeliest.values() for each in found})
    joined: dict[str, str] = {}
    for key, found in likeliest.items():
        near = next((each for each in found if jaccard(known[key].shingles, known[each].shingles) >= NEAR), None)
        if near and not known[key].cluster:
            cluster = joined.get(near) or known[near].cluster or min(key, near)
            joined |= {key: cluster, near: cluster}
    await _join(conn, joined)
    own = {key: cluster for key, cluster in before.items() if cluster}
    return own | {key: cluster for key, cluster in joined.items() if key in texts}


def _likeliest(
    sketches: Mapping[str, tuple[int, ...]], known: Mapping[str, _Text], bearing: Mapping[int, list[str]]
) -> dict[str, list[str]]:
    """For each article those that it is compared with, the likeliest first. In a batch the later follow the earlier."""
    bearers = {value: list(found) for value, found in bearing.items()}
    likeliest: dict[str, list[str]] = {}
    for key, values in sketches.items():
        shared = Counter(each for value in values for each in bearers.get(value, ())[-_BEARERS:])
        can = sorted((-count, each) for each, count in shared.items() if known[key].may_copy(known[each]))
        likeliest[key] = [each for _, each in can[:_COMPARED]]
        for value in values:
            bearers.setdefault(value, []).append(key)
    return likeliest


async def _start(conn: Conn, ids: Sequence[str]) -> dict[str, _Text]:
    """Take the sketches of earlier states out of the index, and some that are too old; returns what is to be compared."""
    written = table_of(conn, {"id": Text()}, [(key,) for key in ids], "written")
    old = article_shingles.c.article_id < minted_earlier(max(ids), KEPT)
    swept = select(article_shingles.c.article_id).where(old).limit(_SWEPT)
    for gone in (select(written.c.id), swept):
        await conn.execute(delete(article_shingles).where(article_shingles.c.article_id.in_(gone)))
    here = articles.c.id.in_(select(written.c.id))
    await conn.execute(update(articles).where(here).values(compared=True))
    columns = [articles.c[name] for name in ("id", "language", "sort_at", "cluster_id", "title", "content_html")]
    found = await conn.execute(select(*columns).where(here).order_by(articles.c.id))
    return {
        row.id: _Text(row.language, row.sort_at, row.cluster_id, shingles(row.title, row.content_html)) for row in found
    }


async def _bearing(
    conn: Conn, sketches: Mapping[str, tuple[int, ...]]
) -> tuple[dict[str, _Text], dict[int, list[str]]]:
    """The articles in the index that bear one of these hashes, and which bear which, in the order of their ids."""
    values = {value for values in sketches.values() for value in values}
    asked = table_of(conn, {"value": BigInteger()}, [(value,) for value in values], "asked")
    query = (
        select(article_shingles.c.value, articles.c.id, articles.c.language, articles.c.sort_at, articles.c.cluster_id)
        .join(asked, asked.c.value == article_shingles.c.value)
        .join(articles, articles.c.id == article_shingles.c.article_id)
        .order_by(articles.c.id)
    )
    known: dict[str, _Text] = {}
    bearing: dict[int, list[str]] = {}
    for value, key, *rest in await conn.execute(query):
        known[key] = _Text(*rest)
        bearing.setdefault(value, []).append(key)
    return known, bearing


async def _index(conn: Conn, sketches: Mapping[str, tuple[int, ...]], bearing: Mapping[int, list[str]]) -> None:
    """Keep the sketches; of those that bear one hash, the newest alone."""
    coming: dict[int, list[str]] = {}
    for key, values in sketches.items():
        for value in values:
            coming.setdefault(value, []).append(key)
    rows = [(value, key) for value, keys in coming.items() for key in keys[-_BEARERS:]]
    over = {value: max(0, len(keys) + len(coming[value]) - _BEARERS) for value, keys in bearing.items()}
    gone = [(value, key) for value, count in over.items() for key in bearing[value][:count]]
    columns: dict[str, TypeEngine[Any]] = {"value": BigInteger(), "article_id": Text()}
    if gone:
        old = table_of(conn, columns, gone, "gone")
        borne = tuple_(article_shingles.c.value, article_shingles.c.article_id)
        await conn.execute(delete(article_shingles).where(borne.in_(select(old))))
    made = table_of(conn, columns, rows, "sketches")
    await conn.execute(insert(article_shingles).from_select(list(columns), select(made)))


async def _read(conn: Conn, texts: Mapping[str, _Text]) -> dict[str, _Text]:
    """The same texts with their shingles."""
    unread = [(key,) for key, text in texts.items() if not text.shingles]
    if not unread:
        return {}
    wanted = table_of(conn, {"id": Text()}, unread, "compared")
    query = select(articles.c.id, articles.c.title, articles.c.content_html).join(wanted, wanted.c.id == articles.c.id)
    found = await conn.execute(query)
    return {row.id: replace(texts[row.id], shingles=shingles(row.title, row.content_html)) for row in found}


async def _join(conn: Conn, joined: Mapping[str, str]) -> None:
    if not joined:
        return
    made = table_of(conn, {"id": Text(), "cluster": Text()}, list(joined.items()), "joined")
    await conn.execute(update(articles).where(articles.c.id == made.c.id).values(cluster_id=made.c.cluster))


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
