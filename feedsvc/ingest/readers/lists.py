"""List pages: links to stories, with titles whole, dates where the page gives them, and the older page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.errors import ReadError
from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.clusters import cluster
from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.dom import Page, asks_for_login, attribute, first, parse, said, select, words
from feedsvc.ingest.readers.families import GENERIC, Family, recognise, story_parts
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem, ListPage
from feedsvc.text.html import fold
from feedsvc.text.urls import canonical

NO_LIST = (
    "The page answered, but no list of articles was found on it. Choose the list by hand, or give the address of its "
    "feed."
)
_NEXT = (
    'link[rel~="next"], a[rel~="next"]',
    '[class~="p_next"] a, a[class~="next"], [class~="next"] a, [class~="page-next"] a, a[class~="nextpage"]',
)
_NEXT_WORDS = re.compile(
    r"(?:下一?页|后一页|next(?: page)?|older(?: posts| entries| news)?)\s*[>»›→]*|[>»›→]{1,2}", re.IGNORECASE
)
_PINNED = re.compile(r"^(?:[\[【(（]\s*(?:置顶|顶|top|hot|new)\s*[\]】)）]|置顶\s*[:：])\s*", re.IGNORECASE)
_TITLE_MARKS = "h1, h2, h3, h4, h5, h6, [class*=title], [class*=tit], [class*=headline], [class*=bt]"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A list item whose date may still lack its year."""

    item: ListItem
    day: MonthDay | None = None


def read_list(body: bytes, content_type: str, url: str, source: Source) -> ListPage:
    """The list on a page, in page order (pinned items stay where they stand), each address once.

    Follows `source.preset` and `source.list_rules` (CSS selectors `item`, `link`, `title`, `date`, `next`, `exclude`,
    and `min_items`). Raises ReadError where there is no list, a login is asked for, or fewer than `min_items` stand.
    """
    page = parse(body, content_type, url)
    family = recognise(page, source)
    zone = ZoneInfo(source.timezone)
    entries = [
        entry
        for element in _without(_elements(page, family, source), page, source)
        if (entry := _entry(page, element, family, source, zone))
    ]
    items = _once(_with_years(entries, zone))
    _check(page, items, family, source)
    return ListPage(items, _next(page, source, family), family.name)


def _elements(page: Page, family: Family, source: Source) -> list[HtmlElement]:
    rule = str(source.list_rules.get("item", ""))
    if rule:
        return select(page.root, rule, "list.item")
    for selector in family.items:
        found = _main_group([element for element in select(page.root, selector) if _anchor(page, element) is not None])
        if found:
            return found
    return cluster(page)


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


def _without(elements: list[HtmlElement], page: Page, source: Source) -> list[HtmlElement]:
    rule = str(source.list_rules.get("exclude", ""))
    if not rule:
        return elements
    out = select(page.root, rule, "list.exclude")
    unwanted = set(out)
    return [
        element
        for element in elements
        if element not in unwanted
        and not any(up in unwanted for up in element.iterancestors())
        and not any(element in bad.iterancestors() for bad in out)
    ]


def _entry(page: Page, element: HtmlElement, family: Family, source: Source, zone: ZoneInfo) -> _Entry | None:
    rules = source.list_rules
    link = first(element, str(rules["link"]), "list.link") if rules.get("link") else _anchor(page, element)
    url = page.link(link.get("href") or "") if link is not None else ""
    if link is None or not url or canonical(url) == canonical(page.url):
        return None
    title = _title(element, link, str(rules.get("title", "")), zone)
    if not title:
        return None
    found = _date(element, title, str(rules.get("date", "")), zone)
    upstream_id, _column = story_parts(family, url)
    item = ListItem(url, title, upstream_id=upstream_id)
    found = found or dates.in_url(url, zone)
    if isinstance(found, MonthDay):
        known = dates.year_in_url(url)
        return _Entry(_dated(item, found.in_year(known, zone))) if known else _Entry(item, found)
    return _Entry(_dated(item, found))


