"""The writers that a page marks with hCard and hAtom (microformats.org), as WordPress does: `author vcard`, the name in it `fn`.

The same marks stand on comments, teasers and lists of stories. A card counts where it stands in the story's own article, the one
with the page's first heading, or in none; and where several writers are named, their cards stand side by side.
"""

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import first, said, select, stands_apart
from feedsvc.ingest.readers.story.bylines import is_name


def writers(root: HtmlElement) -> tuple[str, ...]:
    """The names of people on the story's cards, each once; () where there are none, or where they are not of one story."""
    cards = [card for card in select(root, ".author.vcard") if not stands_apart(card) and _is_of_the_story(card)]
    named = [(said(name), card.getparent()) for card in cards if (name := first(card, ".fn")) is not None]
    found = tuple(dict.fromkeys(name for name, _ in named if is_name(name)))
    return found if len(found) <= 1 or len({parent for _, parent in named}) == 1 else ()


def _is_of_the_story(card: HtmlElement) -> bool:
    entries = (up for up in card.iterancestors() if up.tag == "article" or "hentry" in (up.get("class") or "").split())
    entry = next(entries, None)
    return entry is None or next(entry.iter("h1"), None) is not None
