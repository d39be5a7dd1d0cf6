"""The older page of a list, as the page links it: followed, never computed. Scripted links lead nowhere."""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, select, words
from feedsvc.ingest.readers.families import Family
from feedsvc.ingest.readers.listing.items import Rules

_NEXT = (
    "link[rel~=next], a[rel~=next]",
    ".p_next a, a.next, .next a, .page-next a, a.nextpage",
)
_NEXT_WORDS = re.compile(
    r"[<«‹←]*\s*(?:下一?页|后一页|next(?: page)?|older(?: posts| entries| news)?)\s*[>»›→]*|[>»›→]{1,2}", re.IGNORECASE
)
_PREVIOUS_WORDS = re.compile(
    r"[<«‹←]*\s*(?:上一?页|前一?页|prev(?:ious)?(?: page)?|newer(?: posts| entries| news)?)\s*[>»›→]*|[<«‹←]{1,2}",
    re.IGNORECASE,
)


def next_page(page: Page, rules: Rules, family: Family) -> str | None:
    """The address of the older page, None where the page links none. Raises ReadError for a bad rule."""
    return next((url for link in _links(page, rules, family) if (url := _target(page, link))), None)


def next_rule(page: Page, family: Family) -> str:
    """A selector that finds the link which `next_page` finds without one; "" where there is none.

    "" also where only its words tell the link: a path to it would lead to "Previous" on the page after.
    """
    wanted = next_page(page, Rules(), family)
    if wanted is None:
        return ""
    known = [part.strip() for selector in (*family.next, *_NEXT) for part in selector.split(", ")]
    return next((way for way in known if next_page(page, Rules(next=way), family) == wanted), "")


def _links(page: Page, rules: Rules, family: Family) -> Iterator[HtmlElement]:
    if rules.next:
        yield from _onward(select(page.root, rules.next, "list.next"))
        return
    for selector in (*family.next, *_NEXT):
        yield from _onward(select(page.root, selector))
    yield from (link for link in page.root.iter("a") if _NEXT_WORDS.fullmatch(words(link)))


def _onward(found: Iterable[HtmlElement]) -> list[HtmlElement]:
    """The links that may lead to the older page, those that say so first; none where one says only the way back."""
    links = [link for element in found for link in ([element] if element.get("href") else element.iter("a"))]
    onward = [link for link in links if _NEXT_WORDS.fullmatch(words(link))]
    if not onward and any(_PREVIOUS_WORDS.fullmatch(words(link)) for link in links):
        return []
    return [*onward, *(link for link in links if link not in onward and not _PREVIOUS_WORDS.fullmatch(words(link)))]


def _target(page: Page, link: HtmlElement) -> str | None:
    href = link.get("href") or ""
    url = page.link(href)
    return url if url and not href.startswith("#") and url != page.url else None
