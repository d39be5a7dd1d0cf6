"""The body of a story: what belongs to it stays, what the CMS hangs on it goes.

Clutter goes (`readers.story.clutter`), pictures get their true address and their caption (`readers.story.pictures`), PDF players
become links to their file (`readers.story.files`), and what is left is sanitised.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, is_blank, new, outer_html, remove, select, words
from feedsvc.ingest.readers.story import files, pictures
from feedsvc.ingest.readers.story.clutter import declutter
from feedsvc.ingest.readers.story.files import attachment
from feedsvc.ingest.readers.story.pictures import picture
from feedsvc.model.article import Attachment, Image
from feedsvc.text.html import sanitise

__all__ = ["Body", "attachment", "clean", "picture"]

_BLOCKS = ("p", "div", "figure", "li", "h1", "h2", "h3", "h4", "ul", "strong", "span")


@dataclass(frozen=True, slots=True)
class Body:
    """A cleaned body: sanitised HTML with absolute links, its first picture, and its files."""

    html: str
    image: Image | None
    attachments: tuple[Attachment, ...]


def clean(
    page: Page, elements: list[HtmlElement], title: str = "", remove_rule: str = "", around: HtmlElement | None = None
) -> Body:
    """The body that stands in `elements`; `remove_rule` is a CSS selector of what else goes, and a heading that
    only says `title` again goes too.

    Files are also looked for in `around`, as many CMSs list them under the body. The elements of the page's tree are left
    as they are. Raises ReadError for a bad selector.
    """
    root = new(page.root, "div")
    for element in elements:
        copy = deepcopy(element)
        copy.tail = None
        root.append(copy)
    found = files.played(page, root)
    if remove_rule:
        _drop(select(root, remove_rule, "article.remove"))
    pictures.settle(page, root)
    # First the title, or the lines under it would not stand at the beginning.
    _drop([heading for heading in root.iter("h1", "h2", "h3", "h4") if title and words(heading) == title])
    declutter(root)
    found += files.linked(page, root)
    if around is not None:
        found += files.linked(page, around)
    pictures.caption(root)
    _drop_empty(root)
    html = sanitise("".join(outer_html(child) for child in root), page.base)
    return Body(html, pictures.lead(root), tuple({file.url: file for file in reversed(found)}.values())[::-1])


def _drop(elements: Iterable[HtmlElement]) -> None:
    for element in elements:
        remove(element)


def _drop_empty(root: HtmlElement) -> None:
    """Take away blocks that neither say nor show anything: editors use them for distance."""
    for block in reversed(list(root.iter(*_BLOCKS))):
        if is_blank(block) and next(block.iter("img", "hr", "table"), None) is None:
            remove(block)
