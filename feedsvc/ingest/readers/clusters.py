"""Finding the list on a page of no known family: links that stand in the same frame, say something, and bear dates."""

import re

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, attribute, words
from feedsvc.text.urls import canonical, host_of

_ASIDE = re.compile(
    r"\b(?:nav|menu|foot(?:er)?|head(?:er)?|top|crumbs?|breadcrumbs?|side(?:bar)?|share|social|pag(?:e|ing|er|ination)|friend|links?|lang)\b"
)
_DATE = re.compile(
    r"\d{4}\s?[-./年]\s?\d{1,2}|\d{1,2}\s?[-./月]\s?\d{1,2}|\b[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\b"
)
_ROWS = frozenset({"li", "tr", "article", "dd", "dl", "section"})
_FRAME = 4


def cluster(page: Page) -> list[HtmlElement]:
    """The items of the page's main list, in page order; empty where no group of links looks like one."""
    groups: dict[tuple[str, ...], dict[str, HtmlElement]] = {}
    for link in page.root.iter("a"):
        url = page.link(link.get("href") or "")
        if not url or (link.get("href") or "").startswith("#") or canonical(url) == canonical(page.url):
            continue
        groups.setdefault(_frame(link), {}).setdefault(canonical(url), link)
    best = max(groups.values(), key=lambda links: _worth(page, list(links.values())), default={})
    links = list(best.values())
    return [_row(link, links) for link in links] if _worth(page, links) > 0 else []


def _worth(page: Page, links: list[HtmlElement]) -> float:
    if len(links) < 3:
        return 0.0
    worth = 0.0
    for link in links:
        title = attribute(link, "title") or words(link)
        length = sum(2 if letter > "\u2e80" else 1 for letter in title)
        if length < 12:
            continue
        row = _row(link, links)
        worth += min(length, 60) / 60
        worth += 1.5 if _DATE.search(words(row).replace(title, "")) or next(row.iter("time"), None) is not None else 0.0
        worth -= 0.8 if host_of(page.link(link.get("href") or "")) != host_of(page.url) else 0.0
    aside = sum(_is_aside(link) for link in links) / len(links)
    return worth * (1 - 0.9 * aside)


def _is_aside(link: HtmlElement) -> bool:
    for up in link.iterancestors():
        if up.tag in ("nav", "footer", "header", "aside"):
            return True
        if up.tag not in ("html", "body") and _ASIDE.search(f"{up.get('class') or ''} {up.get('id') or ''}".lower()):
            return True
    return False


def _frame(link: HtmlElement) -> tuple[str, ...]:
    """The tags and classes around a link; what differs from item to item (numbers, odd and even) does not count."""
    frame = ["a"]
    for up in link.iterancestors():
        names = re.sub(r"\d+|\b(?:odd|even|first|last|active|on|cur(?:rent)?)\b", "", (up.get("class") or "").lower())
        frame.append(f"{up.tag!s}.{'.'.join(sorted(names.split()))}")
        if len(frame) > _FRAME:
            break
    return tuple(frame)


def _row(link: HtmlElement, links: list[HtmlElement]) -> HtmlElement:
    """The largest element around a link that holds no other link of the list, at most a row."""
    others = set(links) - {link}
    row = link
    for up in link.iterancestors():
        if up.tag in ("body", "html", "ul", "ol", "table", "tbody") or any(other in others for other in up.iter("a")):
            break
        row = up
        if up.tag in _ROWS:
            break
    return row
