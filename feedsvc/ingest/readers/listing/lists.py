"""List pages: links to stories, with titles whole, dates where the page gives them, and the older page."""

import re
from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.dom import Page, asks_for_login, first, parse, select
from feedsvc.ingest.readers.families import GENERIC, Family, recognise
from feedsvc.ingest.readers.listing.declaredlists import declared_items
from feedsvc.ingest.readers.listing.detection import detect, without
from feedsvc.ingest.readers.listing.items import FEWEST, Rules, anchor, read_items, rules_of
from feedsvc.ingest.readers.listing.pagers import next_page
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem, ListPage

AUTO = "auto"
DECLARED = "jsonld"
"""The preset of a list that the page declares as schema.org data."""

NO_LIST = (
    "The page answered, but no list of articles was found on it. Choose the list by hand, or give the address of its "
    "feed."
)


def read_list(body: bytes, content_type: str, url: str, source: Source) -> ListPage:
    """The list on a page, in page order (pinned items stay where they stand), each address once.

    Follows `source.preset` and `source.list_rules` (CSS selectors `item`, `link`, `title`, `date`, `next`, `exclude`,
    and `min_items`). Raises ReadError where there is no list, a login is asked for, or fewer than `min_items` stand.
    """
    return list_of(parse(body, content_type, url), source)


def list_of(page: Page, source: Source) -> ListPage:
    """The same of a parsed page."""
    family = recognise(page, source)
    rules, zone = rules_of(source.list_rules), ZoneInfo(source.timezone)
    if source.preset == DECLARED:
        items, preset = declared_items(page, zone), DECLARED
    else:
        rows, reading = _rows(page, family, rules, zone, source.preset)
        items, preset = read_items(page, without(rows, page, reading.exclude), reading, family, zone), family.name
    _check(page, items, family, source, rules)
    return ListPage(items, next_page(page, rules, family), preset)


def _rows(page: Page, family: Family, rules: Rules, zone: ZoneInfo, preset: str) -> tuple[list[HtmlElement], Rules]:
    """The elements that hold an entry each, and the rules to read them by."""
    if rules.item:
        return select(page.root, rules.item, "list.item"), rules
    for selector in family.items:
        found = _main_group(_innermost(one for one in select(page.root, selector) if anchor(page, one) is not None))
        if found:
            return found, rules
    # A preset that was chosen means its own lists: on a page that was rebuilt they are missing, and that is told.
    likeliest = next(detect(page, family, zone), None) if preset in (AUTO, GENERIC.name) else None
    if likeliest is None:
        return [], rules
    told = likeliest.rules
    chosen = {name: getattr(rules, name) or getattr(told, name) for name in ("link", "title", "date", "exclude")}
    return select(page.root, told.item), replace(rules, **chosen)


def _innermost(elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    """The elements that hold no other of them: a row of a table in a table is an entry, the row around it is none."""
    found = list(elements)
    holders = {up for element in found for up in element.iterancestors()}
    return [element for element in found if element not in holders]


def _main_group(elements: list[HtmlElement]) -> list[HtmlElement]:
    """A page may hold several lists of one CMS (in its sidebar, too): the longest is the one it is about."""
    groups: dict[str, list[HtmlElement]] = {}
    for element in elements:
        groups.setdefault(_group_name(element), []).append(element)
    return max(groups.values(), key=len, default=[])


def _group_name(element: HtmlElement) -> str:
    own = re.fullmatch(r"(line_?u\d+)_\d+|(line\w*?)_\d+", element.get("id") or "")
    if own:
        return own[1] or own[2]
    around = next((up for up in element.iterancestors() if (up.get("id") or "").startswith("wp_news_w")), None)
    return around.get("id") or "" if around is not None else ""


def _check(page: Page, items: tuple[ListItem, ...], family: Family, source: Source, rules: Rules) -> None:
    least = _least(source, family, rules)
    if len(items) >= least:
        return
    if asks_for_login(page):
        msg = "The page asks for a login before it shows its list. Give an address that everyone may read."
        raise ReadError(msg)
    if not items:
        feed = first(page.root, 'link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"]')
        known = page.link(feed.get("href") or "") if feed is not None else ""
        raise ReadError(
            f"{_missing(source, rules)} The page names this feed: {known}" if known else _missing(source, rules)
        )
    msg = (
        f"The page answered, but its list holds {len(items)} articles where at least {least} are expected. Look at it; "
        "if it is right, lower min_items."
    )
    raise ReadError(msg)


def _missing(source: Source, rules: Rules) -> str:
    if not rules.item and source.preset in (AUTO, GENERIC.name):
        return NO_LIST
    pinned = f"this source's rule item = {rules.item!r}" if rules.item else f"its preset {source.preset}"
    return (
        f"The page answered, but nothing on it is a story by {pinned}. If the site was rebuilt, "
        f"`feedsvc source add {source.url}` finds its list anew."
    )


def _least(source: Source, family: Family, rules: Rules) -> int:
    if rules.least is not None:
        return max(rules.least, 1)
    # Without rules or a known CMS, one or two links that look alike are no list.
    return FEWEST if family is GENERIC and not rules.item and source.preset != DECLARED else 1
