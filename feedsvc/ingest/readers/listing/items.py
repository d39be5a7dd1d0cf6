"""The entries of a list: from the elements that hold one each to links with whole titles and dates."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.dom import Page, attribute, first, lines, words
from feedsvc.ingest.readers.families import Family, story_parts
from feedsvc.ingest.readers.listing import itemdates
from feedsvc.model.reading import ListItem
from feedsvc.text.html import fold
from feedsvc.text.urls import canonical

_PINNED = re.compile(r"^(?:[\[【(（]\s*(?:置顶|顶|top|hot|new)\s*[\]】)）]|置顶\s*[:：])\s*", re.IGNORECASE)
# What blog systems write before a title in the `title` attribute.
_PERMANENT = re.compile(
    r"^(?:perma(?:link|nent link)|enlace permanente|lien permanent|permalien|link permanente)(?: to| a| vers| zu| für)?\s*:?\s+",
    re.IGNORECASE,
)
# What a link of a pager says, or one to the whole list.
_LEADS_ON = re.compile(
    r"[<«‹←\[【(（\s]*(?:更多|首\s?页|第一页|尾\s?页|末\s?页|最后一页|[上下前后]一?页|more|(?:first|last|prev(?:ious)?|next|older|newer)"
    r"(?: page)?|\d{1,3})?[\s>»›→….\]】)）]*",
    re.IGNORECASE,
)
TELLING = 12
"""How wide a title is that says something."""

FEWEST = 3
"""How few entries make a list."""

_TITLE_MARKS = "h1, h2, h3, h4, h5, h6, [class*=title], [class*=tit], [class*=headline], [class*=bt]"


@dataclass(frozen=True, slots=True)
class Rules:
    """CSS selectors of a list; "" leaves a part to be found. `least` is how few entries are a fault, None by default."""

    item: str = ""
    link: str = ""
    title: str = ""
    date: str = ""
    next: str = ""
    exclude: str = ""
    least: int | None = None

    def written(self) -> dict[str, str | int]:
        """The rules as a source has them; what is left to be found is left out."""
        named = {
            "item": self.item, "link": self.link, "title": self.title, "date": self.date, "next": self.next,
            "exclude": self.exclude, "min_items": self.least or "",
        }  # fmt: skip
        return {name: rule for name, rule in named.items() if rule}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A list item whose date may still lack its year."""

    item: ListItem
    row: HtmlElement
    day: MonthDay | None = None


def rules_of(written: dict[str, Any]) -> Rules:
    """The rules as a source has them."""
    named = {name: str(written.get(name) or "") for name in ("item", "link", "title", "date", "next", "exclude")}
    least = written.get("min_items")
    return Rules(**named, least=least if isinstance(least, int) else None)


def read_items(
    page: Page, rows: Sequence[HtmlElement], rules: Rules, family: Family, zone: ZoneInfo
) -> tuple[ListItem, ...]:
    """What the rows hold, in their order, each address once; a row without link or title is none. Raises ReadError."""
    entries = [entry for row in rows if (entry := _entry(page, row, rules, family, zone))]
    if not rules.date and not any(entry.item.date or entry.day for entry in entries):
        aside = itemdates.beside([entry.row for entry in entries], zone)
        entries = [_with_day(entry, aside.get(entry.row), zone) for entry in entries]
    return _once(_with_years([_by_url(entry, zone) for entry in entries], zone))


def _entry(page: Page, row: HtmlElement, rules: Rules, family: Family, zone: ZoneInfo) -> _Entry | None:
    link = first(row, rules.link, "list.link") if rules.link else anchor(page, row)
    url = page.link(link.get("href") or "") if link is not None else ""
    if link is None or not url or canonical(url) == canonical(page.url):
        return None
    title = _title(row, link, rules.title, zone)
    if not title:
        return None
    upstream_id, _column = story_parts(family, url)
    day = _date(row, title, rules.date, zone)
    if day is None and _LEADS_ON.fullmatch(title):
        return None
    return _with_day(_Entry(ListItem(url, title, upstream_id=upstream_id), row), day, zone)


