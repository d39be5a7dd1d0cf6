"""A page as blocks and runs: a run is the text between two block boundaries, or a picture that stands alone.

A choice of runs can be built into a tree of its own, with the markup they have on the page.
"""

from copy import deepcopy
from dataclasses import dataclass, field

from lxml.etree import SubElement
from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import texts
from feedsvc.text.html import fold

_INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
     "ins", "kbd", "label", "mark", "noscript", "picture", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "source",
     "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "iframe", "embed", "object")
)  # fmt: skip
_UNSEEN = frozenset(
    ("applet", "audio", "base", "button", "canvas", "datalist", "dialog", "head", "input", "link", "math", "meta", "nav",
     "optgroup", "option", "param", "script", "select", "style", "svg", "template", "textarea", "title", "track", "video")
)  # fmt: skip
_SHOWN = ("img", "iframe", "embed", "object", "noscript")
_WITHIN_LINES = _INLINE | _UNSEEN
_BREAKS = frozenset({"br", "hr"})
_KEPT = frozenset(
    {"class", "id", "style", "align", "lang", "dir", "start", "colspan", "rowspan", "scope", "hidden", "href", "title"}
)
_CAPTION = 400


@dataclass(slots=True, eq=False)
class Run:
    """A stretch of text within `block` (`text` without its white space), or pictures alone (`text` is "")."""

    block: "Block"
    pieces: list[HtmlElement | str] = field(default_factory=list)
    text: str = ""
    kept: bool = False

    def line(self) -> str:
        """What it says, on one line; a space stands between its pieces."""
        return fold(" ".join(piece if isinstance(piece, str) else " ".join(texts(piece)) for piece in self.pieces))


@dataclass(slots=True, eq=False)
class Block:
    """An element that holds runs and other blocks, in page order; `above` is the block that holds it.

    `total` and `kept` count the letters of its text and of the part of it that is kept.
    """

    element: HtmlElement
    above: "Block | None" = None
    parts: "list[Run | Block]" = field(default_factory=list)
    total: int = 0
    kept: int = 0

    def runs(self) -> list[Run]:
        """The runs in page order."""
        found: list[Run] = []
        self._gather(found)
        return found

    def _gather(self, found: list[Run]) -> None:
        for part in self.parts:
            if isinstance(part, Run):
                found.append(part)
            else:
                part._gather(found)

    def count(self) -> None:
        """Count the letters, once it is decided which runs are kept."""
        for part in self.parts:
            if isinstance(part, Block):
                part.count()
                self.total += part.total
                self.kept += part.kept
            else:
                self.total += len(part.text)
                self.kept += len(part.text) if part.kept else 0

    def dissolve(self) -> None:
        """Let go of the parts, which name their block in turn: else a page's tree waits in memory for the collector."""
        for part in self.parts:
            if isinstance(part, Block):
                part.dissolve()
        self.parts.clear()


def squash(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def plan(element: HtmlElement, whole: frozenset[HtmlElement] = frozenset()) -> Block:
    """The blocks and runs of an element's tree; each element of `whole` is one kept run without text, not looked into."""
    block = Block(element)
    _fill(block, whole)
    return block


def built(block: Block) -> HtmlElement | None:
    """A copy of the block with its kept runs alone; None where it has none."""
    element = block.element
    copy: HtmlElement = element.makeelement("div" if element.tag == "body" else str(element.tag), _attributes(element))
    return copy if _build(copy, block) else None


def _build(copy: HtmlElement, block: Block) -> bool:
    """Put the kept runs of a block into its copy; is there more among them than breaks?"""
    shows = False
    for part in block.parts:
        if isinstance(part, Block):
            # Much cheaper than an element by itself, which is a document by itself.
            inner = SubElement(copy, str(part.element.tag), _attributes(part.element))
            if _build(inner, part):
                shows = True
            else:
                copy.remove(inner)
        elif part.kept:
            shows = shows or any(isinstance(piece, str) or piece.tag not in _BREAKS for piece in part.pieces)
            for piece in part.pieces:
                append(copy, piece)
    return shows


def _attributes(element: HtmlElement) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items() if name in _KEPT} if element.attrib else {}


def append(parent: HtmlElement, part: HtmlElement | str) -> None:
    """Put text or a copy of an element, without what follows it, at the end of `parent`."""
    if not isinstance(part, str):
        if len(part):
            whole = deepcopy(part)
            whole.tail = None
            parent.append(whole)
        else:
            SubElement(parent, str(part.tag), dict(part.attrib)).text = part.text
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + part
    else:
        parent.text = (parent.text or "") + part


def _fill(block: Block, whole: frozenset[HtmlElement]) -> None:
    element = block.element
    text = element.text
    pieces: list[HtmlElement | str] = [text] if text else []
    for child in element:
        tag = child.tag
        if tag in _INLINE and child not in whole and not (len(child) and _holds_block(child, whole)):
            pieces.append(child)
        elif tag not in _UNSEEN:
            if tag in _BREAKS:
                pieces.append(child)
            if pieces:
                _end(block, pieces)
                pieces = []
            _place(block, child, whole)
        tail = child.tail
        if tail:
            pieces.append(tail)
    if pieces:
        _end(block, pieces)


def _holds_block(element: HtmlElement, whole: frozenset[HtmlElement]) -> bool:
    """Does a block begin within an inline element?"""
    return any(part.tag not in _WITHIN_LINES or part in whole for part in element.iter())


def _place(block: Block, child: HtmlElement, whole: frozenset[HtmlElement]) -> None:
    """Put what is no run into its block."""
    tag = child.tag
    if child in whole:
        block.parts.append(Run(block, [child], kept=True))
    elif tag == "figure" and _is_picture(child):
        block.parts.append(Run(block, [child]))
    elif tag not in _BREAKS:
        inner = Block(child, block)
        _fill(inner, whole)
        if inner.parts:
            block.parts.append(inner)


def _is_picture(figure: HtmlElement) -> bool:
    """Does a figure show a picture, rather than quote or tabulate?"""
    return next(figure.iter(*_SHOWN), None) is not None and len("".join(texts(figure))) <= _CAPTION


def _end(block: Block, pieces: list[HtmlElement | str]) -> None:
    """Put a run of pieces into its block if it says or shows anything."""
    said: list[str] = []
    shows = False
    for piece in pieces:
        if isinstance(piece, str):
            said.append(piece)
        elif len(piece):
            shows = shows or next(piece.iter(*_SHOWN), None) is not None
            said += texts(piece)
        else:
            shows = shows or piece.tag in _SHOWN
            if piece.text:
                said.append(piece.text)
    text = squash("".join(said))
    if text or shows:
        block.parts.append(Run(block, pieces, text))
