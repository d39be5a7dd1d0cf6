"""An archive of articles, brought in from a file: in the form of the API, or a feed.

What is older than the source's first-run window, or bears no date, enters pages and feeds and never a digest. Each batch
is one transaction: an import that was stopped may be run again, and what came in before is known.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from feedsvc.clock import Clock
from feedsvc.errors import FieldsWrong, InputError, ReadError
from feedsvc.ingest.intake.apply import Applied, Found, Refused, bring_in
from feedsvc.ingest.intake.decide import Circumstances, New, Returned, Revised
from feedsvc.ingest.submit.archive_file import Form, Record, form_of, records
from feedsvc.ingest.submit.push import sorted_out
from feedsvc.ingest.submit.push_story import Pushed, dates_of, story_of
from feedsvc.ingest.submit.written import Site, keep_source, push_source
from feedsvc.logs import get_logger
from feedsvc.model.article import ArticleState
from feedsvc.model.newsroom import Category, Source
from feedsvc.model.reading import FeedRead
from feedsvc.net.answers import Fetched
from feedsvc.storage import categories
from feedsvc.storage.database import Database
from feedsvc.storage.rehearsal import writing

log = get_logger(__name__)

BATCH = 100
SHOWN = 100
# What `bring_in` keeps between the instants of two stories.
_APART = timedelta(milliseconds=1)
LARGEST_FEED = 50_000_000
_UNITS = {Form.LINES: "line", Form.ARRAY: "record", Form.FEED: "entry"}
_PAGE = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_HEAD = 2048


class FeedReader(Protocol):
    """Reads a feed. Raises ReadError."""

    async def feed(self, fetched: Fetched, source: Source) -> FeedRead:
        """The stories of a feed."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one record. `happened`: new, held, changed, known, withdrawn or bad; `says` is for a person.

    `unit` is what `number` counts, from 1: lines of JSON lines, records of an array, entries of a feed.
    """

    number: int
    happened: str
    title: str
    says: str = ""
    unit: str = "line"


@dataclass(slots=True)
class Imported:
    """What an import did, or would do. `bad` are the first hundred of `failed`; `dropped` counts the entries of a feed
    that no article can be made of.
    """

    source: str
    made_source: bool
    form: str
    lines: int = 0
    new: int = 0
    held: int = 0
    changed: int = 0
    known: int = 0
    withdrawn: int = 0
    failed: int = 0
    dropped: int = 0
    bad: list[Line] = field(default_factory=list)

    def count(self, line: Line) -> None:
        """Add what became of one record."""
        self.lines += 1
        if line.happened == "bad":
            self.failed += 1
            if len(self.bad) < SHOWN:
                self.bad.append(line)
            return
        setattr(self, line.happened, getattr(self, line.happened) + 1)


@dataclass(frozen=True, slots=True)
class Import:
    """What is asked: the file, the source (empty: see `written.push_source`), and whether only to say what would happen.

    `read` makes an article of a JSON value and raises FieldsWrong.
    """

    file: Path
    read: Callable[[Any], Pushed]
    source: str = ""
    dry_run: bool = False


Told = Callable[[list[Line], int], None]
"""Told after each batch: what became of its records, and the bytes read so far."""

_Read = tuple[int, Found | Line]


async def bring_file(
    db: Database, reader: FeedReader, site: Site, asked: Import, clock: Clock, told: Told | None = None
) -> Imported:
    """Bring in a file of articles. A record that cannot be used costs itself.

    Raises InputError, NotFound for the source, ReadError for what is no feed either, OSError, StorageError.
    """
    form = await asyncio.to_thread(form_of, asked.file)
    async with db.read() as conn:
        source, made = await push_source(conn, asked.source, site)
        known = await categories.every(conn)
    result = Imported(source.slug, made, form.value)
    if form is Form.FEED:
        found: Iterator[Record] = iter(())
        feed = await _feed(reader, asked.file, source, site)
        stories: Iterator[_Read] = iter([(number, Found(story)) for number, story in enumerate(feed.stories, 1)])
        result.dropped = feed.dropped
    else:
        found, stories = records(asked.file, form), iter(())
    made = made and not asked.dry_run
    now = clock.now()
    while True:
        batch, done = await asyncio.to_thread(_next, found, stories, source, known, asked.read)
        if not batch:
            break
        if made:
            async with db.write() as conn:
                await keep_source(conn, source)
            made = False
        taken = await _take(db, batch, Circumstances(source, now, first_poll=True), site, asked.dry_run)
        lines = [replace(line, unit=_UNITS[form]) for line in taken]
        now = max(clock.now(), now + len(batch) * _APART)
        for line in lines:
            result.count(line)
        if told is not None:
            told(lines, done)
    log.info("articles imported", source=source.slug, new=result.new, failed=result.failed, dry_run=asked.dry_run)
    return result


async def _feed(reader: FeedReader, file: Path, source: Source, site: Site) -> FeedRead:
    body = await asyncio.to_thread(_body, file)
    try:
        return await reader.feed(Fetched(source.url or f"{site.base_url}/", 200, body), source)
    except ReadError as error:
        # What the reader says is of addresses.
        raise InputError(_no_feed(file, body)) from error


def _no_feed(file: Path, body: bytes) -> str:
    """Why a file is no archive, in a sentence."""
    if not body.strip():
        return f"{file} is empty. Give a file of JSON lines, a JSON array, or a feed."
    if _PAGE.search(body[:_HEAD]):
        return f"{file} is a web page, not a feed. Give a file of JSON lines, a JSON array, or a feed."
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return f"{file} is a JSON Feed that cannot be read: it breaks off, or has no items."
    return f"{file} is neither JSON (an array, or an object a line) nor a feed that can be read."


def _body(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_FEED:
        msg = f"{file} is larger than {LARGEST_FEED // 1_000_000} MB: give it as JSON lines, which have no limit."
        raise InputError(msg)
    return file.read_bytes()


def _next(
    found: Iterator[Record],
    stories: Iterator[_Read],
    source: Source,
    known: list[Category],
    read: Callable[[Any], Pushed],
) -> tuple[list[_Read], int]:
    """The next records, understood; and the bytes read so far (0: not known)."""
    batch = list(islice(stories, BATCH))
    done = 0
    for record in islice(found, BATCH):
        batch.append((record.number, _understood(record, source, known, read)))
        done = record.done
    return batch, done


def _understood(record: Record, source: Source, known: list[Category], read: Callable[[Any], Pushed]) -> Found | Line:
    value = record.value
    if record.problem:
        return Line(record.number, "bad", "", record.problem)
    if isinstance(value, dict) and value.get("source") in (None, ""):
        value = value | {"source": source.slug}
    try:
        return _found(read(value), source, known)
    except FieldsWrong as error:
        says = "; ".join(f"{field[1:]}: {sentence}" if field else sentence for field, sentence in error.faults)
        return Line(record.number, "bad", _title(value), says or str(error))


def _found(wanted: Pushed, source: Source, known: Iterable[Category]) -> Found:
    dates, faults = dates_of(wanted, source.timezone)
    chosen, terms, more = sorted_out(wanted.categories or (), source, list(known))
    if wanted.source != source.slug:
        more.append(("/source", f"is {wanted.source!r}, and the file goes into {source.slug!r}."))
    if faults := [*faults, *more]:
        msg = faults[0][1]
        raise FieldsWrong(msg, faults=faults)
    published, embargo = dates.published, dates.embargo
    story = replace(
        story_of(wanted),
        published=published.instant if published else None,
        published_is_date=published is not None and published.is_date,
        updated=dates.updated.instant if dates.updated else None,
        terms=terms,
    )
    return Found(
        story,
        categories=chosen,
        placed_by="push",
        state=ArticleState.EMBARGOED if embargo else wanted.state,
        embargo_until=embargo.instant if embargo else None,
    )


async def _take(db: Database, batch: list[_Read], what: Circumstances, site: Site, dry_run: bool) -> list[Line]:
    usable = [one for _, one in batch if isinstance(one, Found)]
    async with writing(db, dry_run) as conn:
        results = iter(await bring_in(conn, usable, what, site.base_url))
    return [one if isinstance(one, Line) else _line(number, one, next(results)) for number, one in batch]


def _line(number: int, found: Found, result: Applied | Refused) -> Line:
    title = found.story.title
    if isinstance(result, Refused):
        return Line(number, "bad", title, result.problem)
    intent = result.intent
    if isinstance(intent, New):
        return Line(number, "held" if result.state is ArticleState.HELD else "new", title)
    if isinstance(intent, Returned):
        return Line(number, "withdrawn", title, "It was withdrawn here and stays so.")
    if isinstance(intent, Revised):
        return Line(number, "changed", title, f"{', '.join(intent.changed)} changed")
    return Line(number, "known", title)


def _title(value: object) -> str:
    title = value.get("title") if isinstance(value, dict) else None
    return title if isinstance(title, str) else ""
