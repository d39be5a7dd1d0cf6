"""Articles that an editor writes here. One without a page of its own gets ours: /articles/ID."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.errors import InputError, NotFound
from feedsvc.ingest.intake.apply import Found, Refused, bring_in
from feedsvc.ingest.intake.decide import Circumstances, New, Returned, Revised, SameWithNewOrigin, Unchanged
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.storage import desk, editorial, sources
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from feedsvc.text.urls import canonical

EDITORS = "editors"
"""The source of what is written here, where there is no other of kind push."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a source of ours takes from the settings."""

    base_url: str
    language: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an editor wrote. The story's `url` may be empty; without a date of its own it bears that of the day on
    which it is published. `state` None publishes it; instants are in UTC.
    """

    story: Story
    source: str = ""
    categories: tuple[str, ...] = ()
    state: ArticleState | None = None
    embargo_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of it. `made_source`: the source was made for it; `url` is where the story's link leads. `owner` is the
    other source whose article it is, where that kept what was written from being taken; else empty.
    """

    id: str
    source: str
    url: str
    state: ArticleState
    happened: str
    made_source: bool
    owner: str = ""


async def push_source(conn: Conn, name: str, site: Site) -> tuple[Source, bool]:
    """The source that what is sent by hand belongs to: the one named, or the only one of kind push, or `editors`.

    The second value: it does not exist yet. Raises NotFound for an unknown name, InputError for one that is not of kind
    push and where it must be named because there are several.
    """
    every = await sources.every(conn)
    pushed = {source.slug: source for source in every if source.kind == SourceKind.PUSH}
    if name and name not in pushed:
        raise _no_push_source(name, [source.slug for source in every], list(pushed))
    if name:
        return pushed[name], False
    if len(pushed) > 1 and EDITORS not in pushed:
        msg = f"There are several sources of kind push: {', '.join(pushed)}. Name one with --source."
        raise InputError(msg)
    if pushed:
        return (next(iter(pushed.values())) if len(pushed) == 1 else pushed[EDITORS]), False
    if any(source.slug == EDITORS for source in every):
        raise _no_push_source(EDITORS, [EDITORS], [])
    return (
        Source(
            EDITORS, SourceKind.PUSH, title="Editors", language=site.language, timezone=site.timezone, approval=False
        ),
        True,
    )


async def keep_source(conn: Conn, source: Source) -> None:
    """Write a source that `push_source` proposed, behind all others."""
    await editorial.put_source(conn, source, len(await sources.every(conn)))


async def enter(db: Database, site: Site, sheet: Sheet, now: datetime) -> Entered:
    """Bring in what an editor wrote. `now` is aware, in UTC. What they say is done at once, also where a source waits
    for approval.

    Raises InputError, NotFound, StorageError; nothing is written then.
    """
    async with db.write() as conn:
        source, made = await push_source(conn, sheet.source, site)
        await desk.must_have_categories(conn, sheet.categories)
        if made:
            await keep_source(conn, source)
        story = sheet.story if sheet.story.url else replace(sheet.story, url=_own_key(sheet.story, site.base_url))
        old = story.published is not None and story.published < now - source.first_run_window
        found = Found(
            story,
            categories=sheet.categories,
            placed_by=desk.EDITOR,
            state=sheet.state,
            embargo_until=sheet.embargo_until,
        )
        result = (await bring_in(conn, [found], Circumstances(source, now, first_poll=old), site.base_url))[0]
        if isinstance(result, Refused):
            raise InputError(result.problem)
        if isinstance(result.intent, New) and story.published is None:
            await desk.give_date(conn, result.article_id, sheet.embargo_until or now)
        url = story.url
        if not sheet.story.url:
            url = f"{site.base_url}/articles/{result.article_id}"
            await desk.give_address(conn, result.article_id, url, canonical(story.url))
    return Entered(
        result.article_id, source.slug, url, result.state, _happened(result.intent), made, _owner(result.intent, source)
    )


def _own_key(story: Story, base_url: str) -> str:
    """An address that stands for a story without one, until it has an id: the same story again gives the same."""
    told = hashlib.sha256("\0".join((story.title, story.summary, story.content_html)).encode()).hexdigest()[:32]
    return f"{base_url}/articles/written-{told}"


def _happened(intent: object) -> str:
    if isinstance(intent, New):
        return "new"
    if isinstance(intent, Returned):
        return "withdrawn"
    return "changed" if isinstance(intent, Revised) else "known"


def _owner(intent: object, source: Source) -> str:
    if not isinstance(intent, Unchanged | SameWithNewOrigin) or intent.known.source == source.slug:
        return ""
    return intent.known.source


def _no_push_source(name: str, every: list[str], pushed: list[str]) -> NotFound | InputError:
    there = f"There are: {', '.join(pushed)}." if pushed else "There is none yet; without --source one is made."
    if name in every:
        return InputError(
            f"The source {name} is read by feedsvc: nobody writes into it. Name one of kind push. {there}"
        )
    return NotFound(f"There is no source {name!r} of kind push. {there}")
