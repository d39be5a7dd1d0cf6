"""What entries of one document share: an id that stands at several names none of them, a shared address needs more.

Hand-made feeds give every entry one guid, or the address of one page, with or without a fragment. What tells entries at
one address apart is the fragment, else the entry's own id, else its title.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import urldefrag

from feedsvc.text.urls import canonical

_PART = 8
_NOTHING = "0" * _PART


@dataclass(frozen=True, slots=True)
class Named:
    """What an entry is called: its absolute address and its own id; "" for what it has not."""

    url: str
    id: str

    @property
    def calls(self) -> str:
        """Eight hexadecimal digits for the address, eight for the id: entries that share one share its digits."""
        return _digits(canonical(self.url)) + _digits(self.id)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry among the others: the id that is its own alone (None for none), and `apart` as a Story has it.

    `again`: an entry before it is the same story.
    """

    upstream_id: str | None
    apart: str = ""
    again: bool = False


def shares(some: Iterable[str], others: Iterable[str]) -> bool:
    """Has any entry an address or an id that one of the others has? Each is given by its `calls`."""
    parts = {part for calls in others for part in _parts(calls)}
    return any(not parts.isdisjoint(_parts(calls)) for calls in some)


def tell_apart(entries: Sequence[Named], title: Callable[[int], str]) -> list[Told]:
    """Each entry of a whole document among the others. `title` gives that of the entry at an index, and is rarely asked."""
    keys = [canonical(one.url) for one in entries]
    at, called = _places(keys), _places([one.id for one in entries])
    ids = ["" if _is_shared(called.get(one.id, []), entries, keys, title) else one.id for one in entries]
    aparts = [""] * len(entries)
    for group in at.values():
        found = _aparts(group, entries, ids, title) if len(group) > 1 else []
        if len(set(found)) > 1:
            for index, apart in zip(group, found, strict=True):
                aparts[index] = apart
    seen: set[tuple[str, str]] = set()
    told = []
    for key, own, apart in zip(keys, ids, aparts, strict=True):
        told.append(Told(own or None, apart, again=bool(key) and (key, apart) in seen))
        seen.add((key, apart))
    return told


def _places(values: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, value in enumerate(values):
        if value:
            found.setdefault(value, []).append(index)
    return found


def _is_shared(
    group: Sequence[int], entries: Sequence[Named], keys: Sequence[str], title: Callable[[int], str]
) -> bool:
    """Does an id stand at several entries? One that is shown twice, under one title at one address, is still one."""
    if len(group) < 2:
        return False
    places = {(keys[index], urldefrag(entries[index].url).fragment) for index in group}
    return len(places) > 1 or len(set(map(title, group))) > 1


def _aparts(
    group: Sequence[int], entries: Sequence[Named], ids: Sequence[str], title: Callable[[int], str]
) -> list[str]:
    fragments = [urldefrag(entries[index].url).fragment for index in group]
    times = Counter(fragments)
    return [
        _told(("fragment", fragment) if fragment and times[fragment] == 1 else _own(ids[index], index, title))
        for index, fragment in zip(group, fragments, strict=True)
    ]


def _own(upstream_id: str, index: int, title: Callable[[int], str]) -> tuple[str, str]:
    return ("id", upstream_id) if upstream_id else ("title", title(index))


def _told(by: tuple[str, str]) -> str:
    return blake2b("\n".join(by).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _digits(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=_PART // 2).hexdigest() if text else _NOTHING


def _parts(calls: str) -> list[str]:
    # An address and an id may be one text, and still are two things.
    address, own = calls[:_PART], calls[_PART:]
    return [f"{kind}{part}" for kind, part in (("at ", address), ("id ", own)) if part.strip("0")]
