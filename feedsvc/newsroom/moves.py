"""What a changed rule moves: articles that come into a category or leave it, worked out anew from what is stored.

Rules are a source's `categories` and `[source.map]`, and a category's `keywords`. Only the categories that a change
concerns are looked at, and only what a rule placed there leaves: editors' and pushers' choices stay. Whoever changes a
rule leaves a note of it in the same transaction (`pending`); `settle` carries it out in batches, and again where it was
broken off.

An article that comes into a category is news there, and mailed to who reads that category, if it is within its source's
`first_run_window`; older ones enter pages and feeds alone, for ever (`storage.moves`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson

from feedsvc.model.article import Story
from feedsvc.model.newsroom import Category, Newsroom, Source
from feedsvc.newsroom.diff import Act, Change, What
from feedsvc.storage import editorial, moves, stamps, switches
from feedsvc.storage.database import Database
from feedsvc.storage.moves import Entering, Stored
from feedsvc.storage.types import Conn
from feedsvc.text.categorise import categorise

BATCH = 500
SHOWN = 3
WINDOW = timedelta(days=7)
"""How recent an article is news whose source is gone, and its `first_run_window` with it."""

_SWITCH = "moves"


@dataclass(slots=True)
class Moves:
    """What becomes of one category: how many articles come in, how many of these are news, how many leave, and the titles
    of the first of each.
    """

    category: str
    come: int = 0
    news: int = 0
    leave: int = 0
    coming: list[str] = field(default_factory=list)
    leaving: list[str] = field(default_factory=list)

    def comes(self, title: str, news: bool) -> None:
        """One article comes in."""
        self.come += 1
        self.news += news
        if len(self.coming) < SHOWN:
            self.coming.append(title)

    def leaves(self, title: str) -> None:
        """One article leaves."""
        self.leave += 1
        if len(self.leaving) < SHOWN:
            self.leaving.append(title)


Watch = Callable[[int, int], None]
"""Told after each batch: articles looked at, and how many there are."""


def concerned(old: Newsroom, new: Newsroom, changes: Iterable[Change]) -> frozenset[str]:
    """The categories whose members a change of rules may change."""
    found: set[str] = set()
    was = {source.slug: source for source in old.sources}
    now = {source.slug: source for source in new.sources}
    for change in changes:
        if change.what is What.SOURCE and change.act is Act.CHANGE and change.keys & {"categories", "map"}:
            one, other = was[change.slug], now[change.slug]
            found |= set(one.categories) ^ set(other.categories)
            found |= {slug for _, slug in set(one.category_map.items()) ^ set(other.category_map.items())}
        elif change.what is What.CATEGORY and change.act in (Act.ADD, Act.CHANGE) and "keywords" in change.keys:
            found.add(change.slug)
    return frozenset(found & {category.slug for category in new.categories if _has_rules(category, old, new)})


def _has_rules(category: Category, old: Newsroom, new: Newsroom) -> bool:
    """A new category that no rule names moves nothing."""
    if category.keywords or any(one.slug == category.slug for one in old.categories):
        return True
    return any(category.slug in (*source.categories, *source.category_map.values()) for source in new.sources)


def wanted(article: Stored, sources: dict[str, Source], categories: tuple[Category, ...]) -> frozenset[str] | None:
    """The categories that rules give an article, over all the sources that show it; None where one of these is gone, and
    nobody knows what its rules were.
    """
    found: set[str] = set()
    for slug, seen in article.seen.items():
        source = sources.get(slug)
        if source is None:
            return None
        story = Story(
            seen.urls[0], article.title, summary=article.summary, content_html=article.content_html, terms=seen.terms
        )
        found |= set(categorise(story, source, categories, seen.urls))
    return frozenset(found)


async def pending(conn: Conn, slugs: frozenset[str], now: datetime) -> None:
    """Note that rules of these categories have changed; what was noted before is kept. Without articles nothing moves."""
    if slugs and await moves.stored(conn, "", 1):
        await switches.put(conn, _SWITCH, orjson.dumps(sorted(slugs | await _noted(conn))).decode(), now)


async def preview(
    db: Database, new: Newsroom, slugs: frozenset[str], now: datetime, watch: Watch | None = None
) -> list[Moves]:
    """What would move if the newsroom were `new`, with what is noted already; nothing is changed."""
    async with db.read() as conn:
        slugs |= await _noted(conn)
    return await _walk(db, new, slugs, now, watch)


async def settle(db: Database, now: datetime, watch: Watch | None = None) -> list[Moves]:
    """Move what changed rules move; returns what came of it. `now` is aware, in UTC. Raises StorageError."""
    async with db.read() as conn:
        slugs, newsroom = await _noted(conn), await editorial.newsroom(conn)
    if not slugs:
        return []
    found = await _walk(db, newsroom, slugs, now, watch, write=True)
    async with db.write() as conn:
        if await _noted(conn) == slugs:
            await switches.remove(conn, _SWITCH)
    return found


async def _noted(conn: Conn) -> frozenset[str]:
    return frozenset(orjson.loads(await switches.get(conn, _SWITCH) or "[]"))


async def _walk(
    db: Database, room: Newsroom, slugs: frozenset[str], now: datetime, watch: Watch | None, write: bool = False
) -> list[Moves]:
    """Look at every article, and `write` what moves. Reading holds no lock that writers wait for."""
    chosen = tuple(category for category in room.categories if category.slug in slugs)
    sources = {source.slug: source for source in room.sources}
    found = {category.slug: Moves(category.slug) for category in chosen}
    after, looked, total = "", 0, 0
    while chosen:
        async with db.read() as conn:
            total = total or await moves.total(conn)
            batch = await moves.stored(conn, after, BATCH)
        if not batch:
            break
        after, looked = batch[-1].id, looked + len(batch)
        entering: list[Entering] = []
        leaving: list[tuple[str, str]] = []
        for article in batch:
            comes, leaves = _moved(article, sources, chosen)
            news = _is_news(article, sources, now)
            entering += [Entering(article.id, slug, news) for slug in sorted(comes)]
            leaving += [(article.id, slug) for slug in sorted(leaves)]
            for slug in comes:
                found[slug].comes(article.title, news)
            for slug in leaves:
                found[slug].leaves(article.title)
        if write and (entering or leaving):
            async with db.write() as conn:
                await stamps.bump(conn, await moves.write(conn, entering, leaving, now), now)
        if watch is not None:
            watch(looked, total)
    return [one for one in found.values() if one.come or one.leave]


def _moved(
    article: Stored, sources: dict[str, Source], chosen: tuple[Category, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """The categories that an article enters, and those that it leaves."""
    wants = wanted(article, sources, chosen)
    if wants is None:
        return frozenset(), frozenset()
    by_rule = {slug for slug, placed_by in article.placed.items() if placed_by == moves.RULE}
    return wants - article.placed.keys(), frozenset(by_rule & {category.slug for category in chosen}) - wants


def _is_news(article: Stored, sources: dict[str, Source], now: datetime) -> bool:
    source = sources.get(article.source)
    return article.mailable and article.sort_at >= now - (source.first_run_window if source else WINDOW)