def _anchor(page: Page, element: HtmlElement) -> HtmlElement | None:
    """The link of an item: the one that says most, of those that lead somewhere."""
    links = [element] if element.tag == "a" else list(element.iter("a"))
    usable = [
        link for link in links if page.link(link.get("href") or "") and not (link.get("href") or "").startswith("#")
    ]
    return max(usable, key=lambda link: len(attribute(link, "title") or words(link)), default=None)


def _title(element: HtmlElement, link: HtmlElement, rule: str, zone: ZoneInfo) -> str:
    if rule:
        named = first(element, rule, "list.title")
        return _plain(attribute(named, "title") or words(named)) if named is not None else ""
    whole, shown = _plain(attribute(link, "title")), words(link)
    # Link text is often cut short; the title attribute is whole. Some sites put a tooltip there, which is no title.
    if whole and (not shown or _agree(whole, shown) or len(whole) >= 8):
        return whole
    marked = first(link, _TITLE_MARKS)
    if marked is not None and marked is not link and words(marked):
        return _plain(attribute(marked, "title") or words(marked))
    parts = [part for part in (fold(text) for text in link.itertext()) if part and dates.only(part, zone) is None]
    return _plain("".join(parts) if len(parts) == 1 else " ".join(parts))


def _agree(whole: str, shown: str) -> bool:
    start = re.sub(r"(?:\.{2,}|…+)\s*$", "", _plain(shown)).strip()
    return bool(start) and re.sub(r"\s", "", start) in re.sub(r"\s", "", whole)


def _plain(title: str) -> str:
    return _PINNED.sub("", title).strip()


def _date(element: HtmlElement, title: str, rule: str, zone: ZoneInfo) -> Moment | MonthDay | None:
    if rule:
        named = first(element, rule, "list.date")
        return _date_in(named, zone) or dates.find(said(named), zone) if named is not None else None
    for part in element.iter():
        if isinstance(part, HtmlElement) and (found := _date_in(part, zone)):
            return found
    # Dates that stand bare beside the link, in no element of their own.
    for text in element.itertext():
        if fold(text) and fold(text) not in title and (bare := dates.only(text, zone)):
            return bare
    return None


def _date_in(element: HtmlElement, zone: ZoneInfo) -> Moment | MonthDay | None:
    if element.tag == "time" and (found := dates.find(element.get("datetime") or "", zone)):
        return found
    text = said(element)
    return dates.only(text, zone) if 4 <= len(text) <= 48 else None


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


def _next(page: Page, source: Source, family: Family) -> str | None:
    """The older page, as the page links it: followed, never computed. Scripted links lead nowhere."""
    rule = str(source.list_rules.get("next", ""))
    chosen = [select(page.root, rule, "list.next")] if rule else [select(page.root, s) for s in (*family.next, *_NEXT)]
    links = [link for group in chosen for link in group]
    if not rule:
        links += [link for link in page.root.iter("a") if _NEXT_WORDS.fullmatch(words(link))]
    for link in links:
        anchor = link if link.get("href") else next(iter(link.iter("a")), None)
        url = page.link(anchor.get("href") or "") if anchor is not None else ""
        if url and not (anchor is not None and (anchor.get("href") or "").startswith("#")) and url != page.url:
            return url
    return None


def _check(page: Page, items: tuple[ListItem, ...], family: Family, source: Source) -> None:
    least = _least(source, family)
    if len(items) >= least:
        return
    if asks_for_login(page):
        msg = "The page asks for a login before it shows its list. Give an address that everyone may read."
        raise ReadError(msg)
    if not items:
        feed = first(page.root, 'link[rel~="alternate"][type*="rss"], link[rel~="alternate"][type*="atom"]')
        known = page.link(feed.get("href") or "") if feed is not None else ""
        raise ReadError(f"{NO_LIST} The page names this feed: {known}" if known else NO_LIST)
    msg = (
        f"The page answered, but its list holds {len(items)} articles where at least {least} are expected. Look at it; "
        "if it is right, lower min_items."
    )
    raise ReadError(msg)


def _least(source: Source, family: Family) -> int:
    rule = source.list_rules.get("min_items")
    if isinstance(rule, int):
        return max(rule, 1)
    # Without rules or a known CMS, one or two links that look alike are no list.
    return 3 if family is GENERIC and not source.list_rules.get("item") else 1
