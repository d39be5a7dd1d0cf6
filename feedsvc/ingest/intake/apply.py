"""Bring stories in: who they are, what becomes of them, and all that is written of it, for many stories at once.

However many stories come, a batch costs one look at what is known of them and a handful of writes (`storage.intake`);
in between everything is decided without I/O (`planning`).
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedsvc.clock import Clock
from feedsvc.errors import StorageError
from feedsvc.ingest.intake import identity
from feedsvc.ingest.intake.clean import clean, without_user
from feedsvc.ingest.intake.decide import Circumstances, Intent, Wish, draft_of
from feedsvc.ingest.intake.matching import Memory
from feedsvc.ingest.intake.planning import Plan, Prepared
from feedsvc.logs import get_logger
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.health import Validators
from feedsvc.model.newsroom import Category, SourceKind
from feedsvc.storage import articles, categories, counters, intake, pushed, shelves, stamps, validators
from feedsvc.storage.engine_sql import part
from feedsvc.storage.intake import Kept
from feedsvc.storage.types import Conn

log = get_logger(__name__)

_APART = timedelta(milliseconds=1)
# Stories that are decided before others get a turn on the loop.
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A story as it came. `listed_url`: where its list links to; `kept`: its page's validators.

    `categories` were chosen by whoever sent it (`placed_by`: `rule`, `editor` or `push`), beside those that the rules
    give. `state` is what the sender asks for, None leaves it to the source; `embargo_until` (UTC) goes with EMBARGOED. A
    source with approval holds whatever others than editors ask, and an embargo waits with what is held.
    """

    story: Story
    listed_url: str = ""
    kept: Validators | None = None
    categories: tuple[str, ...] = ()
    placed_by: str = "rule"
    state: ArticleState | None = None
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a story: its article, the decision, and where the article stands now."""

    article_id: str
    intent: Intent
    state: ArticleState
    revision: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A story that could not be stored, and why, in a sentence."""

    url: str
    problem: str


@dataclass(slots=True)
class _Desk:
    """What a batch is written with, the last entry that was given out, and the feeds that it touches."""

    base_url: str
    categories: tuple[Category, ...]
    last_entry: int
    touched: set[str] = field(default_factory=set)


async def bring_in(conn: Conn, found: Sequence[Found], what: Circumstances, base_url: str) -> list[Applied | Refused]:
    """Bring a source's stories in, in their order, inside the caller's write transaction; one result for each.

    Identity, decision, articles, revisions, categories, entries, origins, validators, near-copies and the marks of the
    feeds. What is refused costs itself alone. The instants of the stories are a millisecond apart, from `what.now` on.
    Raises StorageError where the database cannot be used at all.
    """
    stories = [prepare(one, replace(what, now=what.now + number * _APART)) for number, one in enumerate(found)]
    return await enter(conn, stories, base_url, what.now)


def rising(clock: Clock) -> Iterator[datetime]:
    """Instants (UTC), each at least a millisecond after the one before: one for each story.

    Ids and `first_seen_at` then rise in the order in which stories come, also where many come at once.
    """
    latest = clock.now()
    while True:
        yield latest
        latest = max(clock.now(), latest + _APART)


def prepare(one: Found, what: Circumstances) -> Prepared | Refused:
    """Everything that a story alone tells. It takes no database, and the time of reading a text."""
    try:
        story = clean(one.story)
        if not story.url or not story.title:
            return _refused(one.story.url, what, "it has no title or no http address")
    except ValueError as error:
        return _refused(one.story.url, what, error)
    wish = Wish(one.placed_by, one.state, one.embargo_until)
    urls = identity.keys(story, without_user(one.listed_url))
    return Prepared(story, urls, draft_of(story, what.source, what.now), what, wish, one.categories, one.kept)


async def enter(
    conn: Conn, stories: Sequence[Prepared | Refused], base_url: str, now: datetime
) -> list[Applied | Refused]:
    """As `bring_in`, for stories that are prepared, of any sources. `now` (UTC) is the instant of the feeds' marks."""
    ready = [one for one in stories if isinstance(one, Prepared)]
    if not ready:
        return [one for one in stories if isinstance(one, Refused)]
    last_entry = await articles.lock(conn)
    desk = _Desk(base_url, tuple(await categories.every(conn)), last_entry)
    written = iter(await _write(conn, desk, ready))
    await stamps.bump(conn, desk.touched, now)
    return [one if isinstance(one, Refused) else next(written) for one in stories]


async def _write(conn: Conn, desk: _Desk, stories: Sequence[Prepared]) -> list[Applied | Refused]:
    """All of them at once; where the database refuses that, one by one."""
    if not stories:
        return []
    try:
        async with part(conn):
            plan = await _plan(conn, desk, stories)
            await _carry_out(conn, plan, stories)
    except (StorageError, ValueError, TypeError, OverflowError) as error:
        if len(stories) == 1:
            return [_refused(stories[0].story.url, stories[0].what, error)]
        log.warning("stories are stored one by one", stories=len(stories), error=str(error))
        return [result for one in stories for result in await _write(conn, desk, [one])]
    desk.touched.update(plan.touched)
    desk.last_entry = plan.last_entry
    return [_applied(intent, plan.memory.get(article_id)) for intent, article_id in plan.outcomes]


async def _plan(conn: Conn, desk: _Desk, stories: Sequence[Prepared]) -> Plan:
    keys = {key for one in stories for key in one.urls}
    ids = {(one.what.source.slug, one.story.upstream_id) for one in stories if one.story.upstream_id}
    sightings = await intake.sightings(conn, keys, ids)
    known = {one.article_id for one in sightings}
    known.update(await intake.with_texts(conn, {one.draft.text_hash for one in stories}))
    pushing = {one.what.source.slug for one in stories if one.what.source.kind == SourceKind.PUSH}
    sightings += await pushed.names(conn, pushing, known)
    memory = Memory(await intake.kept(conn, known), sightings)
    plan = Plan(memory, desk.categories, desk.base_url, desk.last_entry)
    for number, one in enumerate(stories, 1):
        plan.take(one)
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return plan


async def _carry_out(conn: Conn, plan: Plan, stories: Sequence[Prepared]) -> None:
    await intake.arrive(conn, plan.arrivals)
    await intake.correct(conn, plan.corrections)
    await intake.stand(conn, plan.moved)
    await intake.place(conn, plan.placed)
    await intake.show(conn, plan.showings)
    if plan.entries:
        await counters.move_to(conn, counters.ENTRY, plan.last_entry)
    await shelves.put(conn, plan.shown)
    await validators.put_all(conn, [(one.what.source.slug, one.kept) for one in stories if one.kept])


def _applied(intent: Intent, article: Kept) -> Applied:
    return Applied(article.known.id, intent, article.known.state, article.known.revision)


def _refused(url: str, what: Circumstances, error: Exception | str) -> Refused:
    log.warning("story refused", source=what.source.slug, url=url, error=str(error))
    return Refused(url, f"{url} could not be stored: {error}")
