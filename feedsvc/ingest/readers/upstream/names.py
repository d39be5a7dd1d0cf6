"""The names of a document's elements and attributes as feedparser would spell them, or not at all.

feedparser looks prefixes up once for the whole document; whatever that could confuse is a matter for feedparser.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from feedsvc.ingest.readers.upstream.vocabulary import NAMESPACES

_CANONICAL = frozenset(NAMESPACES.values())
_PREFIXES = frozenset(prefix.lower() for prefix in _CANONICAL)
_XLINK = "http://www.w3.org/1999/xlink"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_VERSIONS = {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10"}
_RSS_090 = ("", "http://my.netscape.com/rdf/simple/0.9/")
_LOWERED = ("rel", "type")
# An absolute address that joining leaves as it is.
_WHOLE = re.compile(r"https?://[A-Za-z0-9._~@:-]+(?:/[^\s?#;\x00-\x20]*)?(?:\?[^\s#\x00-\x20]+)?(?:#[^\s\x00-\x20]+)?")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/+")


class Unsure(Exception):  # noqa: N818 (says what the matter is; it never leaves the quick reader)
    """The quick reader is not sure that it reads what feedparser reads: feedparser reads it."""


@dataclass(slots=True)
class Names:
    """What the document's declarations of namespaces mean. `version` is the dialect, as far as they tell it.

    `rebased`: somewhere in the document there may be an xml:base.
    """

    version: str = ""
    rebased: bool = True
    _addresses: dict[str, str] = field(default_factory=dict)
    _prefixes: dict[str, set[str]] = field(default_factory=dict)
    _spelled: dict[str, str] = field(default_factory=dict)

    def declare(self, prefix: str, address: str, *, at_root: bool) -> None:
        """Take note of a declaration. Raises Unsure for one that feedparser would take for something else."""
        lowered = address.lower()
        known = _known(lowered)
        if prefix:
            if self._addresses.setdefault(prefix.lower(), address) != address:
                raise Unsure
            if known is not None and known != prefix and prefix.lower() in _PREFIXES:
                raise Unsure
        self._prefixes.setdefault(address, set()).add(prefix)
        version = "rss090" if (prefix, lowered) == _RSS_090 else _VERSIONS.get(lowered, "")
        if not at_root and ((version and not self.version) or address == _XLINK):
            raise Unsure
        self.version = self.version or version

    def of(self, tag: str) -> str:
        """An element's name, `prefix_name` in lower case. Raises Unsure where its prefix is in doubt."""
        spelled = self._spelled.get(tag)
        if spelled is None:
            prefix, local = self._split(tag)
            spelled = self._spelled[tag] = (f"{prefix}_{local}" if prefix else local).lower()
        return spelled

    def attributes(self, element: Element) -> dict[str, str]:
        """An element's attributes by their names in lower case, `prefix:name` for those that have one."""
        found: dict[str, str] = {}
        plain: dict[str, str] = {}
        for name, value in element.items():
            if name[0] == "{":
                prefix, local = self._split(name)
                key = f"{prefix}:{local}".lower()
                if prefix not in _CANONICAL:
                    # feedparser knows such an attribute by its bare name too.
                    found[local.lower()] = value
            else:
                key = name.lower()
                plain[key] = value.lower() if key in _LOWERED else value
            found[key] = value
        return found | plain

    def base(self, element: Element, base: str) -> str:
        """The base of the addresses in `element`, whose parent's is `base`. Raises Unsure for a strange one."""
        if not self.rebased:
            return base
        if element.get("base") is not None:
            raise Unsure
        named = element.get(_XML_BASE)
        return rebased_to(base, named) if named else base

    def _split(self, tag: str) -> tuple[str, str]:
        if tag[0] != "{":
            return "", tag
        address, _, local = tag[1:].rpartition("}")
        known = _known(address.lower())
        if known is not None:
            return known, local
        prefixes = self._prefixes.get(address, set())
        if len(prefixes) != 1:
            raise Unsure
        return next(iter(prefixes)), local


def rebased_to(base: str, named: str) -> str:
    """`named` as a base within `base`. Raises Unsure where that is no http(s) address."""
    joined = joined_to(base, named)
    if not joined.startswith(("http://", "https://")):
        raise Unsure
    return joined


def joined_to(base: str, address: str) -> str:
    """`address` made absolute as feedparser does it, which keeps other schemes and drops nothing but extra slashes."""
    if _WHOLE.fullmatch(address):
        return address
    try:
        return urljoin(base, _SLASHES.sub(r"\1", address))
    except ValueError:
        return ""


def _known(lowered: str) -> str | None:
    return "" if "backend.userland.com/rss" in lowered else NAMESPACES.get(lowered)
