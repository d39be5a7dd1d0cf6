"""A page as a tree: parsing without surprises, selecting, and what an element says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from feedsvc.errors import ReadError
from feedsvc.text.charset import decode
from feedsvc.text.html import fold, plain_text
from feedsvc.text.urls import absolute

_UNSAID = frozenset({"script", "style", "noscript", "template", "textarea", "select"})


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its address after redirects, the base of its links, its text and its tree."""

    url: str
    base: str
    text: str
    root: HtmlElement

    def link(self, href: str) -> str:
        """An absolute http(s) address for what stands in a href or src, "" where it is none."""
        return absolute(self.base, href)


def parse(body: bytes, content_type: str, url: str) -> Page:
    """The tree of an HTML page. Raises ReadError for an empty body or one that holds no markup at all."""
    text = decode(body, content_type).replace("\x00", "\ufffd")
    # Parsed as bytes, because lxml refuses text that carries an XML declaration of its encoding.
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True)
    try:
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        msg = "The page answered, but there was nothing on it. Check the address in a browser."
        raise ReadError(msg) from error
    named = root.xpath("string((//base/@href)[1])")
    base = absolute(url, str(named)) if named else ""
    return Page(url, base or url, text, root)


def select(root: HtmlElement, selector: str, rule: str = "") -> list[HtmlElement]:
    """The elements within `root` that a CSS selector names, in page order. Raises ReadError naming a bad `rule`."""
    try:
        found = CSSSelector(selector, translator="html")(root)
    except Exception as error:
        # cssselect and libxml2 raise a dozen kinds for a selector they cannot read.
        where = f"The rule {rule} = {selector!r}" if rule else f"The selector {selector!r}"
        msg = f"{where} is not a CSS selector: {error}. Correct it and try again."
        raise ReadError(msg) from error
    return [element for element in found if isinstance(element, HtmlElement)]


def first(root: HtmlElement, selector: str, rule: str = "") -> HtmlElement | None:
    """The first element that a CSS selector names, None for none. Raises ReadError as `select` does."""
    return next(iter(select(root, selector, rule)), None)


def said(element: HtmlElement) -> str:
    """What the element says, on one line; a space stands between its parts."""
    return fold(" ".join(texts(element)))


def words(element: HtmlElement) -> str:
    """What the element says, on one line, its parts set together as the page has them."""
    return fold("".join(texts(element)))


def texts(element: HtmlElement) -> Iterator[str]:
    """The pieces of text in the element, scripts and styles left out."""
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in _UNSAID and node.text:
            yield node.text
        if node is not element and node.tail:
            yield node.tail


def lines(element: HtmlElement) -> list[str]:
    """What the element says, block by block."""
    return plain_text(outer_html(element)).split("\n")


def outer_html(element: HtmlElement) -> str:
    """The element as HTML, without what follows it."""
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def remove(element: HtmlElement) -> None:
    """Take the element out of its tree; what follows it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def attribute(element: HtmlElement, name: str) -> str:
    """An attribute's value, folded; "" where there is none."""
    return fold(element.get(name) or "")


def asks_for_login(page: Page) -> bool:
    """Does the page ask for a password?"""
    return bool(page.root.xpath("boolean(//input[translate(@type,'PASWORD','pasword')='password'])"))


def is_family(page: Page, pattern: re.Pattern[str]) -> bool:
    """Does the source text bear a mark?"""
    return pattern.search(page.text) is not None
