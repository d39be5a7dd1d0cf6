"""The short lines near a story's title, where its date and its writers stand."""

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, said, select
from feedsvc.ingest.readers.families import Family
from feedsvc.ingest.readers.story.runs import Run, plan, squash

_LONGEST = 240
_TOLD = 60
_ABOVE = 3
_BELOW = 14
_PARAGRAPHS = 2
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


def of_family(page: Page, family: Family) -> list[str]:
    """The lines that a family marks as the story's; [] where it marks none."""
    for selector in family.meta:
        metas = [element for element in select(page.root, selector) if said(element)]
        if metas:
            return [" | ".join(said(part) for part in (list(meta) or [meta]) if said(part)) for meta in metas]
    return []


def around(root: HtmlElement, bodies: list[HtmlElement], title: str) -> list[str]:
    """The lines near the title within `root`, none of them from the body (elements of the page's tree)."""
    whole = plan(root, frozenset(bodies))
    runs = whole.runs()
    whole.dissolve()
    return near(runs, title)


def near(runs: list[Run], title: str) -> list[str]:
    """The lines near the title of a page whose body is the kept runs: first those below the title, then those above.

    Below it they reach to the second paragraph of the body, above it three lines: at the top of many pages stands the day
    on which they are looked at.
    """
    first = next((place for place, run in enumerate(runs) if run.kept and (len(run.text) > _TOLD or not run.text)), 0)
    heading = _heading(runs, squash(title), first)
    if heading is None:
        heading = max(first - _ABOVE, 0)
    lines: list[str] = []
    paragraphs = 0
    for place in range(heading, min(heading + _BELOW, len(runs))):
        paragraphs += runs[place].kept and len(runs[place].text) > _TOLD
        if paragraphs > _PARAGRAPHS:
            break
        lines.append(_line(runs, place, title))
    lines += [_line(runs, place, title) for place in range(heading - 1, max(heading - _ABOVE, 0) - 1, -1)]
    return [line for line in lines if line]


def _heading(runs: list[Run], title: str, first: int) -> int | None:
    """Where the title stands: of several places, a heading's, and the one nearest to the body."""
    places = [place for place, run in enumerate(runs) if title and run.text.startswith(title)]
    places = [place for place in places if runs[place].text == title] or places
    return min(
        places, key=lambda place: (runs[place].block.element.tag not in _HEADINGS, abs(first - place)), default=None
    )


def _line(runs: list[Run], place: int, title: str) -> str:
    """What a run says that is short, and no sentence of the body; what stands in a cell follows its label."""
    run = runs[place]
    if not run.text or len(run.text) > (_TOLD if run.kept else _LONGEST):
        return ""
    line = run.line()
    if run.block.element.tag in ("dd", "td") and place and runs[place - 1].block.element.tag in ("dt", "th"):
        line = f"{runs[place - 1].line().rstrip(':：')}: {line}"
    return line.replace(title, " ").strip() if title else line
