"""What hangs on a story without being part of it, told by its words and by the names of its elements.

Breadcrumbs, counters, votes, sharing, the size of letters, links to neighbours and to related stories go wherever they
stand; labels of editors, sources and copyright go at the beginning and the end alone, for within a story they may be told, and a
date by itself at the beginning.
"""

import re
from collections.abc import Iterable
from itertools import takewhile
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.dom import is_blank, remove, said
from feedsvc.ingest.readers.story.clutterwords import is_edge, is_foreign, is_section, is_sentence, is_tally, label_of
from feedsvc.text.html import fold

_TAGS = ("noscript", "template", "link", "meta", "input", "button", "select", "textarea")
_NAMES = re.compile(
    r"(?:^|\s)(?:WP_VisitCount|related|related-posts|xgyd|xgwz|xgxw|share|addthis|breadcrumbs?|position|prevnext|prev-next"
    r"|pagination|page_nav|visually-hidden|sr-only|screen-reader-text|print)(?=\s|$)"
    r"|related-?article|bdshare|bshare|social-?share|share-button|sharedaddy|jiathis|addthis_|a2a_kit|post-nav|newsletter-sign",
    re.IGNORECASE,
)
_IDS = re.compile(r"^(?:div_vote|vote)|related-?posts?|^breadcrumbs?$", re.IGNORECASE)
_UNSHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LONGEST = 200
_EDGE = 6
_MOST = 0.4
_ANY_ZONE = ZoneInfo("UTC")


def declutter(root: HtmlElement) -> None:
    """Take away what stands in `root` without being part of its story."""
    _drop(list(root.iter("script", "style")))
    # What is clutter anywhere else is sometimes the story's own frame: one that waits for a script, say.
    most = _letters(root) * _MOST
    for element in list(root.iter(*_TAGS)):
        if _letters(element) <= most:
            remove(element)
        else:
            element.drop_tag()
    _drop([element for element in root.iter() if _is_hidden(element) and _letters(element) <= 2 * most])
    _drop([element for element in root.iter() if _is_marked(element) and _letters(element) <= most])
    blocks = list(root.iter("p", "div", "span", "li", "td", "h2", "h3", "h4", "h5", "h6", "strong", "ul"))
    _drop(block for block in blocks if _is_clutter(block))
    _drop_sections(root)
    _trim(root)


def _drop(elements: Iterable[HtmlElement]) -> None:
    for element in elements:
        remove(element)


def _letters(element: HtmlElement) -> int:
    return sum(map(len, element.itertext()))


def _is_hidden(element: HtmlElement) -> bool:
    """Is it not shown?"""
    return bool(element.attrib) and (
        element.get("hidden") is not None or _UNSHOWN.search(element.get("style") or "") is not None
    )


def _is_marked(element: HtmlElement) -> bool:
    """Is it clutter by its class or its id?"""
    return bool(element.attrib) and (
        _NAMES.search(element.get("class") or "") is not None or _IDS.search(element.get("id") or "") is not None
    )


def _is_clutter(block: HtmlElement) -> bool:
    text = _line(block)
    return bool(text) and (is_foreign(text) or _is_linked(block, text))


def _line(element: HtmlElement) -> str:
    """What a short element says; "" for a long one, a sentence, and one with a picture."""
    glued = element.text_content().strip()
    if not 0 < len(glued) <= _LONGEST or is_sentence(glued) or _shows(element):
        return ""
    return said(element)


def _shows(element: HtmlElement) -> bool:
    return next(element.iter("img", "table"), None) is not None


def _is_linked(block: HtmlElement, text: str) -> bool:
    """Is it a label and, but for that, a link?"""
    label = label_of(text)
    return bool(label) and _linked(block) >= len(text) - len(label) - 3 > 0


def _linked(block: HtmlElement) -> int:
    return sum(len(said(link)) for link in block.iter("a"))


def _drop_sections(root: HtmlElement) -> None:
    """Take away headings of related stories, with the links that follow them."""
    for heading in list(root.iter("h2", "h3", "h4", "h5", "h6", "p", "div", "strong", "b", "span")):
        if heading.getparent() is None or not is_section(_line(heading)):
            continue
        block = _frame(heading, root)
        following = list(takewhile(_is_links, block.itersiblings()))
        if following or block.getnext() is None:
            _drop([block, *following])


def _frame(element: HtmlElement, root: HtmlElement) -> HtmlElement:
    """The outermost element that says no more than this one."""
    for above in element.iterancestors():
        if above is root or not _says_only(above, element):
            break
        element = above
    return element


def _says_only(above: HtmlElement, element: HtmlElement) -> bool:
    """Does nothing of what is in `above` say anything but its child `element`?"""
    loose = (above.text, *(child.tail for child in above))
    return not any(text and fold(text) for text in loose) and all(
        child is element or is_blank(child) for child in above
    )


def _is_links(block: HtmlElement) -> bool:
    """Does a block hold nothing but links?"""
    text = said(block)
    return _linked(block) >= 0.8 * len(text)


def _trim(root: HtmlElement) -> None:
    """Take away lines at the beginning and the end that are no part of the story."""
    for last in (False, True):
        for _ in range(_EDGE):
            block = _outermost(root, last)
            if block is None or _shows(block):
                break
            if is_edge(said(block)):
                remove(block)
            elif _is_bare(frame := _frame(block, root), root, last):
                remove(frame)
            else:
                break


def _is_bare(block: HtmlElement, root: HtmlElement, last: bool) -> bool:
    """Is it a paragraph of votes, or at the beginning of a day with its year, while the rest of the story says more?"""
    if block.tag not in ("p", "div") or (block.tail or "").strip():
        return False
    text = said(block)
    return (is_tally(text) or (not last and _is_day(text))) and text != said(root)


def _is_day(text: str) -> bool:
    return len(text) <= _LONGEST and isinstance(dates.only(text, _ANY_ZONE), dates.Moment)


def _outermost(root: HtmlElement, last: bool) -> HtmlElement | None:
    """The first or the last block that says something and holds no other such block."""
    block: HtmlElement | None = root
    found = None
    while block is not None:
        children = [child for child in block if isinstance(child.tag, str)]
        loose = (children[-1].tail if last else block.text) if children else None
        if loose and loose.strip():
            break
        block = next((child for child in (reversed(children) if last else children) if not is_blank(child)), None)
        if block is not None and block.tag not in ("a", "b", "em", "i", "strong", "font", "u"):
            found = block
    return found
