"""Articles that programs send: brought in, looked at, withdrawn. The same rules as for what is polled, but never held as a
burst; what is older than the source's first-run window when it first comes enters feeds and archive, never a digest.
"""

import asyncio
import difflib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from feedsvc import metrics
from feedsvc.errors import FieldsWrong, Forbidden, InputError, NotFound
from feedsvc.ingest import desk
from feedsvc.ingest.desk import Act, Order
from feedsvc.ingest.intake.apply import Applied, Found, Refused, enter, prepare
from feedsvc.ingest.intake.decide import Circumstances, New, Returned, Revised
from feedsvc.ingest.intake.planning import Prepared
from feedsvc.ingest.submit.push_story import Dates, Fault, Pushed, dates_of, story_of
from feedsvc.logs import get_logger
from feedsvc.model.article import ArticleState, Story
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.model.token import Token
from feedsvc.storage import articles, categories, pushed, sources
from feedsvc.storage.database import Database
from feedsvc.storage.pushed import Standing
from feedsvc.storage.rehearsal import writing
from feedsvc.storage.types import Conn

log = get_logger(__name__)


class Happened(StrEnum):
    """What a push came to. `withdrawn`: the article is withdrawn, by this request or by an earlier one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PushResult:
    """What became of a pushed article, and how it stands now. `note` is a sentence where something may surprise."""

    standing: Standing
    happened: Happened
    changed: tuple[str, ...] = ()
    note: str = ""


Also = Callable[[Conn, PushResult], Awaitable[None]]
"""What is written together with the work, or not at all. Raises to undo both."""


@dataclass(frozen=True, slots=True)
class Name:
    """An article as its sender calls it: by our id, or (with `source`) by the id that the source itself gave it."""

    id: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Order:
    """A push whose every field is understood."""

    source: Source
    story: Story
    dates: Dates
    wanted: Pushed
    categories: tuple[str, ...]


async def push(
    db: Database, base_url: str, token: Token, wanted: Pushed, now: datetime, also: Also, dry_run: bool = False
) -> PushResult:
    """Bring in one article, or correct it. `now` is aware, in UTC; with `dry_run` nothing remains of it.

    The text is read before the transaction, in a thread. Raises FieldsWrong, Forbidden, InputError, StorageError.
    """
    order = await _understood(db, token, wanted)
    ready = await asyncio.to_thread(prepare, _found(order), _circumstances(order, now))
    if isinstance(ready, Refused):
        raise InputError(ready.problem)
    async with writing(db, dry_run) as conn:
        await articles.lock(conn)
        await _must_be_one(conn, ready)
        before = await pushed.embargo(conn, order.source.slug, ready.story.upstream_id, ready.urls)
        applied = (await enter(conn, [ready], base_url, now))[0]
        if isinstance(applied, Refused):
            raise InputError(applied.problem)
        await _settle_categories(conn, applied, order, now)
        await pushed.heard_from(conn, order.source.slug, now)
        result = _result(applied, await _need(conn, applied.article_id), before, order)
        result = replace(result, note=" ".join(filter(None, (result.note, _on_embargo(result, order, now)))))
        await also(conn, result)
    if not dry_run:
        _count(result, token)
    return result


async def withdraw(
    db: Database, token: Token, name: Name, now: datetime, also: Also, dry_run: bool = False
) -> PushResult:
    """Take an article away everywhere; again changes nothing and says the same. Raises NotFound, Forbidden, StorageError."""
    async with writing(db, dry_run) as conn:
        await articles.lock(conn)
        here = await _find(conn, token, name)
        await _must_be_pushed(conn, here.article.source, token)
        fresh = here.article.state != ArticleState.WITHDRAWN
        await desk.settle(conn, [here.article.id], Order(Act.WITHDRAW), now)
        await pushed.heard_from(conn, here.article.source, now)
        result = PushResult(await _need(conn, here.article.id), Happened.WITHDRAWN)
        await also(conn, result)
    if fresh and not dry_run:
        _count(result, token)
    return result


async def look(db: Database, token: Token, name: Name) -> Standing:
    """An article as it stands, in whatever state. Raises NotFound, Forbidden, StorageError."""
    async with db.read() as conn:
        return await _find(conn, token, name)


async def _understood(db: Database, token: Token, wanted: Pushed) -> _Order:
    async with db.read() as conn:
        source = await _source(conn, token, wanted.source)
        known = await categories.every(conn)
    dates, faults = dates_of(wanted, source.timezone)
    chosen, terms, more = sorted_out(wanted.categories or (), source, known)
    if faults := [*faults, *more]:
        raise FieldsWrong.naming(faults)
    story = await asyncio.to_thread(story_of, wanted)
    published, updated = dates.published, dates.updated
    story = replace(
        story,
        published=published.instant if published else None,
        published_is_date=published is not None and published.is_date,
        updated=updated.instant if updated else None,
        terms=terms,
    )
    return _Order(source, story, dates, wanted, chosen)


async def _source(conn: Conn, token: Token, slug: str) -> Source:
    if not token.speaks_for(slug):
        raise _foreign(token, slug)
    try:
        source, health = await sources.get(conn, slug), await sources.health(conn, slug)
    except NotFound as error:
        raise FieldsWrong.naming([("/source", str(error))]) from error
    if source.kind != SourceKind.PUSH:
        says = f"{slug} is read by feedsvc (kind {source.kind}): nobody pushes to it. Name a source of kind push."
        raise FieldsWrong.naming([("/source", says)])
    if health.paused_at:
        msg = f"The source {slug} is paused. `feedsvc source resume {slug}` lets it go on."
        raise Forbidden(msg)
    return source


def _foreign(token: Token, slug: str) -> Forbidden:
    return Forbidden(f"This token speaks for {', '.join(token.sources)} alone, not for {slug}.")


def sorted_out(
    named: Iterable[str], source: Source, known: Iterable[Category]
) -> tuple[tuple[str, ...], tuple[str, ...], list[Fault]]:
    """Slugs of categories, the source's own words for some, and what is neither."""
    slugs = {category.slug for category in known}
    words = {word.casefold() for word in source.category_map}
    chosen, terms, faults = [], [], list[Fault]()
    for number, name in enumerate(named):
        if name in slugs:
            chosen.append(name)
        elif name.casefold() in words:
            terms.append(name)
        else:
            near = difflib.get_close_matches(name, slugs, 1, 0.5)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(slugs)) or 'none yet'}."
            faults.append((f"/categories/{number}", f"There is no category {name[:80]!r}. {hint}"))
    return tuple(chosen), tuple(terms), faults


