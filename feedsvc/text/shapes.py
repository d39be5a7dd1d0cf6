"""What addresses of one kind have in common: the shape that is left without numbers, dates and words of the title."""

import re
from urllib.parse import urlsplit

_FIXED = frozenset({"page", "index", "show", "content", "detail", "view", "story", "article"})
_LONGEST_NAME = 24


def shape(url: str) -> str:
    """An address without what differs from story to story: /info/1023/7.htm and /info/1178/12.htm have one shape.

    Never raises: what cannot be taken apart is its own shape.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return url
    *folders, last = parts.path.rstrip("/").split("/")
    stem, dot, ending = last.rpartition(".")
    name = stem if dot and stem else last
    plain = [_folder(folder) for folder in folders]
    query = "&".join(sorted(part.partition("=")[0] for part in parts.query.split("&") if part))
    return f"{host}{'/'.join([*plain, _name(name)])}{dot + ending if dot and stem else ''}?{query}"


def _folder(name: str) -> str:
    return re.sub(r"\d+", "#", name) if len(name) < _LONGEST_NAME else "*"


def _name(name: str) -> str:
    bare = re.sub(r"\d+", "#", name)
    return bare if bare in _FIXED or re.fullmatch(r"[A-Za-z]{0,2}#(?:[A-Za-z_-]{0,2}#)*", bare) else "*"
