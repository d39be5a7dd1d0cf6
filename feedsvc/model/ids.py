"""Permanent identifiers: UUIDv7 (RFC 9562, section 5.7) and tag URIs (RFC 4151)."""

import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID


def uuid7(now: datetime) -> str:
    """A new UUIDv7: 48 bits of milliseconds, then 74 random bits; sorts by time of creation."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))


def minted_earlier(identifier: str, by: timedelta) -> str:
    """The least UUIDv7 of the instant `by` before `identifier` was minted: every older one sorts before it."""
    milliseconds = max(0, (UUID(identifier).int >> 80) - by // timedelta(milliseconds=1))
    return str(UUID(int=milliseconds << 80))


def tag_uri(base_url: str, now: datetime, article_id: str) -> str:
    """The guid of an article: a tag URI (RFC 4151) minted once and then kept, whatever becomes of the host name."""
    host = urlsplit(base_url).hostname or "localhost"
    if not any(letter.isalpha() for letter in host) or ":" in host:
        # RFC 4151 wants a domain name as tagging entity; a bare IP address is not one.
        host = "localhost"
    return f"tag:{host},{now.astimezone(UTC):%Y-%m-%d}:article/{article_id}"