def _found(order: _Order) -> Found:
    embargo = order.dates.embargo
    return Found(
        order.story,
        categories=order.categories,
        placed_by="push",
        state=ArticleState.EMBARGOED if embargo else order.wanted.state,
        embargo_until=embargo.instant if embargo else None,
    )


def _circumstances(order: _Order, now: datetime) -> Circumstances:
    published = order.dates.published
    archive = published is not None and published.instant < now - order.source.first_run_window
    return Circumstances(order.source, now, first_poll=archive)


async def _must_be_one(conn: Conn, ready: Prepared) -> None:
    """Raises FieldsWrong where the id is that of one article of the source, and the address that of another."""
    source, own_id = ready.what.source.slug, ready.story.upstream_id
    by_id = await pushed.by_own_id(conn, source, own_id) if own_id else None
    by_url = await pushed.by_address(conn, source, ready.urls)
    if by_id and by_url and by_id != by_url:
        says = (
            f"The id is that of the article {by_id}, the url that of {by_url}. Correct one of the two, or withdraw one."
        )
        raise FieldsWrong.naming([("/id", says), ("/url", says)])


async def _settle_categories(conn: Conn, applied: Applied, order: _Order, now: datetime) -> None:
    """What an earlier push chose and this one does not goes."""
    intent = applied.intent
    if isinstance(intent, New) or intent.known.source != order.source.slug:
        return
    if order.wanted.categories is not None:
        await pushed.keep_categories(conn, applied.article_id, order.categories, now)


