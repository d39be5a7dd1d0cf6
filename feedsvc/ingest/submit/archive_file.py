"""Files of articles, read record by record: JSON lines, or one JSON array. Memory does not grow with the file."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import IO, Any

LONGEST = 20_000_000
"""Characters one record may have: what is longer is no article."""

_CHUNK = 1 << 16
_HEAD = 4096
_BLANK = " \t\r\n"


class Form(StrEnum):
    """What a file is."""

    LINES = "JSON lines"
    ARRAY = "a JSON array"
    FEED = "a feed"


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its line (of an array: the how manieth it is; from 1), its value or else why it has none, and the bytes
    read so far.
    """

    number: int
    value: Any
    problem: str = ""
    done: int = 0


def form_of(file: Path) -> Form:
    """What a file seems to be, by its beginning. Raises OSError."""
    with file.open("rb") as raw:
        head = raw.read(_HEAD).removeprefix(codecs.BOM_UTF8).lstrip()
    if head[:1] == b"[":
        return Form.ARRAY
    return Form.LINES if head[:1] == b"{" and b'"https://jsonfeed.org/version' not in head else Form.FEED


def records(file: Path, form: Form) -> Iterator[Record]:
    """The records of a file of JSON (RFC 8259, UTF-8). A line that is no JSON costs itself; an array ends there.

    Raises OSError.
    """
    with file.open("rb") as raw:
        if raw.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            raw.seek(0)
        yield from _lines(raw) if form is Form.LINES else _elements(raw)


def _lines(raw: IO[bytes]) -> Iterator[Record]:
    number = 0
    while line := raw.readline(LONGEST):
        number += 1
        if not line.strip():
            continue
        try:
            yield Record(number, json.loads(line), done=raw.tell())
        except (ValueError, RecursionError) as error:
            yield Record(number, None, f"It is no JSON: {_cause(error)}.", raw.tell())


def _cause(error: Exception) -> str:
    # Places in a line or in the window say nothing to who looks at the file.
    said = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply, or no text"
    return said[:1].lower() + said[1:]


class _Text:
    """A window that moves over a text; lives as long as one walk."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = raw
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.text = ""
        self.ended = False

    def more(self) -> bool:
        """Read on; False at the end."""
        # As much again as there is: a long record is then looked at few times.
        chunk = self.raw.read(max(_CHUNK, len(self.text)))
        self.ended = not chunk
        self.text += self.decode(chunk, self.ended)
        return not self.ended

    def skip(self, letters: int) -> None:
        """Leave so many characters behind."""
        self.text = self.text[letters:]

    def next(self) -> str:
        """The next character that is not blank, which stays where it is; "" at the end."""
        while True:
            self.skip(len(self.text) - len(self.text.lstrip(_BLANK)))
            if self.text or not self.more():
                return self.text[:1]


def _elements(raw: IO[bytes]) -> Iterator[Record]:
    here, decoder = _Text(raw), json.JSONDecoder()
    here.next()
    here.skip(1)
    if here.next() == "]":
        return
    for number in count(1):
        here.next()
        try:
            value, end = _element(here, decoder)
        except (ValueError, RecursionError) as error:
            yield Record(number, None, f"It is no JSON, and nothing behind it is read: {_cause(error)}.", raw.tell())
            return
        here.skip(end)
        yield Record(number, value, done=raw.tell())
        mark = here.next()
        if mark == "]":
            return
        if mark != ",":
            says = "The array breaks off here" if not mark else f"A comma is missing before {mark!r}"
            yield Record(number + 1, None, f"{says}: nothing behind it is read.", raw.tell())
            return
        here.skip(1)


def _element(here: _Text, decoder: json.JSONDecoder) -> tuple[Any, int]:
    """The value at the window's beginning and where it ends. Raises ValueError."""
    while True:
        try:
            value, end = decoder.raw_decode(here.text)
        except ValueError:
            if here.ended or len(here.text) > LONGEST or not here.more():
                raise
            continue
        # A number at the window's edge may go on.
        if end < len(here.text) or not here.more():
            return value, end
