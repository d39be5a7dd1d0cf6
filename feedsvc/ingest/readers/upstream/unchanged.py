"""The entries of a feed that stand in it as they stood before, taken out before anything is made of the others.

A feed that is polled is mostly what it was: looking over its bytes takes a tenth of reading it. An entry's mark has two
halves. `stands` says how it is written and is found without reading it; `tells` (`entries.fingerprint`) says what it tells,
and holds where it is written anew and tells the same (a counter of comments, another reader). The end of `tells` is what
the entry is called (`sharing.Named.calls`): what is taken out still says which addresses and ids it shares.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from xml.parsers.expat import ExpatError, ParserCreate

from feedsvc.ingest.readers.upstream.entries import READING
from feedsvc.model.newsroom import Source

HALF = 16
"""Hexadecimal digits of each half of a mark."""
UNSEEN = "0" * HALF
"""The first half of an entry that cannot be told without reading it."""

_XHTML = (b'xmlns="http://www.w3.org/1999/xhtml"', b"xmlns='http://www.w3.org/1999/xhtml'")
_ENTRIES = frozenset({"item", "entry"})


@dataclass(frozen=True, slots=True)
class Rest:
    """A document without its unchanged entries, and how the others stand in it, in their order.

    `cut` is how those that were taken out stood in it.
    """

    text: str
    stands: tuple[str, ...]
    cut: tuple[str, ...] = ()


@dataclass(slots=True)
class _Outline:
    """Where entries begin and end (offsets in bytes), and what stands around all of them."""

    around: list[tuple[str, dict[str, str]]]
    begins: list[int]
    ends: list[int]


def rest_of(text: str, url: str, source: Source, known: frozenset[str]) -> Rest | None:
    """What is to be read of the document in `text`, as `xmltext` gives it. None where its entries cannot be told apart.

    `known` are first halves of marks. Addresses in entries go by `url`, where the document was found.
    """
    try:
        data = text.encode()
        outline = _outline(data)
    except (UnicodeError, ExpatError):
        return None
    if outline is None:
        return None
    around = repr((READING, source.timezone, source.language, url, outline.around)).encode()
    stands: list[str] = []
    cut: list[str] = []
    kept: list[bytes] = []
    start = 0
    for begin, end in zip(outline.begins, outline.ends, strict=True):
        mark = blake2b(data[begin:end], digest_size=HALF // 2, key=blake2b(around).digest()).hexdigest()
        if mark not in known:
            stands.append(mark)
            continue
        cut.append(mark)
        kept.append(data[start:begin])
        start = end
    kept.append(data[start:])
    return Rest(b"".join(kept).decode(), tuple(stands), tuple(cut))


def halves(marks: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The two halves of known marks: how entries stood, what they told."""
    each = list(marks)
    return frozenset(mark[:HALF] for mark in each) - {UNSEEN}, frozenset(mark[HALF:] for mark in each)


def calls(marks: Iterable[str], stood: Iterable[str]) -> list[str]:
    """What the entries are called that stand as they `stood` (first halves): the ends of their marks."""
    ends = {mark[:HALF]: mark[2 * HALF :] for mark in marks}
    return [ends[stands] for stands in stood]


def _outline(data: bytes) -> _Outline | None:
    """The entries of a well-formed document. Raises ExpatError for another, None where one's end is in doubt."""
    parser = ParserCreate()
    outline = _Outline([], [], [])
    path: list[str] = []

    def _start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        path.append(local)
        if _is_entry(path):
            outline.begins.append(parser.CurrentByteIndex)
        elif len(path) == 1 or path[1:] == ["channel"]:
            outline.around.append((name, attributes))

    def _end(name: str) -> None:
        if _is_entry(path):
            at = parser.CurrentByteIndex
            # An empty one has no end tag, and its own tag may hold any number of >.
            closed = data.startswith(b"</" + name.encode(), at)
            outline.ends.append(data.index(b">", at) + 1 if closed else -1)
        path.pop()

    parser.StartElementHandler, parser.EndElementHandler = _start, _end
    parser.Parse(data, True)
    declared = sum(name.startswith("xmlns") for _, attributes in outline.around for name in attributes)
    harmless = sum(map(data.count, _XHTML))
    # feedparser looks prefixes up once for the whole document: an entry that declares one has a part in all others.
    told_apart = data.count(b"xmlns") == declared + harmless and all(map(int.__lt__, outline.begins, outline.ends))
    return outline if told_apart else None


def _is_entry(path: list[str]) -> bool:
    depth = len(path)
    return path[-1] in _ENTRIES and (depth == 2 or (depth == 3 and path[1] == "channel"))