def _result(applied: Applied, here: Standing, embargo_before: datetime | None, order: _Order) -> PushResult:
    intent = applied.intent
    if isinstance(intent, New):
        held = here.article.state == ArticleState.HELD and order.wanted.state != ArticleState.HELD
        note = "This source's articles wait for approval: a person publishes it." if held else ""
        return PushResult(here, Happened.CREATED, note=note)
    if isinstance(intent, Returned):
        publish = f"`feedsvc article publish {here.article.id}` brings it back"
        note = f"It was withdrawn and stays so; this text was not taken. {publish}: then send the text again."
        return PushResult(here, Happened.WITHDRAWN, note=note)
    changed = list(intent.changed) if isinstance(intent, Revised) else []
    if set(intent.known.categories) != set(here.article.categories):
        changed.append("categories")
    if intent.known.state != here.article.state:
        changed.append("state")
    if order.dates.embargo and here.embargo_until != embargo_before:
        changed.append("embargo_until")
    foreign = intent.known.source != order.source.slug
    note = f"It belongs to the source {intent.known.source}: only that one corrects it." if foreign else ""
    if not note and here.article.state == ArticleState.HELD and order.wanted.state == ArticleState.PUBLISHED:
        note = "It is held: a person publishes it."
    return PushResult(here, Happened.UPDATED if changed else Happened.UNCHANGED, tuple(changed), note)


def _on_embargo(result: PushResult, order: _Order, now: datetime) -> str:
    """A sentence where an embargo and the state together may surprise."""
    state, asked, until = result.standing.article.state, order.dates.embargo, result.standing.embargo_until
    if asked and asked.instant <= now and state == ArticleState.PUBLISHED:
        return "The embargo has passed already, so it is published."
    if until and state == ArticleState.HELD:
        return f"It is held and keeps its embargo: published before {until:%Y-%m-%dT%H:%M:%SZ}, it appears then."
    if state == ArticleState.EMBARGOED and order.wanted.state == ArticleState.PUBLISHED:
        return "It is under an embargo, which only an embargo_until changes: one that has passed ends it."
    return ""


async def _find(conn: Conn, token: Token, name: Name) -> Standing:
    if name.source and not token.speaks_for(name.source):
        raise _foreign(token, name.source)
    article_id = await pushed.by_own_id(conn, name.source, name.id) if name.source else name.id
    here = await pushed.standing(conn, article_id) if article_id else None
    if here is None:
        of = f" of the source {name.source}" if name.source else ""
        msg = f"There is no article {name.id[:80]!r}{of}."
        raise NotFound(msg)
    if not any(map(token.speaks_for, here.shown_by | {here.article.source})):
        raise _foreign(token, here.article.source)
    return here


async def _must_be_pushed(conn: Conn, slug: str, token: Token) -> None:
    if not token.speaks_for(slug):
        raise _foreign(token, slug)
    known = {source.slug: source for source in await sources.every(conn)}
    if slug not in known or known[slug].kind != SourceKind.PUSH:
        msg = f"It belongs to the source {slug}, which is not pushed to. `feedsvc article withdraw` takes it away."
        raise Forbidden(msg)


async def _need(conn: Conn, article_id: str) -> Standing:
    here = await pushed.standing(conn, article_id)
    assert here is not None
    return here


def _count(result: PushResult, token: Token) -> None:
    change = {Happened.CREATED: "new", Happened.UPDATED: "changed"}.get(result.happened)
    if change:
        metrics.articles.labels(change).inc()
    article = result.standing.article
    log.info("article pushed", source=article.source, article=article.id, happened=result.happened.value, by=token.id)
