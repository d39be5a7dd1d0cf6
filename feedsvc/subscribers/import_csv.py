"""People from a CSV file: a thousand rows at a time, each bad row costs itself alone."""

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.errors import InputError, NotFound
from feedsvc.logs import get_logger
from feedsvc.model import subscriber as rules
from feedsvc.model.issue import MessageKind
from feedsvc.model.subscriber import MAILED, Choice, Subscriber, SubscriberState, Subscription
from feedsvc.settings import Settings
from feedsvc.storage import counters, roster, subscribers, suppressions
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from feedsvc.subscribers.join import send
from feedsvc.subscribers.offer import read_offer
from feedsvc.subscribers.rows import BadRow, Person, Rules, Table, encoding_of, person

log = get_logger(__name__)

CHUNK = 1000
SHOWN_ERRORS = 100

Progress = Callable[[int, int, int], None]
"""Called after each thousand rows: rows read, bytes read, bytes in the file."""


class ImportStatus(StrEnum):
    """What imported people become: subscribed at once (they have consented elsewhere), or asked to confirm."""

    ACTIVE = "active"
    PENDING = "pending"


@dataclass(slots=True)
class ImportResult:
    """What an import did, or would do. `errors` are the first hundred of `failed`."""

    rows: int = 0
    added: int = 0
    merged: int = 0
    unchanged: int = 0
    suppressed: int = 0
    failed: int = 0
    confirmations: int = 0
    errors: list[BadRow] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    encoding: str = ""

    def fail(self, row: BadRow) -> None:
        """Count a row that cannot be used."""
        self.failed += 1
        if len(self.errors) < SHOWN_ERRORS:
            self.errors.append(row)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`list_slug` is added to every row's lists. `test_environment` accepts addresses under .test."""

    list_slug: str = ""
    status: ImportStatus = ImportStatus.PENDING
    source: str = "import"
    dry_run: bool = False
    test_environment: bool = False


