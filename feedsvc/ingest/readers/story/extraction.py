"""The body of a story on a page of no known CMS: trafilatura says which words belong to it, the page how they are set.

Trafilatura's own markup has no figures or captions and few links, and asking it for more makes it slower and less exact.
So it is asked for words alone, and those are looked up in the page's own tree (`readers.story.runs`): runs of text that it kept
stay with their markup, the others go, and pictures stay with the text they stand in.
"""

from copy import deepcopy
from dataclasses import dataclass

from lxml.etree import iterwalk, strip_elements
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from feedsvc.ingest.readers.dom import Page, new, remove
from feedsvc.ingest.readers.story.runs import Block, Run, built, plan, squash

_CHUNK = 24
_HALF = _CHUNK // 2
_SAMPLES = 3
_LONG = 60
_COVERED = 0.85
_NEAR = 3
_LITTLE = 1000
_SHARE = 0.3
_APART = ("nav", "aside", "footer", "form")
_SET_AMONG = frozenset({"p", "ul", "ol", "a"})
_WITHIN = frozenset({"ref", "hi", "del", "code", "graphic"})
_LEFT_OUT = ("aside", "footer", "script", "style", "svg", "template")
_SILENT = ("area", "embed", "frame", "iframe", "img", "input", "link", "meta", "param", "source", "track")
_FAST = Extractor(fast=True, comments=False, formatting=False)
_THOROUGH = Extractor(comments=False, formatting=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What trafilatura keeps, by paragraphs; without white space as one text, by lines, cut into blocks of half a chunk."""

    paragraphs: list[str]
    text: str
    lines: frozenset[str]
    blocks: frozenset[str]

    @staticmethod
    def by(paragraphs: list[str]) -> "Told":
        """The same words in each of these ways."""
        lines = list(map(squash, paragraphs))
        text = "".join(lines)
        blocks = frozenset(text[at : at + _HALF] for at in range(0, len(text), _HALF))
        return Told(paragraphs, text, frozenset(lines), blocks)

    def holds(self, chunk: str) -> bool:
        """Is the chunk in the text? If it is, it holds one whole block: without one there is no need to search."""
        return any(chunk[at : at + _HALF] in self.blocks for at in range(_HALF)) and chunk in self.text


def extract(page: Page) -> tuple[list[HtmlElement], list[Run]]:
    """The body as one element that is not part of the page's tree, and the runs of the page with those of the body kept.

    ([], []) where the page holds no story.
    """
    start = page.root.find("body")
    if start is None:
        return [], []
    whole = plan(start)
    runs = whole.runs()
    told = _told(page, start, sum(len(run.text) for run in runs))
    element = _body(page, whole, runs, told) if told.text else None
    whole.dissolve()
    return ([element], runs) if element is not None else ([], runs if told.text else [])


def _body(page: Page, whole: Block, runs: list[Run], told: Told) -> HtmlElement | None:
    """What is told, in the page's markup where the page has it, else in plain paragraphs."""
    _judge(runs, told)
    if sum(len(run.text) for run in runs if run.kept) < _COVERED * len(told.text):
        return _as_told(page, told.paragraphs)
    whole.count()
    _keep_pictures(runs)
    return built(whole)


def surroundings(runs: list[Run]) -> HtmlElement | None:
    """A copy of the smallest element that holds all the kept words, without what stands apart in it; None for no words.

    Where that is the whole page, only what is set among the words comes along: no frame of the site.
    """
    holding = [_upward(run.block) for run in runs if run.kept and run.text]
    shared = [element for element in (holding[0] if holding else []) if all(element in other for other in holding)]
    if not shared:
        return None
    copy = deepcopy(shared[0])
    copy.tail = None
    apart = list(copy.iter(*_APART))
    if shared[0].tag == "body":
        kept = {element for above in holding for element in above}
        pairs = zip(shared[0], copy, strict=True)
        apart += [twin for child, twin in pairs if child not in kept and child.tag not in _SET_AMONG]
    for element in apart:
        remove(element)
    return copy


def _upward(block: Block | None) -> dict[HtmlElement, None]:
    """The elements of a block and of those that hold it, the innermost first."""
    found: dict[HtmlElement, None] = {}
    while block is not None:
        found[block.element] = None
        block = block.above
    return found


def _as_told(page: Page, lines: list[str]) -> HtmlElement:
    """Words that are not in the page's tree as they were found: a paragraph for each line."""
    paragraphs = [new(page.root, "p") for _ in lines]
    for paragraph, line in zip(paragraphs, lines, strict=True):
        paragraph.text = line
    return new(page.root, "div", *paragraphs)


def _told(page: Page, start: HtmlElement, length: int) -> Told:
    """The words of the story; `length` is that of all the page says, without white space.

    What trafilatura finds in its fast way is what it finds in its thorough one, but where that is little of the page
    or more than all of it.
    """
    told = Told.by(_lines(_bared(page, start), _FAST))
    if (len(told.text) < _LITTLE and len(told.text) < _SHARE * length) or len(told.text) > length:
        thorough = _lines(page.root, _THOROUGH)
        return Told.by(thorough) if thorough else told
    return told


def _bared(page: Page, start: HtmlElement) -> HtmlElement:
    """A copy of the page without what says nothing and what trafilatura leaves out in each of its ways.

    It finds the same, and far sooner, for most of its time goes into looking at elements. JSON-LD stays: the words of some
    stories stand there alone.
    """
    bared = new(page.root, "html", deepcopy(start))
    strip_elements(bared, *_LEFT_OUT, *_SILENT, with_tail=False)
    bared.extend(deepcopy(script) for script in page.root.iter("script") if script.get("type") == "application/ld+json")
    return bared


def _lines(root: HtmlElement, options: Extractor) -> list[str]:
    """What trafilatura keeps of a page, line by line."""
    found = bare_extraction(root, options=options)
    body = getattr(found, "body", None)
    if body is None:
        return []
    pieces: list[str] = []
    for event, element in iterwalk(body, events=("start", "end")):
        if element.tag not in _WITHIN:
            pieces.append("\n")
        text = element.text if event == "start" else element.tail
        pieces.append((text or "").replace("\n", " "))
    return [line for line in map(str.strip, "".join(pieces).split("\n")) if line]


def _judge(runs: list[Run], told: Told) -> None:
    """Keep the runs whose words are told, each as often as it is told: of copies, those among most kept text."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        run.kept = bool(run.text) and _is_told(run.text, told)
        if run.kept:
            found.setdefault(run.text, []).append(run)
    for text, copies in found.items():
        if len(copies) > 1 and len(copies) > (times := max(told.text.count(text), 1)):
            copies.sort(key=_company, reverse=True)
            for run in copies[times:]:
                run.kept = False


def _is_told(text: str, told: Told) -> bool:
    if text in told.lines:
        return True
    if len(text) < _LONG:
        return False
    step = max(_CHUNK, (len(text) - _CHUNK) // (_SAMPLES - 1))
    places = range(0, len(text) - _CHUNK + 1, step)
    missing = 0
    for place in places:
        missing += not told.holds(text[place : place + _CHUNK])
        if 2 * missing > len(places):
            return False
    return True


def _company(run: Run) -> int:
    return sum(len(other.text) for other in run.block.runs() if other.kept and other is not run)


def _keep_pictures(runs: list[Run]) -> None:
    """Keep the pictures between the first and the last words, and those close by that stand in the same block."""
    kept = [place for place, run in enumerate(runs) if run.kept]
    for place, run in enumerate(runs):
        if not run.text and _belongs(run.block) and _is_near(runs, place, kept[0], kept[-1]):
            run.kept = True


def _belongs(block: Block | None) -> bool:
    """Is most of the nearest text kept?"""
    while block is not None and not block.total:
        block = block.above
    return block is not None and 2 * block.kept >= block.total


def _is_near(runs: list[Run], place: int, first: int, last: int) -> bool:
    if first < place < last:
        return True
    between = runs[place:first] if place < first else runs[last + 1 : place]
    return sum(1 for run in between if run.text) <= _NEAR
