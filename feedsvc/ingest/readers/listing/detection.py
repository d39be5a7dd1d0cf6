"""The lists of a page with the rules that read them again: what is detected once can be pinned."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.dom import Page, select, words
from feedsvc.ingest.readers.families import Family
from feedsvc.ingest.readers.listing import itemdates
from feedsvc.ingest.readers.listing.clusters import HEADINGS, Group, groups, stable_classes
from feedsvc.ingest.readers.listing.items import FEWEST, TELLING, Rules, anchor, link_title, read_items, width
from feedsvc.ingest.readers.listing.pagers import next_rule
from feedsvc.ingest.readers.listing.selectors import IS_NAME, by_place, for_rows, within
from feedsvc.model.reading import ListItem
from feedsvc.text.urls import canonical, host_of

_LOOKED_AT = 12
_NO_RULE = ""
"""Of a row's links the one that says most is taken: right where the name of a category stands before each title."""


@dataclass(frozen=True, slots=True)
class Detected:
    """A list that was found by itself: the rules that give these very items, and how much it looks like news."""

    rules: Rules
    items: tuple[ListItem, ...]
    worth: float


def detect(page: Page, family: Family, zone: ZoneInfo) -> Iterator[Detected]:
    """The page's lists, the likeliest first; those that no selector can name again are left out."""
    for group in islice(groups(page, zone), _LOOKED_AT):
        if found := _pinned(page, group, family, zone):
            yield found


def _pinned(page: Page, group: Group, family: Family, zone: ZoneInfo) -> Detected | None:
    rules = _item_rules(page, group, zone)
    if rules is None:
        return None
    rows = without(select(page.root, rules.item), page, rules.exclude)
    ways = dict.fromkeys((*within(group.rows[0], group.links[0]), _NO_RULE))
    read = ((one, read_items(page, rows, one, family, zone)) for one in (replace(rules, link=link) for link in ways))
    found, items = _best(page, group, read, zone)
    if not items:
        return None
    dated = [replace(found, date=rule) for rule in _date_rules(rows, zone)] if any(item.date for item in items) else []
    # A rule for the date holds where it gives the same dates; where none does, dates are found as they were.
    found = next((one for one in dated if read_items(page, rows, one, family, zone) == items), found)
    return Detected(replace(found, next=next_rule(page, family)), items, group.worth)


def _best(
    page: Page, group: Group, read: Iterable[tuple[Rules, tuple[ListItem, ...]]], zone: ZoneInfo
) -> tuple[Rules, tuple[ListItem, ...]]:
    """The first way that gives most of the group's stories and the fewest strangers; no items where none gives four in five."""
    wanted = {(canonical(page.link(link.get("href") or "")), _said(link, group, zone)) for link in group.links}
    own = {url for url, _said in wanted}
    best: tuple[Rules, tuple[ListItem, ...]] = Rules(), ()
    worst = (len(own), len(wanted))
    for rules, items in read:
        # A link that says nothing at all is no entry.
        given = {(canonical(item.url), item.title if group.titled else "") for item in items}
        strangers = sum(
            width(item.title) < TELLING and not item.date and canonical(item.url) not in own for item in items
        )
        faults = (len(own - {url for url, _said in given}), strangers)
        if len(items) >= FEWEST and len(wanted & given) >= 0.8 * len(wanted) and faults < worst:
            best, worst = (rules, items), faults
        if not any(worst):
            break
    return best


def _said(link: HtmlElement, group: Group, zone: ZoneInfo) -> str:
    return link_title(link, zone) if group.titled else ""


def _date_rules(rows: Sequence[HtmlElement], zone: ZoneInfo) -> Iterator[str]:
    """Selectors for what bears the date in the first row that has one, from the innermost element outwards."""
    for row in rows:
        bearing = [part for part in row.iterdescendants() if _bears_date(part, zone)]
        if bearing:
            chain = [part for part in bearing if part is bearing[0] or bearing[0] in part.iterancestors()]
            yield from dict.fromkeys(rule for part in reversed(chain) for rule in within(row, part))
            return


def _bears_date(part: object, zone: ZoneInfo) -> bool:
    if not isinstance(part, HtmlElement) or itemdates.in_row(part, "", zone) is None:
        return False
    # Where the title stands, too, a date in a title would be taken for the entry's.
    return all(itemdates.is_date(said, zone) for link in part.iter("a") if (said := words(link)))


