"""CSS selectors that name elements again: short where that is enough, whole where it must be."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from feedsvc.ingest.readers.listing.clusters import stable_classes

IS_NAME = re.compile(r"-?[A-Za-z_][\w-]*", re.ASCII)
"""What may stand after a dot or a hash without escapes."""

_HIGHEST = 12


def for_rows(rows: Sequence[HtmlElement]) -> Iterator[str]:
    """Selectors that name all rows, the shortest first; they may name more than these."""
    own = _step(rows)
    if "." in own:
        yield own
    chain = [own]
    ups: list[Sequence[HtmlElement]] = [rows]
    for _ in range(_HIGHEST):
        parents = [row.getparent() for row in ups[-1]]
        if any(parent is None or parent.tag == "html" for parent in parents):
            break
        ups.append([parent for parent in parents if parent is not None])
        step = _step(ups[-1])
        chain.insert(0, step)
        if "." in step or "#" in step:
            yield f"{step} {own}"
            yield " > ".join(chain)
        if step.startswith("#"):
            # An id names one element: there is nothing shorter or surer above it.
            return
    yield " > ".join(chain)


def within(row: HtmlElement, part: HtmlElement) -> Iterator[str]:
    """Selectors that name a part of a row as `first` finds it, the likeliest to last first."""
    own = _step([part])
    yield own
    yield str(part.tag)
    chain = [own]
    for up in part.iterancestors():
        if up is row:
            break
        chain.insert(0, _step([up]))
        yield f"{chain[0]} {own}"
        yield " > ".join(chain)


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
