"""Addresses as feeds may carry them: absolute, http or https, in ASCII (RFC 3986; RSS and its validator know no IRIs)."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# feedparser, among others, takes these for references even in an address that is XML, and drops the semicolon.
_REFERENCE = re.compile(r"(?<=&)(#?[0-9A-Za-z]+);")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PUBLIC_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def feed_url(url: str) -> str | None:
    """`url` with an IDNA host and percent-escapes for whatever else is not ASCII; None for what is no http(s) address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
        path, query, fragment = (_escape(part) for part in (parts.path, parts.query, parts.fragment))
    except ValueError:  # UnicodeError is one
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or quote(host, safe=":") != host:
        return None
    authority = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        authority = f"{authority}:{port}"
    return _REFERENCE.sub(r"\1%3B", urlunsplit((parts.scheme, authority, path, query, fragment)))


def is_reachable(url: str) -> bool:
    """Whether the host is more than a bare name such as `localhost`: only such a URL may be an RSS enclosure."""
    return _PUBLIC_HOST.fullmatch(urlsplit(url).hostname or "") is not None


def _escape(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe="/?%;:@&=+$.-_!~*'(),")
