"""Bring a newsroom into the database, or say what that would change."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from feedsvc.errors import NewsroomError
from feedsvc.logs import get_logger
from feedsvc.model.newsroom import Newsroom
from feedsvc.model.subscriber import MAILED
from feedsvc.newsroom import moves
from feedsvc.newsroom.checks import faults
from feedsvc.newsroom.diff import Act, Change, What, diff, merge
from feedsvc.newsroom.read import read
from feedsvc.storage import categories, digests, editorial, lists, stamps
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn

log = get_logger(__name__)

# What a reader of feeds sees of a category and of a source: a change of it is a change of every feed.
_SEEN = {What.CATEGORY: frozenset({"title", "language", "description", "order"}), What.SOURCE: frozenset({"title"})}
_READS_ELSEWHERE = frozenset({"url", "kind"})
_READS_ANEW = frozenset({"preset", "list", "article", "map", "language", "timezone", "allow_private"})
_READS_SOON = frozenset({"interval"})
_WHEN = frozenset({"schedule", "timezone"})


async def apply_file(
    db: Database, file: Path, now: datetime, *, prune: bool = False, dry_run: bool = False
) -> tuple[Change, ...]:
    """Read a newsroom file and apply it; returns the changes. What the database has may be referred to, unless `prune`.

    Raises NewsroomError that names file, line and key; nothing has changed then.
    """
    return await apply(db, await _read(db, file, prune), now, prune=prune, dry_run=dry_run)


async def moves_of_file(
    db: Database, file: Path, now: datetime, *, prune: bool = False, watch: moves.Watch | None = None
) -> list[moves.Moves]:
    """Which articles would come into categories and leave them if a file were applied. Raises NewsroomError."""
    wanted = await _read(db, file, prune)
    async with db.read() as conn:
        stored = await editorial.newsroom(conn)
        new, changes = await _planned(conn, stored, wanted, prune)
    return await moves.preview(db, new, moves.concerned(stored, new, changes), now, watch)


async def _read(db: Database, file: Path, prune: bool) -> Newsroom:
    async with db.read() as conn:
        known = Newsroom() if prune else await editorial.newsroom(conn)
    return read(file, known)


async def plan(conn: Conn, newsroom: Newsroom, *, prune: bool = False) -> tuple[Change, ...]:
    """What applying would change, in order. Raises NewsroomError where the outcome would refer to what is not there."""
    return (await _planned(conn, await editorial.newsroom(conn), newsroom, prune))[1]


async def apply(
    db: Database, newsroom: Newsroom, now: datetime, *, prune: bool = False, dry_run: bool = False
) -> tuple[Change, ...]:
    """Make the database hold this newsroom, in one transaction; returns the changes. Twice changes nothing.

    What is not named stays, unless `prune`. `dry_run` only says what would change. Where rules change, `moves.settle`
    moves the articles afterwards. Raises NewsroomError, StorageError.
    """
    if dry_run:
        async with db.read() as conn:
            return await plan(conn, newsroom, prune=prune)
    async with db.write() as conn:
        stored = await editorial.newsroom(conn, lock=True)
        new, changes = await _planned(conn, stored, newsroom, prune)
        if changes:
            await _write(conn, new, changes, now)
            await moves.pending(conn, moves.concerned(stored, new, changes), now)
    log.info("newsroom applied", changes=len(changes), prune=prune)
    return changes


async def _planned(conn: Conn, stored: Newsroom, wanted: Newsroom, prune: bool) -> tuple[Newsroom, tuple[Change, ...]]:
    new = merge(stored, wanted, prune)
    found = faults(new)
    if found:
        table, number, key, *_ = found[0].path
        msg = f"The newsroom would not hold together, in {table} number {int(number) + 1}, {key}: {found[0].says}"
        raise NewsroomError(msg if msg.endswith("?") else f"{msg}.")
    changes = diff(stored, wanted, prune)
    await _keep_readers(conn, changes)
    return new, changes


async def _keep_readers(conn: Conn, changes: Iterable[Change]) -> None:
    """Raises NewsroomError where a list goes that has readers, paused or not: what each asked for would go with it."""
    gone = [change.slug for change in changes if change.act is Act.REMOVE and change.what is What.LIST]
    readers = await lists.readers(conn, MAILED) if gone else {}
    for slug in gone:
        if count := readers.get(slug, 0):
            msg = (
                f"The list {slug!r} has {count} reader{'' if count == 1 else 's'} and is not removed: keep it in the "
                "file (public = false takes no new readers) until they have left or moved; "
                f"`feedsvc subscriber export --list {slug}` saves who they are."
            )
            raise NewsroomError(msg)


async def _write(conn: Conn, new: Newsroom, changes: tuple[Change, ...], now: datetime) -> None:
    # Every row is written, since one new thing in the middle moves the places of all behind it.
    for position, category in enumerate(new.categories):
        await categories.put(conn, category, position)
    for position, source in enumerate(new.sources):
        await editorial.put_source(conn, source, position)
    for position, reader_list in enumerate(new.lists):
        await lists.put(conn, reader_list, position)
    for position, digest in enumerate(new.digests):
        await digests.put(conn, digest, position, now)
    for change in changes:
        await _follow(conn, change, now)
    await stamps.bump(conn, _changed_feeds(new, changes), now)


async def _follow(conn: Conn, change: Change, now: datetime) -> None:
    """What a change brings with it beside its own row."""
    if change.act is Act.REMOVE:
        await _remove(conn, change)
    elif change.act is Act.CHANGE and change.what is What.SOURCE:
        if change.keys & _READS_ELSEWHERE:
            await editorial.start_over(conn, change.slug)
        elif change.keys & _READS_ANEW:
            await editorial.read_anew(conn, change.slug)
        elif change.keys & _READS_SOON:
            await editorial.poll_soon(conn, change.slug)
    elif change.act is Act.CHANGE and change.what is What.DIGEST and change.keys & _WHEN:
        await digests.schedule_from(conn, change.slug, now)


async def _remove(conn: Conn, change: Change) -> None:
    remove = {
        What.CATEGORY: categories.remove,
        What.SOURCE: editorial.remove_source,
        What.LIST: lists.remove,
        What.DIGEST: digests.remove,
    }
    await remove[change.what](conn, change.slug)


def _changed_feeds(new: Newsroom, changes: tuple[Change, ...]) -> set[str]:
    """Feeds that a reader will see changed. Every feed names its articles' categories and sources."""
    every = {stamps.ALL, *(category.slug for category in new.categories)}
    marked: set[str] = set()
    for change in changes:
        if change.act is Act.ADD:
            marked |= {stamps.ALL, change.slug} if change.what is What.CATEGORY else set()
        elif change.act is Act.REMOVE:
            marked |= {*every, change.slug} if change.what is What.CATEGORY else set()
        elif change.keys & _SEEN.get(change.what, frozenset()):
            marked |= every
    return marked
