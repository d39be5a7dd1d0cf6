"""The dates of a list's entries: read node by node, never from text that was glued together.

Sites write a date in one node (`2020-06-06`, `Posted on June 6, 2020 by Lu Wen`), split it over several (a box with
`06` above `2020-06`), put it into `<time datetime>`, or into the element beside the entry (`<dt>` before `<dd>`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
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


def of_rows(rows: Sequence[HtmlElement], titles: Sequence[str], zone: ZoneInfo) -> list[Day | None]:
    """The date of each entry: in it, or where none bears one, beside it."""
    days = [in_row(row, title, zone) for row, title in zip(rows, titles, strict=True)]
    if any(days):
        return days
    aside = beside(rows, zone)
    return [aside.get(row) for row in rows]


def in_element(element: HtmlElement, zone: ZoneInfo) -> Day | None:
    """The date in the element that a rule names: as in a row, or else the first whole date that stands in it."""
    return in_row(element, "", zone) or dates.find(said(element), zone)


def is_date(text: str, zone: ZoneInfo) -> bool:
    """Is a text nothing but a date?"""
    return len(text) <= _LONGEST and _only(text, zone) is not None


def beside(rows: Sequence[HtmlElement], zone: ZoneInfo) -> dict[HtmlElement, Day]:
    """Dates that stand between the entries of a flat list (`<dt>`, `<h3><p>`, text between `<br>`), by entry.

    They belong to the entry before them or to the one after: whichever gives more entries a date. `<dd>` follows `<dt>`.
    Where some stand in one line with an entry, those of other lines are not its own.
    """
    following = bool(rows) and rows[0].tag == "dd"
    for in_line in (True, False):
        after, before = (_siblings(rows, zone, side, in_line=in_line) for side in (_after, _before))
        if after or before:
            return before if (len(before), following) > (len(after), False) else after
    return {}


def _siblings(
    rows: Sequence[HtmlElement],
    zone: ZoneInfo,
    parts_of: Callable[[HtmlElement], Iterator[HtmlElement | str]],
    *,
    in_line: bool,
) -> dict[HtmlElement, Day]:
    found: dict[HtmlElement, Day] = {}
    for row in rows:
        parts = takewhile(_goes_on, parts_of(row)) if in_line else parts_of(row)
        days = (day for part in islice(parts, 2 * _ASKED) if (day := _of_part(part, zone)))
        if told := next(days, None):
            found[row] = told
    return found


def _goes_on(part: HtmlElement | str) -> bool:
    return isinstance(part, str) or part.tag not in ("br", "hr")


def _after(row: HtmlElement) -> Iterator[HtmlElement | str]:
    """What follows an entry, text and elements, as far as the next link."""
    yield row.tail or ""
    for other in row.itersiblings():
        if next(other.iter("a"), None) is not None:
            return
        yield other
        yield other.tail or ""


def _before(row: HtmlElement) -> Iterator[HtmlElement | str]:
    """What stands before an entry, the nearest first, as far as the link before."""
    for other in row.itersiblings(preceding=True):
        yield other.tail or ""
        if next(other.iter("a"), None) is not None:
            return
        yield other
    above = row.getparent()
    yield (above.text if above is not None else "") or ""


def _of_part(part: HtmlElement | str, zone: ZoneInfo) -> Day | None:
    return next(_dates([fold(part)], zone), None) if isinstance(part, str) else in_row(part, "", zone)


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
