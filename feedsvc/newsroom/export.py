"""A newsroom as a TOML text that reads back to the same newsroom."""

import json
import re
from dataclasses import MISSING, Field, fields
from datetime import timedelta
from typing import Any

from feedsvc.model.duration import format_duration
from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList, Source

Item = Category | Source | ReaderList | Digest
_KEYS = {"list_rules": "list", "article_rules": "article", "category_map": "map"}
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADING = "# A feedsvc newsroom: what is not named here has its default. Bring it in with `feedsvc apply`.\n"


def export(newsroom: Newsroom) -> str:
    """The whole newsroom, in its order; keys that have their default are left out."""
    tables = (
        ("category", newsroom.categories),
        ("source", newsroom.sources),
        ("list", newsroom.lists),
        ("digest", newsroom.digests),
    )
    return _HEADING + "".join(_table(name, item) for name, items in tables for item in items)


def plain(item: Item) -> dict[str, Any]:
    """An item's keys as they are written in a file, with values of TOML's own types."""
    return {_KEYS.get(field.name, field.name): _plain(getattr(item, field.name)) for field in fields(item)}


def value(of: Any) -> str:
    """A plain value as TOML writes it, on one line."""
    if isinstance(of, bool):
        return str(of).lower()
    if isinstance(of, int):
        return str(of)
    if isinstance(of, dict):
        inner = ", ".join(f"{_key(name)} = {value(part)}" for name, part in sorted(of.items()))
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(of, (list, tuple)):
        return f"[{', '.join(value(part) for part in of)}]"
    # JSON's escapes are all TOML's; DEL alone must be escaped here and need not there.
    return json.dumps(str(of), ensure_ascii=False).replace("\x7f", "\\u007F")


def _table(name: str, item: Item) -> str:
    shown = plain(item)
    defaults = {_KEYS.get(field.name, field.name): _plain(_default(field)) for field in fields(item)}
    written = {key: of for key, of in shown.items() if key == "slug" or of != defaults[key]}
    text = f"\n[[{name}]]\n"
    text += "".join(f"{_key(key)} = {value(of)}\n" for key, of in written.items() if not isinstance(of, dict))
    for key, of in written.items():
        if isinstance(of, dict):
            text += f"[{name}.{_key(key)}]\n" + "".join(
                f"{_key(inner)} = {value(part)}\n" for inner, part in sorted(of.items())
            )
    return text


def _default(field: "Field[Any]") -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _plain(of: Any) -> Any:
    if isinstance(of, timedelta):
        return format_duration(of)
    return list(of) if isinstance(of, tuple) else of


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else value(name)