def anchor(page: Page, row: HtmlElement) -> HtmlElement | None:
    """The link of an entry: the one that says most, of those that lead somewhere."""
    links = [row] if row.tag == "a" else list(row.iter("a"))
    usable = [
        link for link in links if page.link(link.get("href") or "") and not (link.get("href") or "").startswith("#")
    ]
    return max(usable, key=lambda link: len(attribute(link, "title") or words(link)), default=None)


def link_title(link: HtmlElement, zone: ZoneInfo) -> str:
    """The whole title that a link bears: its `title` attribute, the heading in it, or its text without dates."""
    whole, shown = _plain(attribute(link, "title")), words(link)
    # Link text is often cut short; the title attribute is whole. Some sites put a tooltip there, which is no title.
    if whole and (not shown or _agree(whole, shown) or len(whole) >= 8):
        # "Permanent link to <title>" says no more than the title.
        return shown if width(shown) >= TELLING and whole.endswith(shown) else whole
    marked = first(link, _TITLE_MARKS)
    if marked is not None and marked is not link and words(marked):
        return _plain(attribute(marked, "title") or words(marked))
    in_blocks = next(link.iter("p", "div", "br", "dd", "li"), None) is not None
    texts = lines(link) if in_blocks else list(link.itertext())
    parts = [part for part in map(fold, texts) if part and not itemdates.is_date(part, zone)]
    # Of several blocks in one link the first that says something is the title, the next a teaser.
    first_block = next((part for part in parts if in_blocks and width(part) >= TELLING), "")
    return _plain(first_block or " ".join(parts))


def width(title: str) -> int:
    """How wide a title stands: a letter of Chinese, Japanese or Korean counts as two."""
    return sum(2 if letter > "\u2e80" else 1 for letter in title)


def _title(row: HtmlElement, link: HtmlElement, rule: str, zone: ZoneInfo) -> str:
    if not rule:
        return link_title(link, zone)
    named = first(row, rule, "list.title")
    return _plain(attribute(named, "title") or words(named)) if named is not None else ""


def _agree(whole: str, shown: str) -> bool:
    start = re.sub(r"(?:\.{2,}|…+)\s*$", "", _plain(shown)).strip()
    return bool(start) and re.sub(r"\s", "", start) in re.sub(r"\s", "", whole)


def _plain(title: str) -> str:
    return _PERMANENT.sub("", _PINNED.sub("", title)).strip()


def _date(row: HtmlElement, title: str, rule: str, zone: ZoneInfo) -> Moment | MonthDay | None:
    if not rule:
        return itemdates.in_row(row, title, zone)
    named = first(row, rule, "list.date")
    return itemdates.in_element(named, zone) if named is not None else None


def _with_day(entry: _Entry, day: Moment | MonthDay | None, zone: ZoneInfo) -> _Entry:
    if isinstance(day, Moment):
        return replace(entry, item=_dated(entry.item, day))
    if day is None:
        return entry
    known = dates.year_in_url(entry.item.url)
    whole = day.in_year(known, zone) if known else dates.in_url(entry.item.url, zone)
    if known or (whole and whole == day.in_year(whole.instant.astimezone(zone).year, zone)):
        return replace(entry, item=_dated(entry.item, whole))
    return replace(entry, day=day)


def _by_url(entry: _Entry, zone: ZoneInfo) -> _Entry:
    """An entry that bears no date at all has the one of its address."""
    if entry.item.date or entry.day:
        return entry
    return replace(entry, item=_dated(entry.item, dates.in_url(entry.item.url, zone)))


def _dated(item: ListItem, moment: Moment | None) -> ListItem:
    return replace(item, date=moment.instant, date_is_date=moment.is_date) if moment else item


def _with_years(entries: list[_Entry], zone: ZoneInfo) -> list[ListItem]:
    known = [Moment(entry.item.date, is_date=True) if entry.item.date else None for entry in entries]
    items = []
    for place, entry in enumerate(entries):
        if entry.day is None:
            items.append(entry.item)
            continue
        newer = next((moment for moment in reversed(known[:place]) if moment), None)
        older = next((moment for moment in known[place + 1 :] if moment), None)
        items.append(_dated(entry.item, dates.between(entry.day, newer, older, zone)))
    return items


def _once(items: Iterable[ListItem]) -> tuple[ListItem, ...]:
    kept: dict[str, ListItem] = {}
    for item in items:
        kept.setdefault(canonical(item.url), item)
    return tuple(kept.values())
