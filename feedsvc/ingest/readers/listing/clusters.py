"""Groups of links that look like one list: they stand in the same frame, say something, and bear dates.

A frame is the chain of elements around a link, with what differs from entry to entry (numbers, odd and even, the
category of a post) left out. Groups are told apart further by the elements that hold several of their links (`blocks`), so
that two columns of one make are two lists and the rows of one grid are one.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dom import Page, words
from feedsvc.ingest.readers.listing import itemdates
from feedsvc.ingest.readers.listing.blocks import column_of, parted, row_of
from feedsvc.ingest.readers.listing.items import FEWEST, TELLING, link_title, width
from feedsvc.text.shapes import shape
from feedsvc.text.urls import canonical, host_of

LEAST_WORTH = 0.5
"""What is worth less is a menu: three titles of middling length without dates, in the middle of a page, are worth one."""

_MOST_LINKS = 4000
_LOOKED_AT = 60
_WIDE = 60
_ASIDE = frozenset(
    {
        "nav", "navbar", "navi", "navigation", "menu", "mainmenu", "submenu", "foot", "footer", "crumb", "crumbs", "breadcrumb",
        "breadcrumbs", "sidebar", "share", "social", "pager", "paging", "pagination", "friend", "friends", "friendlink",
        "lang", "language", "toolbar", "topbar", "copyright", "related", "quicklinks",
        "ticker", "marquee", "breaking", "carousel", "slider", "slides", "swiper", "slick", "popular", "widget",
    }
)  # fmt: skip
_ASIDE_WHOLE = frozenset({"header", "head", "top", "side", "links", "link", "aside", "left-nav", "quick-links"})
_VARIES = re.compile(
    r".*\d.*|odd|even|first|last|active|on|cur(?:rent)?|selected|sticky|hentry|clearfix|(?:category|tag|post|type|status|format|has|is)-.*"
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Group:
    """One list: a link and the row around it for each address, in page order, and how much it looks like news.

    `titled`: the links say what they lead to; else the rows' headings do.
    """

    links: tuple[HtmlElement, ...]
    rows: tuple[HtmlElement, ...]
    worth: float
    titled: bool = True


def groups(page: Page, zone: ZoneInfo) -> list[Group]:
    """The lists of a page, the likeliest first."""
    found = [_weighed(page, links, zone) for links in _merged(page, _framed(page, zone))]
    return sorted(
        (group for group in found if group.worth >= LEAST_WORTH), key=lambda group: (-group.worth, not group.titled)
    )


def stable_classes(element: HtmlElement) -> tuple[str, ...]:
    """The classes of an element that say what it is, not which of several."""
    return tuple(name for name in (element.get("class") or "").split() if not _VARIES.fullmatch(name.lower()))


def _framed(page: Page, zone: ZoneInfo) -> list[dict[str, HtmlElement]]:
    """The page's links by frame, then by the holders of several of them; one link for each address."""
    coarse: dict[tuple[str, ...], dict[str, list[HtmlElement]]] = {}
    here = canonical(page.url)
    for link in _links(page):
        url = canonical(page.link(link.get("href") or ""))
        if url != here:
            coarse.setdefault(_frame(link), {}).setdefault(url, []).append(link)
    return [_without_labels(fine, zone) for links in coarse.values() for fine in parted(links, zone)]


def _without_labels(links: dict[str, HtmlElement], zone: ZoneInfo) -> dict[str, HtmlElement]:
    """The links without short names that lead elsewhere than most: the category before a title, the way to the whole list."""
    shapes = {url: shape(url) for url in links}
    usual, count = Counter(shapes.values()).most_common(1)[0]
    if count * 2 < len(links):
        return links
    return {
        url: link for url, link in links.items() if shapes[url] == usual or width(link_title(link, zone)) >= TELLING
    }


def _links(page: Page) -> Iterator[HtmlElement]:
    for number, link in enumerate(page.root.iter("a")):
        if number >= _MOST_LINKS:
            return
        href = link.get("href") or ""
        if href and not href.startswith("#") and page.link(href):
            yield link


