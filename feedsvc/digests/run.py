"""The digest stage: what is due becomes issues, issues become editions and outbox rows.

A tick may run in any number of processes at once and be killed anywhere: the UNIQUE row of (digest, period) decides that
an issue exists once, each chunk of the fan-out commits with the place it has reached, and whoever comes next goes on there.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc import metrics
from feedsvc.clock import Clock
from feedsvc.digests.material import Material, chooser, edition_key, entry_number, gather, spoken
from feedsvc.digests.press import Press, issue_view
from feedsvc.digests.schedule import Compose, Missed, due
from feedsvc.errors import FeedsvcError, NotFound
from feedsvc.logs import get_logger
from feedsvc.mail.views import RenderedBlock
from feedsvc.model.issue import Edition, Issue, IssueState
from feedsvc.model.newsroom import Digest
from feedsvc.settings import Settings
from feedsvc.storage import digests, issues, outbox, reading
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn

log = get_logger(__name__)

CHUNK = 5000
"""Readers dealt with in one transaction: few enough that other writers hardly wait."""


async def tick(db: Database, settings: Settings, clock: Clock) -> None:
    """Make what is due at this moment, and finish what an earlier tick left. One digest's fault costs that digest."""
    now = clock.now()
    async with db.read() as conn:
        scheduled = await issues.scheduled(conn)
    for digest, since in scheduled:
        for decision in due(digest, since, now):
            await _guarded(_begin(db, digest, decision, now), digest.slug)
    async with db.read() as conn:
        waiting = await issues.composing(conn)
    for issue in waiting:
        await _guarded(compose(db, settings, clock, issue.id), issue.digest)


async def _guarded(work: Awaitable[object], digest: str) -> None:
    try:
        await work
    except FeedsvcError as error:
        log.error("digest failed", digest=digest, code=error.code, cause=str(error))
    except Exception:
        log.exception("digest failed", digest=digest)


async def _begin(db: Database, digest: Digest, decision: Compose | Missed, now: datetime) -> Issue | None:
    period = decision.period
    state = IssueState.COMPOSING if isinstance(decision, Compose) else IssueState.SKIPPED
    reason = decision.reason if isinstance(decision, Missed) else ""
    async with db.write() as conn:
        upto = await entry_number(conn)
        issue = await issues.begin(conn, digest, period.name, period.due_at, now, upto, state, reason)
    if issue:
        metrics.issues.labels(state.value).inc()
        log.info("issue begun", digest=digest.slug, period=period.name, state=state.value, reason=reason)
    return issue


async def compose(db: Database, settings: Settings, clock: Clock, issue_id: int) -> Issue:
    """Choose, render and queue one issue; goes on where an earlier try stopped. Returns the issue as it stands then.

    Raises NotFound for an issue that is not there, RenderError where its frame cannot be rendered.
    """
    making = await _prepare(db, settings, clock.now(), issue_id)
    if isinstance(making, Issue):
        return making
    while await _chunk(db, settings, clock.now(), making):
        pass
    async with db.write() as conn:
        issue = await issues.get(conn, issue_id, lock=True)
        if issue.state is IssueState.COMPOSING:
            await _conclude(conn, issue)
        issue = await issues.get(conn, issue_id)
    metrics.issues.labels(issue.state.value).inc()
    log.info("issue made", digest=issue.digest, issue=issue.id, number=issue.number, state=issue.state.value)
    return issue


@dataclass(frozen=True, slots=True)
class _Making:
    """What is at hand while an issue is made."""

    issue: Issue
    material: Material
    press: Press


async def _prepare(db: Database, settings: Settings, now: datetime, issue_id: int) -> _Making | Issue:
    """Read what the issue is made from and make its public edition; the finished issue where there is nothing to make."""
    async with db.read() as conn:
        issue = await issues.get(conn, issue_id)
        if issue.state is not IssueState.COMPOSING:
            return issue
        try:
            digest = await digests.get(conn, issue.digest)
        except NotFound:
            digest = None
        material = await gather(conn, digest, issue.upto, now) if digest else None
        floor = await issues.last_public_upto(conn, issue.digest, issue.id)
    if material is None or not material.offered:
        reason = "the digest was deleted" if material is None else "none of the digest's categories exists any more"
        return await _stop(db, issue_id, IssueState.CANCELLED, reason)
    ids = material.since(floor)
    if len(ids) < material.digest.min_items:
        reason = f"{len(ids)} new articles, the digest wants at least {material.digest.min_items}"
        return await _stop(db, issue_id, IssueState.SKIPPED, reason)
    async with db.write() as conn:
        issue = await _numbered(conn, issue_id)
    return await _set_up(db, settings, issue, material, ids)


