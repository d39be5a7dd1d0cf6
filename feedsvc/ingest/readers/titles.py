"""The title of a story's page.

Extraction libraries take `<title>` or the first heading, which is wrong on whole families of CMS. What is right: the
longest heading (or element whose class says title) with which `<title>` begins, for sites append their name to it.
"""

import re
import unicodedata

from feedsvc.ingest.readers.declared import Declared
from feedsvc.ingest.readers.dom import Page, first, select, words
from feedsvc.ingest.readers.families import Family

_HEADINGS = (
    'h1, h2, h3, h4, h5, h6, [class*="title" i], [class*="tit" i], [class*="headline" i], [class*="biaoti" i], '
    '[class~="bt"], [itemprop="headline"], [id*="title" i]'
)
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
    texts = [text for element in select(page.root, _HEADINGS) if 1 < len(text := words(element)) <= _LONGEST]
    matched = _matched(texts, _document_title(page), listed)
    return matched or declared.title() or listed or _first_heading(page) or _document_title(page)


def _matched(texts: list[str], whole: str, listed: str) -> str:
    as_listed = next((text for text in texts if listed and _same(text) == _same(listed)), "")
    if as_listed:
        return as_listed
    return max((text for text in texts if _same(whole).startswith(_same(text))), key=len, default="")


def _document_title(page: Page) -> str:
    title = next(page.root.iter("title"), None)
    return words(title) if title is not None else ""


def _first_heading(page: Page) -> str:
    headings = [words(element) for element in page.root.iter("h1")]
    return headings[0] if len(headings) == 1 else ""


def _same(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