async def import_csv(
    db: Database,
    settings: Settings,
    file: Path,
    options: ImportOptions,
    now: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Bring in a file of people. Suppressed addresses are skipped; who is there already gains the lists they lack.

    Each thousand rows are one transaction: an import that was stopped may be run again.
    Raises InputError for a file that cannot be read or has no usable header, NotFound for an unknown list.
    """
    result = ImportResult(encoding=await asyncio.to_thread(encoding_of, file))
    checks = await _rules(db, settings, options, now)
    with file.open("rb") as raw, io.TextIOWrapper(raw, result.encoding, errors="replace", newline="") as text:
        size = raw.seek(0, io.SEEK_END)
        raw.seek(0)
        table = Table(text)
        result.ignored_columns = table.ignored
        found = table.rows()
        while people := _chunk(found, checks, result):
            await _take(db, people, options, now, result)
            if progress is not None:
                progress(result.rows, raw.tell(), size)
    log.info("people imported", rows=result.rows, added=result.added, failed=result.failed, dry_run=options.dry_run)
    return result


async def add_person(
    db: Database, settings: Settings, fields: Mapping[str, str], options: ImportOptions, now: datetime
) -> ImportResult:
    """Bring in one person, told as a row of a file would tell them (`rows.COLUMNS`), by the same rules.

    Raises InputError for what cannot be used, NotFound for an unknown list.
    """
    result = ImportResult(rows=1)
    checks = await _rules(db, settings, options, now)
    try:
        usable = person({name: cell.strip() for name, cell in fields.items()}, checks)
    except InputError as error:
        told = str(error)
        msg = f"{told[:1].upper()}{told[1:].rstrip('.')}."
        raise InputError(msg) from error
    await _take(db, [[usable]], options, now, result)
    return result


async def _rules(db: Database, settings: Settings, options: ImportOptions, now: datetime) -> Rules:
    async with db.read() as conn:
        offer = await read_offer(conn)
    lists = frozenset(item.slug for item in offer.lists)
    if options.list_slug and options.list_slug not in lists:
        msg = f"There is no list {options.list_slug!r}. There are: {', '.join(sorted(lists)) or 'none yet'}."
        raise NotFound(msg)
    return Rules(
        lists=lists,
        categories=frozenset(item.slug for item in offer.categories),
        language=settings.site.language,
        timezone=ZoneInfo(settings.site.timezone),
        consent_source=options.source,
        now=now,
        list_slug=options.list_slug,
        test_environment=options.test_environment,
    )


def _chunk(
    found: Iterator[tuple[int, Mapping[str, str] | BadRow]], checks: Rules, result: ImportResult
) -> list[list[Person]] | None:
    """The people of the next thousand rows, rows of one address together; None at the end of the file."""
    together: dict[str, list[Person]] = {}
    read = 0
    for line, row in islice(found, CHUNK):
        read += 1
        if isinstance(row, BadRow):
            result.fail(row)
            continue
        try:
            usable = person(row, checks)
        except InputError as error:
            result.fail(BadRow(line, str(error)))
        else:
            together.setdefault(usable.email.lower(), []).append(usable)
    result.rows += read
    return list(together.values()) if read else None


async def _take(
    db: Database, people: list[list[Person]], options: ImportOptions, now: datetime, result: ImportResult
) -> None:
    keys = [rows[0].email.lower() for rows in people]
    async with db.read() if options.dry_run else db.write() as conn:
        blocked = await suppressions.reasons(conn, keys)
        known = await roster.by_email_keys(conn, keys, lock=not options.dry_run)
        entry = await counters.value(conn, counters.ENTRY)
        new: list[Subscriber] = []
        for key, rows in zip(keys, people, strict=True):
            there = known.get(key)
            if key in blocked or (there and there.state not in (*MAILED, SubscriberState.PENDING)):
                result.suppressed += len(rows)
            elif there is None:
                new.append(_newcomer(rows, options.status, entry, now))
                result.added += 1
                result.merged += len(rows) - 1
            else:
                after = _merged(there, rows, entry)
                result.unchanged += len(rows) if after == there else 0
                result.merged += len(rows) if after != there else 0
                if not options.dry_run:
                    await subscribers.save(conn, there, after, now)
        await _add(conn, new, options, now, result)


async def _add(conn: Conn, new: list[Subscriber], options: ImportOptions, now: datetime, result: ImportResult) -> None:
    asking = [added for added in new if added.state is SubscriberState.PENDING]
    result.confirmations += len(asking)
    if options.dry_run:
        return
    ids = await roster.add_many(conn, new, now)
    for subscriber_id, added in zip(ids, new, strict=True):
        if added.state is SubscriberState.PENDING:
            await send(conn, replace(added, id=subscriber_id), MessageKind.CONFIRMATION, added.language, now)


def _newcomer(rows: list[Person], status: ImportStatus, entry: int, now: datetime) -> Subscriber:
    first, pending = rows[0], status is ImportStatus.PENDING
    joined: tuple[Subscription, ...] = ()
    for row in () if pending else rows:
        joined = rules.joined_with(joined, row.choice, entry)
    return Subscriber(
        id=0,
        email=first.email,
        name=first.choice.name,
        language=first.choice.language,
        timezone=first.timezone,
        state=SubscriberState(status.value),
        created_at=now,
        confirmed_at=None,
        consent_at=first.consent_at,
        consent_source=first.consent_source,
        nonce=subscribers.new_nonce(),
        subscriptions=joined,
        asked=_asked(None, rows) if pending else None,
        confirmation_sent_at=now if pending else None,
    )


def _merged(there: Subscriber, rows: list[Person], entry: int) -> Subscriber:
    if there.state is SubscriberState.PENDING:
        return replace(there, asked=_asked(there.asked, rows))
    for row in rows:
        there = rules.add_lists(there, row.choice, entry)
    return there


def _asked(before: Choice | None, rows: list[Person]) -> Choice:
    """What waits for a confirmation: the lists of all, and everything else as it was first asked for."""
    asked = before or rows[0].choice
    lists = dict.fromkeys([*asked.lists, *(slug for row in rows for slug in row.choice.lists)])
    return replace(asked, lists=tuple(lists))
