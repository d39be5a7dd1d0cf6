"""A page as a tree: parsing without surprises, selecting, and what an element says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from feedsvc.errors import ReadError
from feedsvc.text.charset import decode
from feedsvc.text.html import fold, plain_text
from feedsvc.text.urls import absolute

_CONTROLS = [chr(code) for code in (*range(0x20), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r"]
_REFERENCES = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]))(?![0-9a-f]);?", re.IGNORECASE
)
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)
_APART = re.compile(r"comment|related|sidebar|widget|footer|teaser", re.IGNORECASE)
_UNSAID = frozenset({"script", "style", "noscript", "template", "textarea", "select"})
_MARKS = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "an archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"Rar!", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
)
_FILE_TYPES = ("application/pdf", "application/zip", "application/msword", "application/vnd.", "application/octet-stream",
               "application/x-rar", "application/json", "image/", "audio/", "video/", "font/")  # fmt: skip


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
    """The tree of an HTML page. Raises ReadError for a file, an empty body, or one that holds no markup at all."""
    if kind := _kind_of_file(body, content_type):
        msg = (
            f"The address answered with {kind}, not with a page to read. Give the address of the page that links to it."
        )
        raise ReadError(msg)
    text = _without_controls(decode(body, content_type))
    # Parsed as bytes, because lxml refuses text that carries an XML declaration of its encoding.
    parser = HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_pis=True, remove_comments=True)
    # lxml.html asks a Python function for the class of every element it hands out; one class is enough here.
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        msg = "The page answered, but there was nothing on it. Check the address in a browser."
        raise ReadError(msg) from error
    named = root.xpath("string((//base/@href)[1])")
    base = absolute(url, str(named)) if named else ""
    return Page(url, base or url, text, root)


def _without_controls(text: str) -> str:
    """The page without characters that no tree takes, written as they are or as references (`&#11;`)."""
    for control in _CONTROLS:
        if control in text:
            text = text.replace(control, " ")
    return _REFERENCES.sub("\ufffd", text)


def _kind_of_file(body: bytes, content_type: str) -> str:
    """What the answer is if it is no page, "" for a page. The bytes tell first, for many servers name the type wrongly."""
    told = next((kind for mark, kind in _MARKS if body.startswith(mark)), "")
    if told:
        return told
    named = content_type.partition(";")[0].strip().lower()
    is_markup = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if not named.startswith(_FILE_TYPES) or is_markup:
        return ""
    return f"a file ({named})" if re.fullmatch(r"[\w.+/-]{3,80}", named) else "a file"


def select(root: HtmlElement, selector: str, rule: str = "") -> list[HtmlElement]:
    """The elements within `root` that a CSS selector names, in page order. Raises ReadError naming a bad `rule`."""
    try:
        found = _compiled(selector)(root)
    except Exception as error:
        # cssselect and libxml2 raise a dozen kinds for a selector they cannot read.
        where = f"The rule {rule} = {selector!r}" if rule else f"The selector {selector!r}"
        msg = f"{where} is not a CSS selector: {error}. Correct it and try again."
        raise ReadError(msg) from error
    return [element for element in found if isinstance(element, HtmlElement)]


@lru_cache(maxsize=512)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


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
    """The pieces of text in the element, in page order, scripts and styles left out."""
    if next(element.iter(*_UNSAID), element) is element:
        yield from element.itertext()
        return
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "start":
            if node is not element and node.tag in _UNSAID:
                walk.skip_subtree()
            elif node.text:
                yield node.text
        elif node is not element and node.tail:
            yield node.tail


def is_blank(element: HtmlElement) -> bool:
    """Does the element say nothing? Told without reading more of it than the first words."""
    return not any(text and not text.isspace() and fold(text) for text in element.itertext())


def lines(element: HtmlElement) -> list[str]:
    """What the element says, block by block."""
    return plain_text(outer_html(element)).split("\n")


def new(like: HtmlElement, tag: str, *children: HtmlElement, **attributes: str) -> HtmlElement:
    """A new element, made as the tree of `like` makes them. Moves the children into it."""
    element: HtmlElement = like.makeelement(tag, attributes)
    element.extend(children)
    return element


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


def stands_apart(element: HtmlElement) -> bool:
    """Does it stand among comments, in a side column or at the foot of the page?"""
    return any(
        up.tag in ("aside", "footer", "nav") or _APART.search(f"{up.get('class')} {up.get('id')}")
        for up in element.iterancestors()
        if up.tag != "body"
    )


def asks_for_login(page: Page) -> bool:
    """Does the page ask for a password?"""
    return bool(page.root.xpath("boolean(//input[translate(@type,'PASWORD','pasword')='password'])"))
