"""What parts the links of one frame: a menu in the left cell of a table and a list in the middle one may be made alike.

A block is the smallest element that holds several of the links, or the column of a table whose rows hold several. Blocks
in different cells of a layout are different lists, and so are those with dates, those of long titles and those of names.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from enum import Enum, auto
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import words
from feedsvc.ingest.readers.listing import itemdates
from feedsvc.ingest.readers.listing.items import FEWEST, TELLING, link_title, width

_ROWS = frozenset({"li", "tr", "article", "dd", "dt", "dl", "section"})
_HOLDERS = frozenset({"body", "html", "ul", "ol", "table", "tbody", "main"})
_CELLS = frozenset({"td", "th"})


class _Kind(Enum):
    DATED = auto()
    TELLING = auto()
    NAMES = auto()


def parted(links: Mapping[str, list[HtmlElement]], zone: ZoneInfo) -> Iterator[dict[str, HtmlElement]]:
    """The links of one frame by the list that they stand in; of several links to one address in a list, the first with words."""
    held = Counter(
        up for same in links.values() for up in dict.fromkeys(up for link in same for up in link.iterancestors())
    )
    places: dict[tuple[object, ...], dict[str, HtmlElement]] = {}
    for url, same in links.items():
        for link in same:
            place = places.setdefault(_place(link, held), {})
            if url not in place or not (words(place[url]) or place[url].get("title")):
                place[url] = link
    for found in places.values():
        yield from _by_kind(found, held, zone)


def row_of(links: Collection[HtmlElement], link: HtmlElement) -> HtmlElement:
    """The largest element around a link that holds no other link of the list, at most a row."""
    row = link
    for up in link.iterancestors():
        if up.tag in _HOLDERS or any(other in links and other is not link for other in up.iter("a")):
            break
        row = up
        if up.tag in _ROWS:
            break
    return row


def column_of(cell: HtmlElement) -> int:
    """How many cells stand before this one in its row."""
    return sum(other.tag in _CELLS for other in cell.itersiblings(preceding=True))


def _place(link: HtmlElement, held: Counter[HtmlElement]) -> tuple[object, ...]:
    """The ids of what holds the link and others, and the columns of the cells that hold enough for a list."""
    around = [up for up in link.iterancestors() if held[up] > 1]
    columns = [column_of(up) for up in around if up.tag in _CELLS and held[up] >= FEWEST]
    return tuple(up.get("id") or "" for up in around), tuple(columns)


def _by_kind(
    found: dict[str, HtmlElement], held: Counter[HtmlElement], zone: ZoneInfo
) -> Iterator[dict[str, HtmlElement]]:
    blocks: dict[tuple[HtmlElement | None, int], list[HtmlElement]] = {}
    for link in found.values():
        blocks.setdefault(_block(link, held), []).append(link)
    large = [block for block, links in blocks.items() if len(links) >= FEWEST]
    if len(large) < 2:
        yield found
        return
    own = frozenset(found.values())
    kinds = {block: _kind(own, links, zone) for block, links in blocks.items()}
    sizes: Counter[_Kind] = Counter()
    for block in large:
        sizes[kinds[block]] += len(blocks[block])
    # One or two links are too few to be judged by themselves: a last line of a grid belongs to what stands above it.
    usual = sizes.most_common(1)[0][0]
    kind_of = {
        link: kinds[block] if kinds[block] in sizes else usual for block, links in blocks.items() for link in links
    }
    for kind in sizes:
        yield {url: link for url, link in found.items() if kind_of[link] is kind}


def _block(link: HtmlElement, held: Counter[HtmlElement]) -> tuple[HtmlElement | None, int]:
    """What holds the link and others; where that is the row of a table, the table and the column."""
    below = link
    for up in link.iterancestors():
        if held[up] > 1:
            return (up.getparent(), column_of(below)) if up.tag == "tr" else (up, 0)
        below = up
    return below, 0


def _kind(own: Collection[HtmlElement], links: list[HtmlElement], zone: ZoneInfo) -> _Kind:
    titles = [link_title(link, zone) for link in links]
    told = [(link, title) for link, title in zip(links, titles, strict=True) if width(title) >= TELLING]
    days = itemdates.of_rows([row_of(own, link) for link, _ in told], [title for _, title in told], zone)
    if sum(day is not None for day in days) * 2 >= len(links):
        return _Kind.DATED
    return _Kind.TELLING if sum(map(width, titles)) >= TELLING * len(titles) else _Kind.NAMES
