"""Items rendered once: the bytes of each item in each format, kept until there is no room for them.

A feed is a skeleton and the fragments of its items, joined. A fragment is kept under a digest of everything that it hangs
on, so it is never out of date, and the bytes of a feed are the same with and without it.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

import orjson

from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.items import Item, distinct_updates, item_of
from feedsvc.logs import get_logger
from feedsvc.model.article import Article

log = get_logger(__name__)

_OVERHEAD = 200
"""Bytes that the store itself needs for a fragment, about."""


class Fragments:
    """Fragments within `room` bytes; the least recently used leave first. For one thread at a time."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes kept in memory."""
        return self._size

    def get(self, digest: bytes) -> bytes | None:
        """The fragment of a digest, None where it is not known (any more)."""
        fragment = self._kept.get(digest)
        if fragment is not None:
            self._kept.move_to_end(digest)
        return fragment

    def keep(self, digest: bytes, fragment: bytes) -> None:
        """Keep a fragment, and let go of others until all have room."""
        self._size += len(fragment) + _OVERHEAD
        before = self._kept.pop(digest, None)
        if before is not None:
            self._size -= len(before) + _OVERHEAD
        self._kept[digest] = fragment
        while self._size > self._room:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone) + _OVERHEAD


def rendered(
    document: FeedDocument, form: FeedFormat, write: Callable[[Item], bytes], fragments: Fragments | None
) -> list[bytes]:
    """The bytes of every item, in the document's order: kept ones as they are, the others by `write`.

    An article that cannot be shown costs itself, and is logged with its id.
    """
    store = fragments or Fragments(0)
    titles = {category.slug: category.title for category in document.categories}
    found = []
    for article, updated in distinct_updates(document.items):
        tags = tuple((slug, titles.get(slug, "")) for slug in article.categories)
        try:
            digest = _digest(form, article, tags, updated)
            fragment = store.get(digest)
            if fragment is None:
                fragment = write(item_of(article, tags, updated))
                store.keep(digest, fragment)
        except Exception as error:  # whatever it is, it may cost this article alone
            log.warning("article left out of a feed", article=article.id, error=str(error))
        else:
            found.append(fragment)
    return found


def _digest(form: FeedFormat, article: Article, tags: tuple[tuple[str, str], ...], updated: datetime) -> bytes:
    everything = (form, tags, updated, article)
    try:
        data = orjson.dumps(everything)
    except TypeError:  # what JSON cannot say: a lone surrogate, a huge number
        data = repr(everything).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).digest()
