"""robots.txt (RFC 9309), read with the standard library's parser: what may be fetched, and how slowly."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

AGENT = "feedsvc"
MAX_DELAY = 30.0
_MAX_BYTES = 512_000


@dataclass(frozen=True, slots=True)
class Rules:
    """A host's rules and when they were read (UTC). No parser: everything is allowed."""

    parser: RobotFileParser | None
    read_at: datetime

    def allows(self, url: str) -> bool:
        """May we fetch `url`?"""
        return self.parser is None or self.parser.can_fetch(AGENT, url)

    @property
    def delay(self) -> float:
        """Seconds to leave between two requests, at the most 30: more would keep a poll from ever ending."""
        wanted = self.parser.crawl_delay(AGENT) if self.parser else None
        return min(float(wanted or 0.0), MAX_DELAY)


def parse(body: bytes, now: datetime) -> Rules:
    """The rules of a robots.txt. Whatever it holds, this raises nothing: lines that mean nothing are passed over."""
    parser = RobotFileParser()
    text = body[:_MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    parser.parse(text.splitlines())
    return Rules(parser, now)


def address(url: str) -> str:
    """Where the rules for `url` are."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"
