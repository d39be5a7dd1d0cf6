"""What a program pushed, as a story: dates by the source's zone, markup made safe, text made into paragraphs. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from feedsvc.model.article import ArticleState, Attachment, Image, Story
from feedsvc.text.html import sanitise

Fault = tuple[str, str]
"""A JSON pointer to a field (RFC 6901), and a sentence that says what to do."""

_DATE = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[Tt ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?P<zone>[Zz]|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
# Years that every date format of feeds and mails can write, and no typing error reaches.
_YEARS = range(1900, 2200)
_NO_DATE = "is no date: write 2020-06-06T09:30:00+08:00, or 2020-06-06 alone"


@dataclass(frozen=True, slots=True)
class Pushed:
    """An article as a program sends it; its shape is checked, its meaning not yet. Dates are as they were written.

    `state` None leaves it to the source; `embargo_until` goes with EMBARGOED alone. `categories` None: none were named.
    """

    source: str
    url: str
    title: str
    id: str | None = None
    content_html: str = ""
    content_text: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    updated_at: str | None = None
    categories: tuple[str, ...] | None = None
    language: str | None = None
    image_url: str | None = None
    attachments: tuple[Attachment, ...] = ()
    state: ArticleState | None = None
    embargo_until: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, aware, in UTC; `is_date`: only a day was given, and the instant is its midnight in its zone."""

    instant: datetime
    is_date: bool


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a pushed article."""

    published: Moment | None
    updated: Moment | None
    embargo: Moment | None


def dates_of(pushed: Pushed, timezone: str) -> tuple[Dates, list[Fault]]:
    """Its dates, and what is wrong with them. `timezone` is the source's: it is given to a date that names none."""
    faults: list[Fault] = []
    read = []
    for name in ("published_at", "updated_at", "embargo_until"):
        text = getattr(pushed, name)
        try:
            read.append(read_date(text, ZoneInfo(timezone)) if text is not None else None)
        except ValueError as error:
            read.append(None)
            faults.append((f"/{name}", f"{text[:40]!r} {error}."))
    return Dates(*read), faults


def read_date(text: str, zone: ZoneInfo) -> Moment:
    """A date as RFC 3339 (or its day alone) writes it. Raises ValueError with the end of a sentence."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(_NO_DATE)
    clock = (match["time"] or "00:00") + (match["zone"] or "").upper()
    try:
        told = datetime.fromisoformat(f"{match['day']}T{clock}")
    except ValueError as error:
        raise ValueError(_NO_DATE) from error
    if told.year not in _YEARS:
        msg = f"lies outside the years {_YEARS.start} to {_YEARS.stop - 1}"
        raise ValueError(msg)
    instant = told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=zone).astimezone(UTC)
    return Moment(instant, is_date=match["time"] is None)


def story_of(pushed: Pushed) -> Story:
    """The story without its dates and terms. Costs time in proportion to the body: call it off the event loop."""
    body = pushed.content_html or paragraphs(pushed.content_text)
    return Story(
        url=pushed.url,
        title=pushed.title,
        upstream_id=pushed.id,
        summary=pushed.summary,
        content_html=sanitise(body, pushed.url),
        authors=pushed.authors,
        language=pushed.language,
        image=Image(pushed.image_url) if pushed.image_url else None,
        attachments=pushed.attachments,
    )


def paragraphs(text: str) -> str:
    """Plain text as HTML. Blank lines divide paragraphs; in a text without any, each line is a paragraph."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    parts = re.split(r"\n[ \t]*\n\s*", lines) if re.search(r"\n[ \t]*\n", lines) else lines.split("\n")
    told = (escape(part.strip(), quote=False).replace("\n", "<br>") for part in parts)
    return "".join(f"<p>{part}</p>" for part in told if part)
