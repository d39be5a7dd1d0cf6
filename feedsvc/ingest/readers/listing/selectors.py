"""CSS selectors that name elements again: short where that is enough, whole where it must be."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from feedsvc.ingest.readers.listing.clusters import stable_classes

IS_NAME = re.compile(r"-?[A-Za-z_][\w-]*", re.ASCII)
"""What may stand after a dot or a hash without escapes."""

_HIGHEST = 40
"""How many levels a path may have: tables in tables stand deep."""


def for_rows(rows: Sequence[HtmlElement]) -> Iterator[str]:
    """Selectors that name all rows, the shortest first; they may name more than these."""
    own = _step(rows)
    if "." in own:
        yield own
    chain = [own]
    for ups in _levels(rows):
        step = _step(ups)
        chain.insert(0, step)
        if "." in step or "#" in step:
            yield f"{step} {own}"
            yield " > ".join(chain)
        if step.startswith("#"):
            # An id names one element: there is nothing shorter or surer above it.
            return
    yield " > ".join(chain)


def by_place(rows: Sequence[HtmlElement]) -> Iterator[str]:
    """Selectors that tell the rows by where what holds them stands among its like, the shortest first.

    For pages of tables without any class or id: the second cell of a row, the third table of a page.
    """
    chain = [_step(rows)]
    for ups in _levels(rows):
        place = _place(ups)
        chain.insert(0, f"{_step(ups)}{place}")
        if place:
            yield " > ".join(chain)


def _levels(rows: Sequence[HtmlElement]) -> Iterator[list[HtmlElement]]:
    """What stands around the rows, level by level, as far as the body."""
    ups = list(rows)
    for _ in range(_HIGHEST):
        parents = [row.getparent() for row in ups]
        ups = [parent for parent in parents if parent is not None and parent.tag != "html"]
        if len(ups) < len(rows):
            return
        yield ups


def _place(elements: Sequence[HtmlElement]) -> str:
    """The place that all these have among their siblings of the same tag, "" where they differ or there are none."""
    places: set[int] = set()
    alone = True
    for one in dict.fromkeys(elements):
        before = sum(True for _ in one.itersiblings(str(one.tag), preceding=True))
        alone = alone and not before and next(one.itersiblings(str(one.tag)), None) is None
        places.add(1 + before)
        if len(places) > 1:
            return ""
    return "" if alone else f":nth-of-type({places.pop()})"


def within(row: HtmlElement, part: HtmlElement) -> Iterator[str]:
    """Selectors that name a part of a row as `first` finds it, the likeliest to last first."""
    own = _step([part])
    yield own
    yield str(part.tag)
    chain = [own]
    for up in part.iterancestors():
        if up is row:
            break
        step = _step([up])
        yield f"{step} {own}"
        yield " > ".join([step, *chain])
        chain.insert(0, step)
    for up in part.iterancestors():
        if up is row:
            break
        if place := _place([up]):
            # A cell among others: "the second", where its neighbours hold links, too.
            yield f"{up.tag!s}{place} {own}"


def _step(elements: Sequence[HtmlElement]) -> str:
    """What one level of a path is called: `#news`, `li.item`, `div`; only what all the elements have."""
    head = elements[0]
    ids = {element.get("id") or "" for element in elements}
    name = ids.pop() if len(ids) == 1 else ""
    if IS_NAME.fullmatch(name):
        return f"#{name}"
    shared = [name for name in stable_classes(head) if all(name in stable_classes(other) for other in elements)]
    usable = [name for name in dict.fromkeys(shared) if IS_NAME.fullmatch(name)]
    tag = str(head.tag) if all(other.tag == head.tag for other in elements) else "*"
    return tag + "".join(f".{name}" for name in usable)
