"""The persons of a well-formed entry, named as feedparser names them."""

import re
from xml.etree.ElementTree import Element

from feedsvc.ingest.readers.upstream.constructs import leaf, mended, unknown
from feedsvc.ingest.readers.upstream.drafts import Draft
from feedsvc.ingest.readers.upstream.names import Names, Unsure
from feedsvc.ingest.readers.upstream.vocabulary import words

_MAIL = r"[A-Za-z0-9_.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,4}"
_PERSON = re.compile(
    rf"{_MAIL}(?:\s*\((?P<after>[^()<>@]*)\))?|(?P<before>[^()<>@]*?)\s*(?:<{_MAIL}>|\({_MAIL}\))", re.ASCII
)
PERSONAL = words("name email uri url homepage itunes_name itunes_email")
"""What a person is told by."""


def author(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    """A person by elements of their own, or in one line with or without a mail address, which is not kept."""
    if not len(element):
        text = mended(leaf(element))
        draft.authors.append(_name(text))
        draft.has_plain_author = draft.has_plain_author or bool(text)
        return
    if draft.has_plain_author:
        # feedparser then writes this person's name into the first one's.
        raise Unsure
    given: dict[str, str] = {}
    for child in element:
        name = draft.names.of(child.tag)
        if name in PERSONAL:
            given[name.removeprefix("itunes_")] = leaf(child)
        else:
            unknown(draft.names, child)
    if not given or ("name" not in given and draft.authors):
        # A person without a name gets the one before: feedparser's doing.
        raise Unsure
    draft.authors.append(given.get("name", ""))


def _name(text: str) -> str:
    if "@" not in text:
        return text
    form = _PERSON.fullmatch(text)
    if form is None:
        raise Unsure
    return (form["after"] or form["before"] or "").strip()


def are_persons(names: Names, elements: Element) -> bool:
    """Does an element hold nothing but what persons are told by?"""
    return all(names.of(part.tag) in PERSONAL and not len(part) for part in elements)


def contributor(draft: Draft, element: Element, _base: str, _depth: int) -> None:
    """Somebody who counts for nothing."""
    if not are_persons(draft.names, element):
        raise Unsure
