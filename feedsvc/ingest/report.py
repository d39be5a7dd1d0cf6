"""What polls and checks tell: plain values that a command prints as they are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feedsvc.model.article import Attachment, Image
from feedsvc.model.health import PollOutcome
from feedsvc.model.newsroom import SourceKind


@dataclass(frozen=True, slots=True)
class PollReport:
    """How one poll went. Instants are aware, in UTC.

    `found` counts the stories upstream shows, `read` those read in full, `dated` of them with a date, `bodied` with a body,
    `new`, `changed` and `held` the articles among them, `joined` those that were known from another source or address,
    `failed` the stories that could not be had this time; `problems` says why, a sentence each. `error` is why the whole
    poll failed, "" if it did not, and `error_code` the error's stable code.
    """

    source: str
    outcome: PollOutcome
    started_at: datetime
    finished_at: datetime
    found: int = 0
    new: int = 0
    changed: int = 0
    held: int = 0
    joined: int = 0
    failed: int = 0
    read: int = 0
    dated: int = 0
    bodied: int = 0
    problems: tuple[str, ...] = ()
    error: str = ""
    error_code: str = ""
    next_poll_at: datetime | None = None

    @property
    def went_well(self) -> bool:
        """Did the source answer with something that could be read?"""
        return self.outcome in (PollOutcome.OK, PollOutcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One story as it would be ingested. `date` is the day in the source's zone (YYYY-MM-DD), "" where none is printed.

    `problem` says why the story could not be read; then the rest is what the list says of it.
    """

    url: str
    title: str
    date: str
    published_at: datetime | None = None
    published_is_date: bool = False
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    summary: str = ""
    text: str = ""
    content_html: str = ""
    image: Image | None = None
    attachments: tuple[Attachment, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a source would bring, with nothing stored. `url` is where its list was; `listed` counts all it shows.

    `rules` are the source's own for its list. `problems` keep something from being read, `remarks` do not.
    """

    source: str
    kind: str
    url: str
    preset: str = ""
    title: str = ""
    next_url: str | None = None
    listed: int = 0
    items: tuple[CheckedItem, ...] = ()
    problems: tuple[str, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def went_well(self) -> bool:
        """Was there anything to read, and could all of it be read? Of a push source nothing is read."""
        if self.kind == SourceKind.PUSH:
            return True
        return bool(self.items) and not self.problems and not any(item.problem for item in self.items)