def _item_rules(page: Page, group: Group, zone: ZoneInfo) -> Rules | None:
    """A selector for the rows alone; or one that names a few more of the same make, left out where a class tells them.

    Where classes and ids name too many, the place on the page tells the rows.
    """
    rules = Rules(title="" if group.titled else _heading_rule(group.rows), least=FEWEST)
    found: list[tuple[int, str, str]] = []
    for ways in (for_rows(group.rows), by_place(group.rows)):
        found += _row_rules(page, group, ways, zone)
        fewest, item, exclude = min(found, key=lambda one: one[0], default=(0, "", ""))
        if item and fewest <= 0:
            break
    return replace(rules, item=item, exclude=exclude) if item else None


def _row_rules(page: Page, group: Group, ways: Iterable[str], zone: ZoneInfo) -> Iterator[tuple[int, str, str]]:
    """How many strangers each way brings (-1: it names the rows alone, and ends the search), `item` and `exclude`."""
    for item in ways:
        more = _named_besides(page, item, group.rows)
        if more is None:
            continue
        if not more:
            yield -1, item, ""
            return
        if own := _own_classes(more, group.rows):
            yield 0, item, ", ".join(f".{name}" for name in own)
        elif len(more) * 3 <= len(group.rows):
            yield _strangers(page, more, group, zone), item, ""


def _strangers(page: Page, more: Iterable[HtmlElement], group: Group, zone: ZoneInfo) -> int:
    """How many of these rows are unlike the group's: undated among dated ones; else short of words, or of other hosts.

    None where at least half of them are alike: the pinned stories of a page stand by themselves, some without a date.
    """
    dated = any(itemdates.of_rows(group.rows, [""] * len(group.rows), zone))
    links = [(row, link) for row in more if (link := anchor(page, row)) is not None]
    unlike = sum(not _is_like(page, row, link, zone, dated=dated) for row, link in links)
    return unlike if unlike * 2 > len(links) else 0


def _is_like(page: Page, row: HtmlElement, link: HtmlElement, zone: ZoneInfo, *, dated: bool) -> bool:
    title = link_title(link, zone)
    if dated:
        return itemdates.of_rows([row], [title], zone) != [None]
    return width(title) >= TELLING and host_of(page.link(link.get("href") or "")) == host_of(page.url)


def without(rows: list[HtmlElement], page: Page, rule: str) -> list[HtmlElement]:
    """The rows that the rule `exclude` leaves: it may name a row, what holds it, or what stands in it. Raises ReadError."""
    if not rule:
        return rows
    out = select(page.root, rule, "list.exclude")
    unwanted = {up for bad in out for up in (bad, *bad.iterancestors())} & set(rows)
    holders = set(out)
    return [row for row in rows if row not in unwanted and not any(up in holders for up in row.iterancestors())]


def _named_besides(page: Page, selector: str, rows: Sequence[HtmlElement]) -> list[HtmlElement] | None:
    """What the selector names besides the rows and holds a link; None where it names not all of them, or what holds them."""
    try:
        found = select(page.root, selector)
    except ReadError:
        return None
    own, around = set(rows), {up for row in rows for up in row.iterancestors()}
    if not own <= set(found) or not around.isdisjoint(found):
        return None
    more = [one for one in found if one not in own and next(one.iter("a"), None) is not None]
    told = {link.get("href") for row in (rows if more else ()) for link in row.iter("a")}
    # What repeats the links of the rows adds nothing: "Details" below a teaser.
    return [one for one in more if any(link.get("href") not in told for link in one.iter("a"))]


def _own_classes(more: list[HtmlElement], rows: Sequence[HtmlElement]) -> list[str]:
    """One class for each of these elements that no row bears; nothing where one has none."""
    used = {name for row in rows for name in (row.get("class") or "").split()}
    own = [next((name for name in stable_classes(one) if name not in used), "") for one in more]
    return list(dict.fromkeys(own)) if all(map(IS_NAME.fullmatch, own)) else []


def _heading_rule(rows: Sequence[HtmlElement]) -> str:
    """The heading that tells what the rows' stories are called."""
    return max(HEADINGS, key=lambda name: sum(any(words(part) for part in row.iter(name)) for row in rows))
