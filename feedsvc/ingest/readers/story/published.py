"""When a story was published, by what its page says: declared, written near the title, or standing in its address."""

import re
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.datewords import Order
from feedsvc.ingest.readers.declared import Declared
from feedsvc.ingest.readers.dom import Page, first, said

_ELSEWHERE = re.compile(r"comment|related|sidebar|widget|footer|teaser", re.IGNORECASE)


def by_rule(page: Page, rule: str, zone: ZoneInfo, order: Order) -> Moment | None:
    """The date in the element that the CSS selector `rule` names. Raises ReadError for a bad selector."""
    named = first(page.root, rule, "article.date")
    if named is None:
        return None
    return in_lines(page, [named.get("datetime") or "", named.get("content") or "", said(named)], zone, order)


def by_page(page: Page, lines: list[str], declared: Declared, zone: ZoneInfo, order: Order) -> Moment | None:
    """The date as declared, else from the `lines` near the title, else the page's one `<time>`, else the address's."""
    return (
        declared.published()
        or in_lines(page, lines, zone, order)
        or _only_time(page, zone, order)
        or dates.in_url(page.url, zone)
    )


def in_lines(page: Page, lines: list[str], zone: ZoneInfo, order: Order) -> Moment | None:
    """The first whole date in the lines that no label gives to something else.

    Where there is none: the date of a change, else a day without year, where the page's address names the year.
    """
    found = [pair for line in lines for pair in dates.every(line, zone, order) if not dates.is_other(pair[0])]
    first = next((moment for before, moment in found if not dates.is_change(before)), None)
    return first or next((moment for _, moment in found), None) or _without_year(page, lines, zone)


def _without_year(page: Page, lines: list[str], zone: ZoneInfo) -> Moment | None:
    year = dates.year_in_url(page.url)
    days = (dates.only(part, zone) for line in lines for part in line.split("|"))
    day = next((day for day in days if isinstance(day, MonthDay)), None) if year else None
    return day.in_year(year, zone) if day and year else None


def _only_time(page: Page, zone: ZoneInfo, order: Order) -> Moment | None:
    """The page's one `<time>`; where there are several, they belong to other stories."""
    found = [element for element in page.root.iter("time") if not _is_elsewhere(element)]
    times = {element.get("datetime") or said(element) for element in found}
    return dates.find(times.pop(), zone, order) if len(times) == 1 else None


def _is_elsewhere(element: HtmlElement) -> bool:
    """Does it stand among comments, in a side column or at the foot of the page?"""
    return any(
        up.tag in ("aside", "footer", "nav") or _ELSEWHERE.search(f"{up.get('class')} {up.get('id')}")
        for up in element.iterancestors()
    )
