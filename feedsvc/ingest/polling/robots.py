"""robots.txt (RFC 9309): what may be fetched, and how slowly.

The standard library's parser takes the first rule that matches, knows no `*` and `$` and merges no groups, so it forbids
what is allowed and allows what is forbidden. This one follows the RFC: all groups that name us count together, else all
for `*`; the longest matching pattern wins, and the allowing one of two that are equally long. Crawl-delay is no part of
the RFC; it counts as a line of its group.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

AGENT = "feedsvc"
MAX_DELAY = 30.0
"""Seconds. A longer crawl-delay counts as this: a poll of sixty pages would else never end."""

MAX_BYTES = 512_000
"""RFC 9309, section 2.5: 500 KiB are read, what comes after is not."""

_TOKEN = re.compile(r"\*|[A-Za-z_-]+")
_LINE_ENDS = re.compile(r"\r\n?|\n")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
# All of ASCII but the controls and the blank: `quote` is to escape nothing else.
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_RULES_FILE = "/robots.txt"


@dataclass(frozen=True, slots=True)
class Line:
    """One `allow` or `disallow` line; `pattern` as it stands there, its escapes spelled alike."""

    allow: bool
    pattern: str

    def matches(self, path: str) -> bool:
        """Does the pattern match the path, from its beginning? `*` stands for anything, `$` at the end for the end."""
        bound = self.pattern.endswith("$")
        head, *parts = (self.pattern[:-1] if bound else self.pattern).split("*")
        if not path.startswith(head):
            return False
        if not parts:
            return not bound or path == head
        last, at = parts.pop(), len(head)
        for part in parts:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return len(path) - len(last) >= at and path.endswith(last) if bound else path.find(last, at) >= 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site's rules mean for us, and when they were read (UTC). No lines: everything is allowed."""

    lines: tuple[Line, ...]
    delay: float
    read_at: datetime

    def allows(self, url: str) -> bool:
        """May we fetch `url`? The rules' own address always."""
        if not self.lines:
            return True
        parts = urlsplit(url)
        path = _spelled(parts.path or "/")
        if path == _RULES_FILE:
            return True
        asked = f"{path}?{_spelled(parts.query)}" if "?" in url.partition("#")[0] else path
        # What is special in a pattern is escaped where it is meant as itself (section 2.2.3).
        whole = asked.replace("*", "%2A").replace("$", "%24")
        found = max(((len(line.pattern), line.allow) for line in self.lines if line.matches(whole)), default=(0, True))
        return found[1]

    @property
    def text(self) -> str:
        """A robots.txt that says the same to us, "" where everything is allowed: `parse` reads it back."""
        lines = [f"{'Allow' if line.allow else 'Disallow'}: {line.pattern}" for line in self.lines]
        if self.delay:
            lines.append(f"Crawl-delay: {self.delay}")
        return "\n".join((f"User-agent: {AGENT}", *lines)) if lines else ""


def everything(now: datetime) -> Rules:
    """The rules of a site that has none."""
    return Rules((), 0.0, now)


def parse(body: bytes, now: datetime) -> Rules:
    """The rules of a robots.txt. Whatever it holds, this raises nothing: lines that mean nothing are passed over."""
    kept = body[:MAX_BYTES]
    if len(kept) < len(body):
        # A line that is cut in the middle would say something else.
        kept = kept[: max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1]
    ours: list[tuple[str, str]] = []
    everybodys: list[tuple[str, str]] = []
    named = False
    for agents, name, value in _members(kept.decode("utf-8", "replace").removeprefix("\ufeff")):
        named = named or AGENT in agents
        if AGENT in agents:
            ours.append((name, value))
        if "*" in agents:
            everybodys.append((name, value))
    return _rules(ours if named else everybodys, now)


def address(url: str) -> str:
    """Where the rules for `url` are."""
    return origin(url) + _RULES_FILE


def origin(url: str) -> str:
    """Scheme and authority of an address, without a login: `https://example.edu:8443`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _members(text: str) -> Iterator[tuple[frozenset[str], str, str]]:
    """Each line of a group with the agents of its group; a group without lines gives one that means nothing."""
    agents: set[str] = set()
    begun = False
    for line in _LINE_ENDS.split(text):
        name, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        name = name.lower()
        if name == "user-agent" and colon:
            if begun:
                agents, begun = set(), False
            token = _TOKEN.match(value)
            agents.add(token.group().lower() if token else "")
            yield frozenset(agents), "", ""
        elif name in ("allow", "disallow", "crawl-delay"):
            # Other lines, such as Sitemap, end no group (section 2.2.4).
            begun = True
            yield frozenset(agents), name, value


def _rules(members: Iterable[tuple[str, str]], now: datetime) -> Rules:
    lines: list[Line] = []
    delay = 0.0
    for name, value in members:
        if name == "crawl-delay":
            delay = max(delay, _seconds(value))
        elif value.startswith(("/", "*")):
            lines.append(Line(name == "allow", _spelled(value)))
    return Rules(tuple(lines), min(delay, MAX_DELAY), now)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return max(seconds, 0.0) if math.isfinite(seconds) else 0.0


def _spelled(text: str) -> str:
    """A path or pattern with its octets written in one way (section 2.2.2): what may stand for itself does, the rest is escaped."""
    return _ESCAPE.sub(_unescaped, quote(text, safe=_ASCII, errors="replace"))


def _unescaped(match: re.Match[str]) -> str:
    letter = chr(int(match[1], 16))
    return letter if letter in _UNRESERVED else match[0].upper()
