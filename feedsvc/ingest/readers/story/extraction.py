"""The body of a story on a page of no known CMS: trafilatura says which words belong to it, the page how they are set.

Trafilatura's own markup has no figures or captions and few links, and asking it for more makes it slower and less exact.
So it is asked for words alone, and those are looked up in the page's own tree (`readers.story.runs`): runs of text that it kept
stay with their markup, the others go, and pictures stay with the text they stand in.
"""

from copy import deepcopy

import trafilatura
from lxml.etree import iterwalk
from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, new, remove
from feedsvc.ingest.readers.story.runs import Block, Run, built, plan, squash

_CHUNK = 24
_SAMPLES = 3
_LONG = 60
_COVERED = 0.85
_NEAR = 3
_LITTLE = 1000
_SHARE = 0.3
_APART = ("nav", "aside", "footer", "form")
_SET_AMONG = frozenset({"p", "ul", "ol", "a"})
_WITHIN = frozenset({"ref", "hi", "del", "code", "graphic"})


def extract(page: Page) -> tuple[list[HtmlElement], list[Run]]:
    """The body as one element that is not part of the page's tree, and the runs of the page with those of the body kept.

    ([], []) where the page holds no story.
    """
    start = page.root.find("body")
    if start is None:
        return [], []
    whole = plan(start)
    runs = list(whole.runs())
    lines = _told(page, sum(len(run.text) for run in runs))
    told = squash("".join(lines))
    if not told:
        return [], []
    _judge(runs, told, frozenset(map(squash, lines)))
    if sum(len(run.text) for run in runs if run.kept) < _COVERED * len(told):
        return [_as_told(page, lines)], runs
    whole.count()
    _keep_pictures(runs)
    element = built(whole)
    return ([] if element is None else [element]), runs


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


def _told(page: Page, length: int) -> list[str]:
    """The lines of the story; `length` is that of all the page says, without white space.

    What trafilatura finds in its fast way is what it finds in its thorough one, but where that is little of the page
    or more than all of it.
    """
    lines = _lines(page, fast=True)
    told = len(squash("".join(lines)))
    if (told < _LITTLE and told < _SHARE * length) or told > length:
        return _lines(page, fast=False) or lines
    return lines


def _lines(page: Page, *, fast: bool) -> list[str]:
    """What trafilatura keeps of a page, line by line."""
    found = trafilatura.bare_extraction(
        page.root, fast=fast, include_comments=False, include_formatting=False, output_format="txt"
    )
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


def _judge(runs: list[Run], told: str, lines: frozenset[str]) -> None:
    """Keep the runs whose words are in `told`, each as often as it is told: of copies, those among most kept text."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        run.kept = bool(run.text) and _is_told(run.text, told, lines)
        if run.kept:
            found.setdefault(run.text, []).append(run)
    for text, copies in found.items():
        if len(copies) > 1 and len(copies) > (times := max(told.count(text), 1)):
            copies.sort(key=_company, reverse=True)
            for run in copies[times:]:
                run.kept = False


def _is_told(text: str, told: str, lines: frozenset[str]) -> bool:
    if text in lines:
        return True
    if len(text) < _LONG:
        return False
    step = max(_CHUNK, (len(text) - _CHUNK) // (_SAMPLES - 1))
    places = range(0, len(text) - _CHUNK + 1, step)
    missing = 0
    for place in places:
        missing += text[place : place + _CHUNK] not in told
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
