"""The dates of a list's entries: read node by node, never from text that was glued together.

Sites write a date in one node (`2020-06-06`, `Posted on June 6, 2020 by Lu Wen`), split it over several (a box with
`06` above `2020-06`), put it into `<time datetime>`, or into the element beside the entry (`<dt>` before `<dd>`).
"""

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.dom import said, texts
from feedsvc.text.html import fold

Day = Moment | MonthDay

_LONGEST = 80
_NODES = 3
# Where one statement of a line of facts ends: a bar, a writer, the next label, a wide gap.
_BETWEEN = re.compile(r"\s*[|｜│·•]\s*|\s+[-–—]\s+|\s+by\s+|\s+(?=[^\s:：]{1,8}[:：])|　+", re.IGNORECASE)
_EDGES = " \t\r\n/·|-,，.、"
_ASKED = 4
_LEAP_YEAR = 2000


def in_row(row: HtmlElement, title: str, zone: ZoneInfo) -> Day | None:
    """The date that an entry bears: the first `<time>`, else the first node, or box of nodes, that is a date."""
    for time in row.iter("time"):
        if found := dates.find(time.get("datetime") or "", zone):
            return found
    nodes = [text for text in map(fold, texts(row)) if text and text != title]
    return next(_dates(nodes, zone), None)


def in_element(element: HtmlElement, zone: ZoneInfo) -> Day | None:
    """The date in the element that a rule names: as in a row, or else the first whole date that stands in it."""
    return in_row(element, "", zone) or dates.find(said(element), zone)


def is_date(text: str, zone: ZoneInfo) -> bool:
    """Is a text nothing but a date?"""
    return len(text) <= _LONGEST and _only(text, zone) is not None


def beside(rows: Sequence[HtmlElement], zone: ZoneInfo) -> dict[HtmlElement, Day]:
    """Dates that stand between the entries of a flat list (`<dt>`, `<h3><p>`), by entry.

    They belong to the entry before them or to the one after: whichever gives more entries a date. `<dd>` follows `<dt>`.
    """
    own = set(rows)
    after = _siblings(rows, own, zone, forward=True)
    before = _siblings(rows, own, zone, forward=False)
    following = rows and rows[0].tag == "dd"
    return before if (len(before), bool(following)) > (len(after), False) else after


def _siblings(
    rows: Sequence[HtmlElement], own: set[HtmlElement], zone: ZoneInfo, *, forward: bool
) -> dict[HtmlElement, Day]:
    found: dict[HtmlElement, Day] = {}
    for row in rows:
        for number, other in enumerate(row.itersiblings(preceding=not forward)):
            if number >= _ASKED or other in own or next(other.iter("a"), None) is not None:
                break
            if isinstance(other, HtmlElement) and (day := in_row(other, "", zone)):
                found[row] = day
                break
    return found


def _dates(nodes: Sequence[str], zone: ZoneInfo) -> Iterator[Day]:
    """Every date among the nodes, in their order; of those that begin at one node, the longest."""
    for place, node in enumerate(nodes):
        if len(node) > _LONGEST:
            continue
        for size in range(_NODES, 1, -1):
            run = nodes[place : place + size]
            if len(run) == size and (day := _joined(run, zone)):
                yield day
                break
        else:
            if day := _single(node, zone):
                yield day


def _single(node: str, zone: ZoneInfo) -> Day | None:
    if not any(letter.isdigit() for letter in node):
        return None
    statements = [node, *_BETWEEN.split(node)]
    return next((day for part in statements if 4 <= len(part) <= 48 and (day := _only(part, zone))), None)


def _joined(run: Sequence[str], zone: ZoneInfo) -> Day | None:
    """A date that is split over nodes: `06` and `2020-06`, `2020` and `06-06`, `Jun` and `6`."""
    parts = [part.strip(_EDGES) for part in run]
    # Each part is short and says something of its own; a whole date among them is no part of another.
    if not all(0 < len(part) <= 12 for part in parts) or any(_only(part, zone) and _has_year(part) for part in parts):
        return None
    ways = [" ".join(parts), " ".join(reversed(parts))]
    if len(parts) == 2 and any(map(_is_year, parts)):
        ways.append("-".join(sorted(parts, key=_is_year, reverse=True)))
    return next((day for way in ways if (day := _only(way, zone))), None)


def _only(text: str, zone: ZoneInfo) -> Day | None:
    if day := dates.only(text, zone):
        return day
    if not re.search(r"[A-Za-z]{3}", text):
        return None
    # `Jun 6` is a day without its year: a year that has all days tells which.
    named = dates.only(f"{text} {_LEAP_YEAR}", zone)
    if not isinstance(named, Moment) or not named.is_date:
        return None
    local = named.instant.astimezone(zone)
    return MonthDay(local.month, local.day) if local.year == _LEAP_YEAR else None


def _is_year(text: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d{2}", text) is not None


def _has_year(text: str) -> bool:
    return re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text) is not None
