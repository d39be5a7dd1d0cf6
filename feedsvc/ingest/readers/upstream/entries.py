"""An entry of an upstream feed as its document shows it, before anything is made of it.

Both readers of XML give the same: `wellformed`, which is quick, and `tolerant`, which reads whatever feedparser reads.
Values are as written: markup is not cleaned, dates are not read.
"""

from dataclasses import dataclass
from hashlib import blake2b

import orjson

from feedsvc.model.newsroom import Source

READING = 2
"""The version of our reading: raise it whenever the same entry comes to be read otherwise than before."""


@dataclass(frozen=True, slots=True)
class Markup:
    """A text construct. `kind` is text/plain, text/html or application/xhtml+xml; `base` is what its links go by."""

    value: str
    kind: str
    base: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an entry: `rel` is alternate or enclosure; `kind` and `length` (bytes) are the source's words."""

    rel: str
    href: str
    kind: str = ""
    title: str = ""
    length: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A media:content or, where it says so, a media:thumbnail. `kind` is its type or its medium."""

    url: str
    kind: str
    thumbnail: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `link` and the alternate links are absolute; what the entry does not give is empty.

    `authors` are names, one for each person; `image` is the address of an itunes:image.
    """

    id: str
    link: str
    links: tuple[Link, ...]
    title: Markup | None
    contents: tuple[Markup, ...]
    summary: Markup | None
    authors: tuple[str, ...]
    terms: tuple[str, ...]
    media: tuple[Media, ...]
    image: str
    published: str
    updated: str
    created: str


@dataclass(frozen=True, slots=True)
class Document:
    """A feed: its title as written, and its entries in their order."""

    title: Markup | None
    entries: tuple[Entry, ...]


def fingerprint(entry: object, source: Source) -> str:
    """16 hexadecimal digits: the same for the same entry, wherever it stands in the feed and whichever reader read it.

    `entry` is an Entry or a JSON object with all that it inherits. The version of our reading and what of the source's
    configuration has a part in it count too. Raises ValueError for text that is no Unicode.
    """
    shown = orjson.dumps((READING, source.timezone, source.language, entry), option=orjson.OPT_SORT_KEYS)
    return blake2b(shown, digest_size=8).hexdigest()
