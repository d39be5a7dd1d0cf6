"""The title of a story's page.

Extraction libraries take `<title>` or the first heading, which is wrong on whole families of CMS. What is right: the
longest heading (or element whose class says title) with which `<title>` begins, for sites append their name to it.
"""

import re
import unicodedata
from collections.abc import Iterable

from lxml.html import HtmlElement

from feedsvc.ingest.readers.declared import Declared
from feedsvc.ingest.readers.dom import Page, first, select, words
from feedsvc.ingest.readers.families import Family

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NAMED = re.compile(
    r"title|(?:^|[\s_-])(?:[a-z]+[-_]?)?tit(?:$|[\s_-])|headline|biaoti|(?:^|\s)bt(?:$|\s)", re.IGNORECASE
)
_JOINT = re.compile(r"[-–—|_·»:<•/]+")
_NEVER = frozenset({*_HEADINGS, "title", "meta", "body", "html", "script", "style", "link", "img"})
_LONGEST = 300


def read_title(page: Page, family: Family, rule: str, declared: Declared, listed: str) -> str:
    """The title; `rule` is the source's own selector, `listed` the title in the list. "" where the page has none."""
    if rule:
        named = first(page.root, rule, "article.title")
        return words(named) if named is not None else ""
    for selector in family.title:
        shown = next((text for element in select(page.root, selector) if (text := words(element))), "")
        if shown:
            return shown
    whole = _document_title(page)
    headings = _texts(page.root.iter(*_HEADINGS))
    matched = _matched(headings, whole, listed)
    if not matched or not (_ends_there(whole, matched) or _same(matched) == _same(listed)):
        called = (element for element in page.root.iter() if element.tag not in _NEVER and _is_called_title(element))
        matched = _matched(headings + _texts(called), whole, listed)
    return matched or declared.title() or listed or _before_suffix(page, whole) or _first_heading(page) or whole


def _texts(elements: Iterable[HtmlElement]) -> list[str]:
    return [text for element in elements if 1 < len(text := words(element)) <= _LONGEST]


def _ends_there(whole: str, heading: str) -> bool:
    """Does nothing follow the heading in the document's title but the name of the site?"""
    rest = _same(whole)[len(_same(heading)) :]
    return not rest or (len(_JOINT.findall(rest)) == 1 and _JOINT.match(rest) is not None)


def _before_suffix(page: Page, whole: str) -> str:
    """What any element says that the document's title repeats before the name of the site."""
    body = page.root.find("body")
    plain = body.iter("div", "p", "span", "td", "strong", "b") if body is not None else ()
    short = (element for element in plain if 1 < len(element.text_content().strip()) < len(whole))
    return next(
        (text for text in _texts(short) if _same(whole).startswith(_same(text)) and _ends_there(whole, text)), ""
    )


def _is_called_title(element: HtmlElement) -> bool:
    names, own = element.get("class"), element.get("id")
    return bool(
        (names and _NAMED.search(names)) or (own and _NAMED.search(own)) or element.get("itemprop") == "headline"
    )


def _matched(texts: list[str], whole: str, listed: str) -> str:
    named, document = _same(listed), _same(whole)
    as_listed = next((text for text in texts if named and _same(text) == named), "")
    if as_listed:
        return as_listed
    return max((text for text in texts if document.startswith(_same(text))), key=len, default="")


def _document_title(page: Page) -> str:
    title = next(page.root.iter("title"), None)
    return words(title) if title is not None else ""


def _first_heading(page: Page) -> str:
    headings = [words(element) for element in page.root.iter("h1")]
    return headings[0] if len(headings) == 1 else ""


def _same(text: str) -> str:
    """The text as it is compared: without white space, in one width and case."""
    return "".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split()).casefold()