def _frame(link: HtmlElement) -> tuple[str, ...]:
    return tuple(f"{up.tag!s}.{'.'.join(sorted(stable_classes(up)))}" for up in _upwards(link))


def _upwards(link: HtmlElement) -> Iterator[HtmlElement]:
    yield link
    yield from link.iterancestors()


def _merged(page: Page, parts: list[dict[str, HtmlElement]]) -> list[list[HtmlElement]]:
    """Groups whose rows are children of one element, made alike, and lead to addresses of one shape are one list."""
    order = {link: number for number, link in enumerate(page.root.iter("a"))}
    found: dict[tuple[object, ...], dict[str, HtmlElement]] = {}
    for links in parts:
        alike = list(links.values())
        row = row_of(alike, alike[0])
        inner = tuple(
            (step, column_of(up))
            for up, step in zip(_upwards(alike[0]), _frame(alike[0]), strict=True)
            if row in up.iterancestors()
        )
        kind = Counter(shape(page.link(link.get("href") or "")) for link in alike).most_common(1)[0][0]
        merged = found.setdefault((row.getparent(), row.tag, inner, kind), {})
        for url, link in links.items():
            merged.setdefault(url, link)
    return [sorted(links.values(), key=order.__getitem__) for links in found.values() if len(links) >= FEWEST]


def _weighed(page: Page, links: list[HtmlElement], zone: ZoneInfo) -> Group:
    own = frozenset(links)
    rows = [row_of(own, link) for link in links]
    titles = [link_title(link, zone) for link in links]
    titled = len(set(titles)) > 0.6 * len(titles) and sum(map(width, titles)) >= 6 * len(titles)
    if not titled:
        titles = [_heading(row) for row in rows]
    seen = list(zip(links, rows, titles, strict=True))[:_LOOKED_AT]
    told = [entry for entry in seen if width(entry[2]) >= TELLING]
    if len({title for *_, title in told}) < FEWEST:
        return Group(tuple(links), tuple(rows), 0.0, titled)
    days = itemdates.of_rows([row for _, row, _ in told], [title for *_, title in told], zone)
    worth = sum(_entry_worth(page, link, title, day, zone) for (link, _, title), day in zip(told, days, strict=True))
    # Without any date, short names as most of the titles tell a menu.
    worth *= 1.0 if any(days) else min(1.0, 2 * len(told) / len(seen))
    aside = sum(_is_aside(row) for row in rows) / len(rows)
    return Group(tuple(links), tuple(rows), worth * _evenness(page, links) * (1 - 0.9 * aside), titled)


def _entry_worth(page: Page, link: HtmlElement, title: str, day: itemdates.Day | None, zone: ZoneInfo) -> float:
    url = page.link(link.get("href") or "")
    worth = min(width(title), _WIDE) / _WIDE
    # Of two links to one story, a picture and its headline, the headline.
    worth += 0.05 if words(link) else 0.0
    worth += 1.5 if day or dates.in_url(url, zone) else 0.0
    return worth - (0.8 if host_of(url) != host_of(page.url) else 0.0)


def _evenness(page: Page, links: list[HtmlElement]) -> float:
    """How far the addresses are of one shape: from a half to 1."""
    shapes = Counter(shape(page.link(link.get("href") or "")) for link in links)
    return 0.5 + 0.5 * shapes.most_common(1)[0][1] / len(links)


def _heading(row: HtmlElement) -> str:
    return next((text for name in HEADINGS for part in row.iter(name) if (text := words(part))), "")


def _is_aside(row: HtmlElement) -> bool:
    for up in _upwards(row):
        if up.tag in ("html", "body"):
            break
        if up.tag in ("nav", "footer", "aside") or (up.tag == "header" and up is not row):
            return True
        names = f"{up.get('class') or ''} {up.get('id') or ''}".split()
        if any(name.lower() in _ASIDE_WHOLE or _ASIDE & _words_of(name) for name in names):
            return True
    return False


def _words_of(name: str) -> set[str]:
    """The words that a class or an id is made of: `navFooter-col2` gives nav, footer and col."""
    return set(re.split(r"[-_\d]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()))
