"""The older page of a list, as the page links it: followed, never computed. Scripted links lead nowhere."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, select, words
from feedsvc.ingest.readers.families import Family
from feedsvc.ingest.readers.listing.items import Rules
from feedsvc.ingest.readers.listing.selectors import within

_NEXT = (
    "link[rel~=next], a[rel~=next]",
    ".p_next a, a.next, .next a, .page-next a, a.nextpage",
)
_NEXT_WORDS = re.compile(
    r"(?:下一?页|后一页|next(?: page)?|older(?: posts| entries| news)?)\s*[>»›→]*|[>»›→]{1,2}", re.IGNORECASE
)


def next_page(page: Page, rules: Rules, family: Family) -> str | None:
    """The address of the older page, None where the page links none. Raises ReadError for a bad rule."""
    return next((url for link in _links(page, rules, family) if (url := _target(page, link))), None)


def next_rule(page: Page, family: Family) -> str:
    """A selector that finds the link which `next_page` finds without one; "" where there is none."""
    wanted = next_page(page, Rules(), family)
    if wanted is None:
        return ""
    known = [part.strip() for selector in (*family.next, *_NEXT) for part in selector.split(", ")]
    link = next(link for link in _links(page, Rules(), family) if _target(page, link) == wanted)
    ways = [*known, *(way for way in within(page.root, link) if way != "a")]
    return next((way for way in ways if next_page(page, Rules(next=way), family) == wanted), "")


def _links(page: Page, rules: Rules, family: Family) -> Iterator[HtmlElement]:
    if rules.next:
        yield from select(page.root, rules.next, "list.next")
        return
    for selector in (*family.next, *_NEXT):
        yield from select(page.root, selector)
    yield from (link for link in page.root.iter("a") if _NEXT_WORDS.fullmatch(words(link)))


def _target(page: Page, link: HtmlElement) -> str | None:
    anchor = link if link.get("href") else next(iter(link.iter("a")), None)
    href = (anchor.get("href") or "") if anchor is not None else ""
    url = page.link(href)
    return url if url and not href.startswith("#") and url != page.url else None
