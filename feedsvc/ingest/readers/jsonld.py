"""The JSON-LD of a page (json-ld.org, schema.org): its nodes, however they are nested and wrapped."""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

import orjson

from feedsvc.ingest.readers.dom import Page

_MOST = 5000
_WRAPPING = re.compile(
    r"^\s*(?:<!--|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|/\*\s*\]\]>\s*\*/|//\s*\]\]>|\]\]>|;)\s*$"
)


def nodes(page: Page, inside: Collection[str]) -> Iterator[dict[str, Any]]:
    """Every node of a page's JSON-LD, and those that stand in them under the keys `inside`; at most 5,000 in all."""
    waiting: list[Any] = list(_documents(page))
    for _ in range(_MOST):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            yield node
            waiting.extend(value for key, value in node.items() if key in inside)


def kinds(node: dict[str, Any]) -> set[str]:
    """What a node says it is, in lower case and without the address of the vocabulary; "" where it says nothing."""
    kind = node.get("@type")
    return {str(name or "").lower().rpartition("/")[2] for name in (kind if isinstance(kind, list) else [kind])}


def _documents(page: Page) -> Iterator[Any]:
    """What is no JSON in spite of its wrapping is passed over."""
    for script in page.root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = _WRAPPING.sub("", _WRAPPING.sub("", script.text or "")).strip()
        try:
            yield orjson.loads(text)
        except orjson.JSONDecodeError:
            # Line breaks within strings are not JSON, but common.
            with suppress(ValueError, RecursionError):
                yield json.loads(text, strict=False)
