"""What an issue is made from: the digest, its categories, the articles that entered them, and the pure choice of each reader."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.digests.choose import Entry, Wanted, choose, irregular, marks, regular, wishes
from feedsvc.model.newsroom import Category, Digest
from feedsvc.storage import counters, issues, lists, reading
from feedsvc.storage.issues import Reader
from feedsvc.storage.types import Conn
from feedsvc.text.words import LANGUAGES

LOOKBACK = timedelta(days=120)
"""How far back an irregular reader's mail is made up for; what entered before is history, not news."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that decides an issue but its readers. `order` gives each article's place in time (UTC)."""

    digest: Digest
    offered: tuple[Category, ...]
    entries: tuple[Entry, ...]
    order: Mapping[str, datetime]
    list_titles: tuple[str, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of the categories, in order."""
        return tuple(category.slug for category in self.offered)

    def since(self, floor: int) -> tuple[str, ...]:
        """What a reader of everything whose last issue ended at `floor` gets, newest first."""
        everything = dict.fromkeys(self.slugs, 0)
        return self.sort(choose(self.entries, regular(everything, floor, marks(self.entries, floor))))

    def sort(self, article_ids: Iterable[str]) -> tuple[str, ...]:
        """Articles newest first; equal times by id, so that the order is always the same."""
        return tuple(sorted(article_ids, key=lambda key: (self.order[key], key), reverse=True))


async def gather(conn: Conn, digest: Digest, upto: int, now: datetime) -> Material:
    """Read what an issue that ends at entry `upto` is made from; a category that was deleted is left out."""
    known = await reading.categories(conn)
    offered = tuple(category for category in known if not digest.categories or category.slug in digest.categories)
    found = await issues.entries(conn, [category.slug for category in offered], upto, now - LOOKBACK)
    titles = tuple(reader_list.title for reader_list in await lists.every(conn) if reader_list.slug in digest.lists)
    return Material(
        digest,
        offered,
        tuple(Entry(article_id, category, number, here) for article_id, category, number, _, here in found),
        {article_id: sort_at for article_id, _, _, sort_at, _ in found},
        titles,
    )


async def entry_number(conn: Conn) -> int:
    """The last entry number so far; entries that others are making wait until this transaction ends."""
    return await counters.value(conn, "entry", lock=True)


def chooser(material: Material) -> Callable[[Reader, set[str]], tuple[str, ...]]:
    """What each reader gets, in order; equal readers are worked out once. The set is what an irregular one has received."""
    answers: dict[Wanted, tuple[str, ...]] = {}
    telling: dict[int, tuple[int, ...]] = {}

    def answer(reader: Reader, received: set[str]) -> tuple[str, ...]:
        """The ids of one reader's articles, in order; none where they wish for nothing of this digest."""
        since = wishes(material.digest, material.slugs, reader.subscriptions)
        if not since:
            return ()
        floor = reader.last_upto or 0
        if reader.irregular:
            wanted = irregular(since, received & material.order.keys())
        else:
            if floor not in telling:
                telling[floor] = marks(material.entries, floor)
            wanted = regular(since, floor, telling[floor])
        if wanted not in answers:
            answers[wanted] = material.sort(choose(material.entries, wanted))
        return answers[wanted]

    return answer


def spoken(language: str, digest: Digest) -> str:
    """The language in which a reader's mail speaks: their own where there are words for it, else the digest's."""
    primary = language.split("-", maxsplit=1)[0].lower()
    return primary if primary in LANGUAGES else digest.language.split("-")[0]


def edition_key(language: str, article_ids: Iterable[str], full: int) -> str:
    """The hash by which readers who get the same share an edition."""
    return hashlib.sha256("\n".join((language, str(full), *article_ids)).encode()).hexdigest()