async def _set_up(db: Database, settings: Settings, issue: Issue, material: Material, ids: tuple[str, ...]) -> _Making:
    kept: dict[str, dict[str, RenderedBlock]] = {}
    async with db.read() as conn:
        for language in {language for language, _ in await issues.block_keys(conn, issue.id)}:
            blocks = await issues.get_blocks(conn, issue.id, language)
            kept[language] = {key: RenderedBlock(*parts) for key, parts in blocks.items()}
    press = Press(settings, material, issue_view(settings, material, issue), kept)
    language = spoken(material.digest.language, material.digest)
    await supply(db, press, {language: set(ids)})
    public = press.edition(issue.id, language, ids, public=True)
    async with db.write() as conn:
        await _keep(conn, issue.id, press, [public])
        await issues.change(conn, issue.id, subject=public.subject)
    return _Making(issue, material, press)


async def _numbered(conn: Conn, issue_id: int) -> Issue:
    issue = await issues.get(conn, issue_id, lock=True)
    if issue.number is None:
        await issues.change(conn, issue_id, number=await issues.next_number(conn, issue.digest))
    return await issues.get(conn, issue_id)


async def _stop(db: Database, issue_id: int, state: IssueState, reason: str) -> Issue:
    async with db.write() as conn:
        issue = await issues.get(conn, issue_id, lock=True)
        if issue.state is IssueState.COMPOSING:
            await issues.change(conn, issue_id, state=state, reason=reason)
        return await issues.get(conn, issue_id)


async def supply(db: Database, press: Press, wanted: dict[str, set[str]]) -> None:
    """Read and render what is missing: language -> article ids."""
    unknown = press.missing({key for ids in wanted.values() for key in ids})
    if unknown:
        async with db.read() as conn:
            press.learn(await reading.get_many(conn, sorted(unknown)))
    for language, ids in wanted.items():
        await press.render(language, ids)


async def _chunk(db: Database, settings: Settings, now: datetime, making: _Making) -> bool:
    """Queue the next readers; False when there are none left."""
    material, press, issue_id = making.material, making.press, making.issue.id
    async with db.read() as conn:
        cursor = (await issues.get(conn, issue_id)).cursor
        readers = await issues.audience(conn, material.digest, cursor, CHUNK)
        odd = [reader.id for reader in readers if reader.irregular]
        received = await issues.received(conn, odd) if odd else {}
    if not readers:
        return False
    answer = chooser(material)
    chosen: dict[int, tuple[str, tuple[str, ...]]] = {}
    for reader in readers:
        ids = answer(reader, received.get(reader.id, set()))
        if len(ids) >= material.digest.min_items:
            chosen[reader.id] = (spoken(reader.language, material.digest), ids)
    wanted: dict[str, set[str]] = {}
    for language, ids in set(chosen.values()):
        wanted.setdefault(language, set()).update(ids)
    await supply(db, press, wanted)
    editions = {pair: press.edition(issue_id, *pair) for pair in set(chosen.values())}
    expires_at = now + timedelta(seconds=settings.delivery.expiry)
    async with db.write() as conn:
        issue = await issues.get(conn, issue_id, lock=True)
        if issue.state is not IssueState.COMPOSING or issue.cursor != cursor:
            # Another process has dealt with these readers, or the issue was stopped: look again.
            return issue.state is IssueState.COMPOSING
        kept = dict(zip(editions, await _keep(conn, issue_id, press, list(editions.values())), strict=True))
        rows = [(reader_id, kept[pair]) for reader_id, pair in chosen.items()]
        await outbox.add_digest_rows(conn, issue_id, rows, now, expires_at)
        await issues.change(conn, issue_id, cursor=readers[-1].id)
    return True


async def _keep(conn: Conn, issue_id: int, press: Press, editions: list[Edition]) -> list[int]:
    for language, fresh in press.take_fresh().items():
        rendered = {key: (block.html, block.text) for key, block in fresh.items()}
        await issues.add_blocks(conn, issue_id, language, rendered)
    return [
        await issues.add_edition(conn, edition, edition_key(edition.language, edition.article_ids, edition.full))
        for edition in editions
    ]


async def _conclude(conn: Conn, issue: Issue) -> None:
    readers = sum(count for _, count in await issues.editions_of(conn, issue.id))
    if readers:
        await issues.change(conn, issue.id, state=IssueState.SENDING)
    else:
        # Its articles are in no mail, so the next issue brings them; its number goes to the next, too.
        await issues.change(
            conn, issue.id, state=IssueState.SKIPPED, number=None, reason="no reader had enough that was new"
        )
