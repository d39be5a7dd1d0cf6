"""From an edition to the two parts of its mail: which blocks, in what order, within what size."""

from collections.abc import Iterator, Mapping, Sequence
from email import policy
from email.parser import BytesParser
from html import escape

from feedsvc.errors import RenderError
from feedsvc.mail.blocks import Body, join
from feedsvc.mail.views import EditionPlan, RenderedBlock

HTML_LIMIT = 90_000
"""Bytes the HTML part may have: Gmail clips at about 102 KB."""


_SLOTS_ALLOWANCE = 2_000


def plan_edition(
    article_ids: Sequence[str],
    full: int,
    categories: Mapping[str, Sequence[str]],
    offered: Sequence[str],
    blocks: Mapping[str, RenderedBlock],
    limit: int = HTML_LIMIT,
) -> EditionPlan:
    """The blocks of an edition's mail: the first `full` articles as stories, the rest as links, by section.

    `categories` are the slugs of each article; it stands under the first slug of `offered` that it bears. Where the
    HTML part would pass `limit` bytes the articles from there on become links, and at last only a number.
    """
    ordered = _in_sections(article_ids, categories, offered)
    lead = ordered[0][1] if ordered else ""
    frame = ["open", *(f"tease:{article_id}" for _, article_id in ordered[1:3]), "top", "head"]
    headings = {f"section:{slug}" for slug, _ in ordered}
    room = limit - _SLOTS_ALLOWANCE - sum(len(blocks[key].html) for key in (*frame, *headings, "more", "foot"))
    forms = _forms(article_ids, lead, full, blocks, room)
    shown = [(slug, forms[article_id]) for slug, article_id in ordered if article_id in forms]
    left = len(article_ids) - len(shown)
    keys = (*frame, *_with_headings(shown), *(["more"] if left else []), "foot")
    return EditionPlan(keys, lead, left)


def assemble(plan: EditionPlan, blocks: Mapping[str, RenderedBlock]) -> tuple[Body, Body]:
    """The text part and the HTML part, joined, to be filled with `text_slots` and `html_slots`. Raises RenderError."""
    missing = [key for key in plan.keys if key not in blocks]
    if missing:
        msg = f"The issue lacks the block {missing[0]!r}. Render its blocks before it is sent."
        raise RenderError(msg)
    chosen = [blocks[key] for key in plan.keys]
    count = {"more": str(plan.more)}
    return join(block.text for block in chosen).fix(count), join(block.html for block in chosen).fix(count)


def html_slots(slots: Mapping[str, str]) -> dict[str, str]:
    """Values for the slots of an HTML part: escaped, for text and for attributes in double quotes."""
    return {name: escape(value) for name, value in slots.items()}


def decode(part: bytes, kind: str) -> str:
    """A finished part (`html` or `plain`) as text, line breaks as LF: for previews and tests."""
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    message = BytesParser(policy=policy.default).parsebytes(head.encode() + part)
    return str(message.get_content()).replace("\r\n", "\n")


def _in_sections(
    article_ids: Sequence[str], categories: Mapping[str, Sequence[str]], offered: Sequence[str]
) -> list[tuple[str, str]]:
    """(slug, article id), section by section in the order of `offered`, what belongs to none at the end."""

    def section(article_id: str) -> str:
        """The first category of `offered` that an article is in; empty for none."""
        return next((slug for slug in offered if slug in categories.get(article_id, ())), "")

    order = {slug: place for place, slug in enumerate((*offered, ""))}
    return sorted(((section(key), key) for key in article_ids), key=lambda pair: order[pair[0]])


def _with_headings(shown: Sequence[tuple[str, str]]) -> Iterator[str]:
    last: str | None = None
    unnamed = all(slug == "" for slug, _ in shown)
    for slug, key in shown:
        if slug != last and not unnamed:
            yield f"section:{slug}"
        last = slug
        yield key


def _forms(
    article_ids: Sequence[str], lead: str, full: int, blocks: Mapping[str, RenderedBlock], room: int
) -> dict[str, str]:
    """The block of each article that finds room. Half of the room at most is kept back for links that are to come."""
    links = {key: len(blocks[f"link:{key}"].html) for key in article_ids}
    forms: dict[str, str] = {}
    # The first story is always there, so its place is taken before the others'.
    if lead:
        forms[lead] = f"large:{lead}"
        room -= len(blocks[forms[lead]].html)
    waiting = sum(links.values()) - links.get(lead, 0)
    half = room // 2
    for position, key in enumerate(article_ids):
        if key == lead:
            continue
        waiting -= links[key]
        story = len(blocks[f"story:{key}"].html)
        as_story = position < full and story + min(waiting, half) <= room
        full = full if as_story else min(full, position)
        cost = story if as_story else links[key]
        if cost > room:
            break
        room -= cost
        forms[key] = f"{'story' if as_story else 'link'}:{key}"
    return forms
