"""A page as blocks and runs: a run is the text between two block boundaries, or a picture that stands alone.

A choice of runs can be built into a tree of its own, with the markup they have on the page.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

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

    def runs(self) -> Iterator[Run]:
        """The runs in page order."""
        for part in self.parts:
            if isinstance(part, Run):
                yield part
            else:
                yield from part.runs()

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
    pieces: list[HtmlElement | str] = []
    for part in block.parts:
        if isinstance(part, Block):
            inner = built(part)
            pieces += [] if inner is None else [inner]
        elif part.kept:
            pieces += part.pieces
    if not any(isinstance(piece, str) or piece.tag not in _BREAKS for piece in pieces):
        return None
    element = block.element
    attributes = {str(name): str(value) for name, value in element.attrib.items() if name in _KEPT}
    copy: HtmlElement = element.makeelement("div" if element.tag == "body" else str(element.tag), attributes)
    for piece in pieces:
        append(copy, piece)
    return copy


def append(parent: HtmlElement, part: HtmlElement | str) -> None:
    """Put text or an element at the end of `parent`; an element of another tree is copied without what follows it."""
    if not isinstance(part, str):
        if part.getparent() is not None:
            part = deepcopy(part)
            part.tail = None
        parent.append(part)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + part
    else:
        parent.text = (parent.text or "") + part


def _fill(block: Block, whole: frozenset[HtmlElement]) -> None:
    run = Run(block)
    if block.element.text:
        run.pieces.append(block.element.text)
    for child in block.element:
        tag = child.tag
        if tag in _INLINE and child not in whole and not (len(child) and _holds_block(child, whole)):
            run.pieces.append(child)
        elif tag not in _UNSEEN:
            run = _place(run, child, whole)
        if child.tail:
            run.pieces.append(child.tail)
    _end(run)


def _holds_block(element: HtmlElement, whole: frozenset[HtmlElement]) -> bool:
    """Does a block begin within an inline element?"""
    return any(part.tag not in _WITHIN_LINES or part in whole for part in element.iter())


def _place(run: Run, child: HtmlElement, whole: frozenset[HtmlElement]) -> Run:
    """Put a block or a break where it belongs; the run that goes on after it."""
    block = run.block
    if child.tag in _BREAKS:
        run.pieces.append(child)
    _end(run)
    if child in whole:
        block.parts.append(Run(block, [child], kept=True))
    elif child.tag == "figure" and _is_picture(child):
        block.parts.append(Run(block, [child]))
    elif child.tag not in _BREAKS:
        inner = Block(child, block)
        _fill(inner, whole)
        if inner.parts:
            block.parts.append(inner)
    return Run(block)


def _is_picture(figure: HtmlElement) -> bool:
    """Does a figure show a picture, rather than quote or tabulate?"""
    return next(figure.iter(*_SHOWN), None) is not None and len("".join(texts(figure))) <= _CAPTION


def _end(run: Run) -> None:
    """Read a run's text, and put it into its block if it says or shows anything."""
    said: list[str] = []
    shows = False
    for piece in run.pieces:
        if isinstance(piece, str):
            if not piece.isspace():
                said.append(piece)
        elif len(piece) == 0:
            shows = shows or piece.tag in _SHOWN
            said += [piece.text] if piece.text else []
        else:
            shows = shows or next(piece.iter(*_SHOWN), None) is not None
            said += texts(piece)
    run.text = squash("".join(said))
    if run.text or shows:
        run.block.parts.append(run)
