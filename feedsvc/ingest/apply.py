"""Write what was decided: one short transaction for a few stories, each in a part of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedsvc.errors import StorageError
from feedsvc.ingest import identity
from feedsvc.ingest.categorise import categorise
from feedsvc.ingest.clean import clean
from feedsvc.ingest.decide import Circumstances, Intent, New, Returned, Revised, decide
from feedsvc.ingest.kit import Kit
from feedsvc.logs import get_logger
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.health import Validators
from feedsvc.model.newsroom import Category
from feedsvc.storage import articles, categories, origins, sources, stamps, validators
from feedsvc.storage.engine_sql import part
from feedsvc.storage.types import Conn

log = get_logger(__name__)

LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Found:
    """A story as it was read. `listed_url`: where its list links to; `kept`: its page's validators."""

    story: Story
    listed_url: str = ""
    kept: Validators | None = None


@dataclass(slots=True)
class Tally:
    """What became of the stories of one poll, counted as it goes on."""

    new: int = 0
    changed: int = 0
    held: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    latest: datetime | None = None

    def instant(self, now: datetime) -> datetime:
        """An instant of its own for the next story, at least a millisecond after the last one's.

        Ids and `first_seen_at` then rise in the order in which stories come in, also within one transaction.
        """
        self.latest = now if self.latest is None else max(now, self.latest + timedelta(milliseconds=1))
        return self.latest

    def miss(self, problem: str) -> None:
        """One story could not be had this time."""
        self.failed += 1
        self.problems.append(problem)


async def apply(kit: Kit, found: Sequence[Found], what: Circumstances, tally: Tally) -> None:
    """Bring stories in, in the order given. What the database refuses costs itself alone. Raises StorageError."""
    if not found:
        return
    touched: set[str] = set()
    async with kit.db.write() as conn:
        await articles.lock(conn)
        known_categories = await categories.every(conn)
        for one in found:
            try:
                async with part(conn):
                    here = replace(what, now=tally.instant(what.now))
                    touched |= await _apply_one(conn, kit, one, here, known_categories, tally)
            except (StorageError, ValueError) as error:
                log.warning("story refused", source=what.source.slug, url=one.story.url, error=str(error))
                tally.miss(f"{one.story.url} could not be stored: {error}")
        await stamps.bump(conn, touched, kit.clock.now())
        await sources.renew(conn, what.source.slug, kit.clock.now() + LEASE)


async def _apply_one(
    conn: Conn, kit: Kit, one: Found, what: Circumstances, known_categories: Iterable[Category], tally: Tally
) -> articles.Touched:
    story, slug = clean(one.story), what.source.slug
    if not story.url or not story.title:
        msg = "it has no title or no http address"
        raise ValueError(msg)
    urls = identity.keys(story, one.listed_url)
    keys = tuple(urls)
    seen_here = bool(await origins.known(conn, slug, keys))
    known = await articles.find_by_identity(conn, slug, keys, story.upstream_id, identity.text_hash(story))
    intent = decide(story, keys, known, seen_here, what)
    article_id, touched = await _write(conn, kit, intent, what)
    wanted = categorise(story, what.source, known_categories, urls.values())
    if places := _places(intent, wanted, seen_here):
        await articles.add_categories(conn, article_id, places)
    if places or isinstance(intent, New):
        touched |= await articles.release(conn, article_id, what.now)
    await origins.add(conn, article_id, slug, urls, story.upstream_id, what.now, story.terms)
    if one.kept:
        await validators.put(conn, slug, one.kept)
    _count(intent, tally)
    return touched


async def _write(conn: Conn, kit: Kit, intent: Intent, what: Circumstances) -> tuple[str, articles.Touched]:
    if isinstance(intent, New):
        base_url, state, mailable = kit.settings.site.base_url, intent.state, intent.mailable
        article_id = await articles.insert_new(
            conn, intent.draft, what.source.slug, base_url, what.now, state=state, mailable=mailable
        )
        return article_id, frozenset()
    if isinstance(intent, Revised):
        return intent.known.id, await articles.revise(conn, intent.known, intent.draft, intent.changed, what.now)
    return intent.known.id, frozenset()


def _places(intent: Intent, wanted: tuple[str, ...], seen_here: bool) -> tuple[str, ...]:
    """The categories to add. None of them is ever taken away here: an editor may have put the article there."""
    if isinstance(intent, New):
        return wanted
    if isinstance(intent, Returned) or (seen_here and not isinstance(intent, Revised)):
        return ()
    return tuple(slug for slug in wanted if slug not in intent.known.categories)


def _count(intent: Intent, tally: Tally) -> None:
    if isinstance(intent, New):
        tally.new += 1
        tally.held += intent.state == ArticleState.HELD
    elif isinstance(intent, Revised):
        tally.changed += 1
