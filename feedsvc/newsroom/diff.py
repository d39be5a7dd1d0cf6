"""What would change: the newsroom that is there, the one that is wanted, and the ordered changes between them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList, Source
from feedsvc.newsroom.export import Item, plain, value

T = TypeVar("T", Category, Source, ReaderList, Digest)


class What(StrEnum):
    """The kinds of things in a newsroom, in the order in which they are added."""

    CATEGORY = "category"
    SOURCE = "source"
    LIST = "list"
    DIGEST = "digest"


class Act(StrEnum):
    """What is done."""

    ADD = "add"
    CHANGE = "change"
    ORDER = "order"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One key, named and valued as in a file. `old` is None where the whole thing is new, `new` where it goes."""

    key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change. An ORDER has no slug and one field, `order`, with the slugs before and after."""

    act: Act
    what: What
    slug: str
    fields: tuple[FieldChange, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The keys that differ."""
        return frozenset(field.key for field in self.fields)


def merge(old: Newsroom, wanted: Newsroom, prune: bool = False) -> Newsroom:
    """What stands afterwards: everything wanted, and what is not named as it was, unless `prune`.

    The wanted order rules among what is named; what is not named keeps its place, and new things follow the one they
    follow in `wanted`.
    """
    if prune:
        return wanted
    return Newsroom(
        _merged(old.categories, wanted.categories),
        _merged(old.sources, wanted.sources),
        _merged(old.lists, wanted.lists),
        _merged(old.digests, wanted.digests),
    )


def diff(old: Newsroom, wanted: Newsroom, prune: bool = False) -> tuple[Change, ...]:
    """The changes that lead from `old` to `merge(old, wanted, prune)`.

    Additions and changes come first (categories, sources, lists, digests), then removals the other way round, so that
    each step can be taken by itself.
    """
    new = merge(old, wanted, prune)
    pairs: list[tuple[What, Sequence[Item], Sequence[Item]]] = [
        (What.CATEGORY, old.categories, new.categories),
        (What.SOURCE, old.sources, new.sources),
        (What.LIST, old.lists, new.lists),
        (What.DIGEST, old.digests, new.digests),
    ]
    found = [change for what, before, after in pairs for change in _compared(what, before, after)]
    for what, before, after in reversed(pairs):
        stays = {item.slug for item in after}
        found.extend(Change(Act.REMOVE, what, item.slug) for item in before if item.slug not in stays)
    return tuple(found)


def describe(change: Change) -> str:
    """One change for a person: `+` adds, `~` changes, `-` removes; values as TOML writes them."""
    if change.act is Act.ADD:
        return f"+ {change.what} {change.slug}"
    if change.act is Act.REMOVE:
        return f"- {change.what} {change.slug}"
    name = change.what if change.act is Act.ORDER else f"{change.what} {change.slug}"
    fields = (f"{field.key} {value(field.old)} -> {value(field.new)}" for field in change.fields)
    return f"~ {name}: {'; '.join(fields)}"


def _merged(old: tuple[T, ...], wanted: tuple[T, ...]) -> tuple[T, ...]:
    named = {item.slug: item for item in wanted}
    there = {item.slug for item in old}
    in_wanted_order = iter([item for item in wanted if item.slug in there])
    result = [next(in_wanted_order) if item.slug in named else item for item in old]
    for number, item in enumerate(wanted):
        if item.slug not in there:
            result.insert(_place(result, wanted, number), item)
    return tuple(result)


def _place(result: list[T], wanted: tuple[T, ...], number: int) -> int:
    """Where a new item goes: after the one it follows; the first before the one that it precedes, or at the end."""
    slugs = [item.slug for item in result]
    if number > 0:
        return slugs.index(wanted[number - 1].slug) + 1
    return next((slugs.index(item.slug) for item in wanted if item.slug in slugs), len(slugs))


def _compared(what: What, before: Sequence[Item], after: Sequence[Item]) -> list[Change]:
    old = {item.slug: plain(item) for item in before}
    found = []
    for item in after:
        new = plain(item)
        if item.slug not in old:
            found.append(Change(Act.ADD, what, item.slug, tuple(FieldChange(key, None, of) for key, of in new.items())))
        elif new != old[item.slug]:
            was = old[item.slug]
            fields = tuple(FieldChange(key, was[key], of) for key, of in new.items() if of != was[key])
            found.append(Change(Act.CHANGE, what, item.slug, fields))
    stayed = {item.slug for item in after} & old.keys()
    was_order = [item.slug for item in before if item.slug in stayed]
    order = [item.slug for item in after if item.slug in stayed]
    if was_order != order:
        found.append(Change(Act.ORDER, what, "", (FieldChange("order", was_order, order),)))
    return found
