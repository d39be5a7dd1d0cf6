"""A CSV file of people: which bytes are letters, which column is what, and what each row asks for. No database here."""

import codecs
import csv
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedsvc.errors import InputError
from feedsvc.model.subscriber import FREQUENCIES, Choice
from feedsvc.subscribers import addresses
from feedsvc.subscribers.offer import NAME_LENGTH, one_line, tidy

COLUMNS = (
    "email",
    "name",
    "language",
    "timezone",
    "lists",
    "categories",
    "frequency",
    "consent_at",
    "consent_source",
)
_EXPORT_ONLY = ("state", "created_at", "confirmed_at")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is run by spreadsheets; exports put a quotation mark before it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a row may name, and what it gets where it names nothing."""

    lists: frozenset[str]
    categories: frozenset[str]
    language: str
    timezone: ZoneInfo
    consent_source: str
    now: datetime
    list_slug: str = ""
    test_environment: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One usable row. `consent_at` is aware, in UTC."""

    email: str
    choice: Choice
    timezone: str
    consent_at: datetime | None
    consent_source: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: its first line in the file (from 1), and why."""

    line: int
    says: str


def encoding_of(file: Path) -> str:
    """utf-8-sig, utf-16 where it begins with its mark, or else gb18030, as Chinese spreadsheets write.

    Reads the whole file once, a piece at a time. Raises InputError where it cannot be read.
    """
    try:
        with file.open("rb") as raw:
            if raw.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                return "utf-16"
            raw.seek(0)
            decoder = codecs.getincrementaldecoder("utf-8")()
            while piece := raw.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}."
        raise InputError(msg) from error
    return "utf-8-sig"


class Table:
    """The rows of an open text file, from its header on. Lives as long as the file is open."""

    def __init__(self, text: IO[str]) -> None:
        """Reads the header. Raises InputError where it has no column `email`, or one that is nearly a known one."""
        first = text.readline()
        delimiter = max(",;\t", key=first.count)
        self._reader = csv.reader(_with_first(first, text), delimiter=delimiter)
        try:
            header = next(self._reader, [])
        except csv.Error as error:
            msg = f"The first line is not a header of columns: {error}."
            raise InputError(msg) from error
        self.columns = [name.strip().lower() for name in header]
        self.ignored = tuple(name for name in self.columns if name and name not in COLUMNS)
        self._check()

    def _check(self) -> None:
        for name in self.ignored:
            near = difflib.get_close_matches(name, COLUMNS, 1, 0.75) if name not in _EXPORT_ONLY else []
            if near and near[0] not in self.columns:
                msg = f"The column {name!r} is not known. Call it {near[0]!r}, or give it a quite different name."
                raise InputError(msg)
        twice = [name for name in COLUMNS if self.columns.count(name) > 1]
        if twice or "email" not in self.columns:
            what = f"has the column {twice[0]!r} twice" if twice else "has no column 'email'"
            msg = f"The first line {what}. It names the columns, of these: {', '.join(COLUMNS)}."
            raise InputError(msg)

    def rows(self) -> Iterator[tuple[int, Mapping[str, str] | BadRow]]:
        """Each row that is not blank, with its first line; a row that cannot be split is a BadRow."""
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, BadRow(line, f"it is not CSV: {error}")
                continue
            if len(cells) > len(self.columns):
                yield line, BadRow(line, f"it has {len(cells)} cells, the first line names {len(self.columns)} columns")
            elif any(cell.strip() for cell in cells):
                yield line, dict(zip(self.columns, map(_cell, cells), strict=False))


def person(row: Mapping[str, str], rules: Rules) -> Person:
    """What a row asks for. Raises InputError that says what is wrong with it, with the address first."""
    if not row.get("email"):
        msg = "the column email is empty"
        raise InputError(msg)
    email = addresses.check(row["email"], test_environment=rules.test_environment)
    language = row.get("language") or rules.language
    if not _LANGUAGE.fullmatch(language):
        msg = f"{language!r} is not a language tag such as en or zh"
        raise InputError(msg)
    choice = tidy(
        Choice(
            lists=(*_several(row.get("lists", "")), *((rules.list_slug,) if rules.list_slug else ())),
            categories=_several(row.get("categories", "")),
            frequency=row.get("frequency", "").lower(),
            name=row.get("name", ""),
            language=language,
        )
    )
    _check(choice, rules)
    zone = row.get("timezone", "")
    if zone and not _is_zone(zone):
        msg = f"{zone!r} is not a time zone such as Asia/Shanghai"
        raise InputError(msg)
    return Person(
        email=email,
        choice=choice,
        timezone=zone,
        consent_at=_instant(row.get("consent_at", ""), rules),
        consent_source=one_line(row.get("consent_source", ""))[:200] or rules.consent_source,
    )


def _check(choice: Choice, rules: Rules) -> None:
    wrong = ""
    if not choice.lists:
        wrong = "it names no list: fill the column lists or use --list"
    elif unknown := set(choice.lists) - rules.lists:
        wrong = f"there is no list {min(unknown)!r}"
    elif unknown := set(choice.categories) - rules.categories:
        wrong = f"there is no category {min(unknown)!r}"
    elif choice.frequency not in ("", *FREQUENCIES):
        wrong = f"{choice.frequency!r} is not one of {', '.join(FREQUENCIES)}"
    elif len(choice.name) > NAME_LENGTH:
        wrong = f"the name is longer than {NAME_LENGTH} characters"
    if wrong:
        raise InputError(wrong)


def _instant(text: str, rules: Rules) -> datetime | None:
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"consent_at {text!r} is not a date such as 2020-06-06 or 2020-06-06T08:00+08:00"
        raise InputError(msg) from error
    instant = (read if read.tzinfo else read.replace(tzinfo=rules.timezone)).astimezone(UTC)
    if instant > rules.now:
        msg = f"consent_at {text!r} lies in the future"
        raise InputError(msg)
    return instant


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _cell(text: str) -> str:
    """Without blanks around it, and without the quotation mark that our export puts before a formula."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _with_first(first: str, rest: IO[str]) -> Iterator[str]:
    yield first
    yield from rest
