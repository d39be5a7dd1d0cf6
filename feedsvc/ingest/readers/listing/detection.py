"""The lists of a page with the rules that read them again: what is detected once can be pinned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.dom import Page, select, words
from feedsvc.ingest.readers.families import Family
from feedsvc.ingest.readers.listing import itemdates
from feedsvc.ingest.readers.listing.clusters import FEWEST, HEADINGS, Group, groups, stable_classes
from feedsvc.ingest.readers.listing.items import Rules, link_title, read_items
from feedsvc.ingest.readers.listing.pagers import next_rule
from feedsvc.ingest.readers.listing.selectors import IS_NAME, for_rows, within
from feedsvc.model.reading import ListItem
from feedsvc.text.urls import canonical

_LOOKED_AT = 12


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
    rules = _item_rules(page, group)
    if rules is None:
        return None
    wanted = {(canonical(page.link(link.get("href") or "")), _said(link, group, zone)) for link in group.links}
    rows = without(select(page.root, rules.item), page, rules.exclude)
    for link in dict.fromkeys(within(group.rows[0], group.links[0])):
        found = replace(rules, link=link)
        items = read_items(page, rows, found, family, zone)
        # A link that says nothing at all is no entry.
        read = {(canonical(item.url), item.title if group.titled else "") for item in items}
        if len(items) >= FEWEST and len(wanted & read) >= 0.8 * len(wanted):
            dated = [replace(found, date=rule) for rule in _date_rules(rows, zone)]
            # A rule for the date holds where it gives the same dates; where none does, dates are found as they were.
            found = next((one for one in dated if read_items(page, rows, one, family, zone) == items), found)
            return Detected(replace(found, next=next_rule(page, family)), items, group.worth)
    return None


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
    return isinstance(part, HtmlElement) and itemdates.in_row(part, "", zone) is not None


def _item_rules(page: Page, group: Group) -> Rules | None:
    """A selector for the rows alone; or one that names a few more of the same make, left out where a class tells them."""
    rules = Rules(title="" if group.titled else _heading_rule(group.rows), least=FEWEST)
    wider: list[Rules] = []
    for item in for_rows(group.rows):
        more = _named_besides(page, item, group.rows)
        if more is None:
            continue
        if not more:
            return replace(rules, item=item)
        if own := _own_classes(more, group.rows):
            wider.append(replace(rules, item=item, exclude=", ".join(f".{name}" for name in own)))
        elif len(more) * 3 <= len(group.rows):
            wider.append(replace(rules, item=item))
    return wider[0] if wider else None


def without(rows: list[HtmlElement], page: Page, rule: str) -> list[HtmlElement]:
    """The rows that the rule `exclude` leaves: it may name a row, what holds it, or what stands in it. Raises ReadError."""
    if not rule:
        return rows
    out = select(page.root, rule, "list.exclude")
    unwanted = {up for bad in out for up in (bad, *bad.iterancestors())} & set(rows)
    holders = set(out)
    return [row for row in rows if row not in unwanted and not any(up in holders for up in row.iterancestors())]


def _named_besides(page: Page, selector: str, rows: Sequence[HtmlElement]) -> list[HtmlElement] | None:
    """What the selector names besides the rows and holds a link; None where it does not name them all."""
    try:
        found = select(page.root, selector)
    except ReadError:
        return None
    own = set(rows)
    if not own <= set(found):
        return None
    return [one for one in found if one not in own and next(one.iter("a"), None) is not None]


def _own_classes(more: list[HtmlElement], rows: Sequence[HtmlElement]) -> list[str]:
    """One class for each of these elements that no row bears; nothing where one has none."""
    used = {name for row in rows for name in (row.get("class") or "").split()}
    own = [next((name for name in stable_classes(one) if name not in used), "") for one in more]
    return list(dict.fromkeys(own)) if all(map(IS_NAME.fullmatch, own)) else []


def _heading_rule(rows: Sequence[HtmlElement]) -> str:
    """The heading that tells what the rows' stories are called."""
    return max(HEADINGS, key=lambda name: sum(any(words(part) for part in row.iter(name)) for row in rows))
