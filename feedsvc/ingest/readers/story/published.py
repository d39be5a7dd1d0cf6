"""When a story was published, by what its page says: declared, written near the title, or standing in its address."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.datewords import Order
from feedsvc.ingest.readers.declared import Declared
from feedsvc.ingest.readers.dom import Page, first, said, stands_apart

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def by_rule(page: Page, rule: str, zone: ZoneInfo, order: Order) -> Moment | None:
    """The date in the element that the CSS selector `rule` names. Raises ReadError for a bad selector."""
    named = first(page.root, rule, "article.date")
    if named is None:
        return None
    return in_lines(page, [named.get("datetime") or "", named.get("content") or "", said(named)], zone, order)


def by_page(page: Page, lines: list[str], text: str, declared: Declared, zone: ZoneInfo, order: Order) -> Moment | None:
    """The date as declared, else from the `lines` near the title, else the page's one `<time>`, else the address's.

    `text` is the beginning of the story: a day on which it says that somebody was born or died is not the story's.
    """
    return (
        declared.published()
        or in_lines(page, lines, zone, order, text)
        or _only_time(page, zone, order)
        or dates.in_url(page.url, zone)
    )


def in_lines(page: Page, lines: list[str], zone: ZoneInfo, order: Order, text: str = "") -> Moment | None:
    """The first whole date in the lines that no label, and nothing in them or in `text`, gives to something else.

    Where there is none: the date of a change, else a day without year, where the page's address names the year.
    """
    told = [mention for line in lines for mention in dates.every(line, zone, order)]
    lives = _lives([*lines, text], zone, order) if told else frozenset()
    found = [mention for mention in told if mention.moment.instant not in lives and not dates.is_other(mention.before)]
    first = next((mention.moment for mention in found if not dates.is_change(mention.before)), None)
    return first or next((mention.moment for mention in found), None) or _without_year(page, lines, zone)


def _lives(texts: list[str], zone: ZoneInfo, order: Order) -> frozenset[datetime]:
    """The days on which the texts say that somebody was born or died, long before: they tell of later years, too."""
    latest = max((int(year) for text in texts for year in _YEAR.findall(text)), default=0)
    told = (mention for text in texts for mention in dates.every(text, zone, order))
    days = (mention.moment.instant for mention in told if dates.is_of_a_life(mention))
    return frozenset(day for day in days if day.year + 1 < latest)


def _without_year(page: Page, lines: list[str], zone: ZoneInfo) -> Moment | None:
    year = dates.year_in_url(page.url)
    days = (dates.only(part, zone) for line in lines for part in line.split("|"))
    day = next((day for day in days if isinstance(day, MonthDay)), None) if year else None
    return day.in_year(year, zone) if day and year else None


def _only_time(page: Page, zone: ZoneInfo, order: Order) -> Moment | None:
    """The page's one `<time>`; where there are several, they belong to other stories."""
    found = [element for element in page.root.iter("time") if not stands_apart(element)]
    times = {element.get("datetime") or said(element) for element in found}
    return dates.find(times.pop(), zone, order) if len(times) == 1 else None
