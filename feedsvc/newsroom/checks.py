"""What must hold between the tables of a newsroom: pure, and the same for a file and for what an apply would leave."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from feedsvc.model.newsroom import Newsroom
from feedsvc.newsroom.lines import Path

ALL_FEEDS = "all"
"""The name of the feeds of every category: no category may bear it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong: where (a path as `lines` has it), and a sentence without its end that says what to do."""

    path: Path
    says: str


def faults(newsroom: Newsroom, known: Newsroom = Newsroom()) -> list[Fault]:  # noqa: B008 (frozen)
    """Everything that does not hold, in the order of the tables. References may name what is in `known`, too."""
    categories = [item.slug for item in (*newsroom.categories, *known.categories)]
    lists = [item.slug for item in (*newsroom.lists, *known.lists)]
    return list(
        chain(
            _repeated(newsroom),
            _reserved(newsroom),
            _of_sources(newsroom, categories),
            _of_digests(newsroom, categories, lists),
        )
    )


def _repeated(newsroom: Newsroom) -> Iterator[Fault]:
    slugs = {
        "category": [item.slug for item in newsroom.categories],
        "source": [item.slug for item in newsroom.sources],
        "list": [item.slug for item in newsroom.lists],
        "digest": [item.slug for item in newsroom.digests],
    }
    for table, named in slugs.items():
        for number, slug in enumerate(named):
            if slug in named[:number]:
                yield Fault((table, number, "slug"), f"{slug!r} is there twice: give one of them another slug")


def _reserved(newsroom: Newsroom) -> Iterator[Fault]:
    for number, category in enumerate(newsroom.categories):
        if category.slug == ALL_FEEDS:
            says = f"{ALL_FEEDS!r} names the feeds of every category: choose another slug"
            yield Fault(("category", number, "slug"), says)


def _of_sources(newsroom: Newsroom, categories: Sequence[str]) -> Iterator[Fault]:
    for number, source in enumerate(newsroom.sources):
        yield from _missing(("source", number, "categories"), "category", source.categories, categories)
        for term, slug in source.category_map.items():
            if slug not in categories:
                yield Fault(("source", number, "map", term), _no_such("category", slug, categories))


def _of_digests(newsroom: Newsroom, categories: Sequence[str], lists: Sequence[str]) -> Iterator[Fault]:
    for number, digest in enumerate(newsroom.digests):
        yield from _missing(("digest", number, "categories"), "category", digest.categories, categories)
        yield from _missing(("digest", number, "lists"), "list", digest.lists, lists)
        if digest.min_items > digest.max_items:
            says = f"{digest.min_items} is more than max_items, {digest.max_items}: lower the one or raise the other"
            yield Fault(("digest", number, "min_items"), says)


def _missing(path: Path, noun: str, slugs: Sequence[str], known: Sequence[str]) -> Iterator[Fault]:
    for number, slug in enumerate(slugs):
        if slug not in known:
            yield Fault((*path, number), _no_such(noun, slug, known))
        elif slug in slugs[:number]:
            yield Fault((*path, number), f"{slug!r} is named twice: remove one")


def _no_such(noun: str, slug: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(slug, known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"add a [[{noun}]] with that slug, or name one that exists"
    return f"there is no {noun} {slug!r}: {hint}"
