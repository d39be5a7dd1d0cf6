"""Addresses of pages: making them absolute, and the one form that identifies a story."""

import re
from functools import lru_cache
from operator import itemgetter
from posixpath import splitext
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = frozenset(
    {
        # Who sent the visitor, and in which campaign.
        "fbclid", "gclid", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
        "li_fat_id", "srsltid", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "s_cid", "ref_src", "_openstat", "_ga", "_gl",
        "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp", "hsctatracking", "spm", "from", "isappinstalled", "wfr",
        # Which visit it is.
        "phpsessid", "jsessionid",
    }
)  # fmt: skip
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml|php|jsp|jspx|asp|aspx)$", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
# The scheme is no part of an identity, so neither scheme's own port is.
_DEFAULT_PORTS = frozenset({80, 443})
# Browsers drop these anywhere in an address (WHATWG URL, section 4.4).
_IGNORED = dict.fromkeys(map(ord, "\t\r\n"))
# Absolute already, and without anything that would have to be looked at.
_WHOLE = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](?:/[!$-:=@-Z_a-z~]*)?(?:\?[!$-;=@-Z_a-z~]+)?(?:#[!$-;=@-Z_a-z~]+)?")
# The same, on the same host: no dots that climb.
_ROOTED = re.compile(r"(?:/[!$-\-0-:=@-Z_a-z~][!$-.0-:=@-Z_a-z~]*)+/?")
_SAFE_PATH = "/!$&'()*+,;=:@~-._"
_FILES = frozenset(
    {
        ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".odp", ".wps", ".et", ".rtf",
        ".csv", ".txt", ".zip", ".rar", ".7z", ".tar", ".gz", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".bmp",
        ".mp3", ".m4a", ".mp4", ".mov", ".avi", ".wmv", ".flv", ".webm", ".epub", ".ics", ".apk", ".exe",
    }
)  # fmt: skip


def absolute(base: str, href: str) -> str:
    """`href` as it stands on the page `base`, as an absolute http(s) address; "" where it is none.

    Nothing, scripts, mail addresses, data and other schemes, and what cannot be parsed, all give "".
    """
    if _WHOLE.fullmatch(href):
        return href
    if _ROOTED.fullmatch(href) and (origin := _origin(base)):
        return origin + href
    cleaned = href.translate(_IGNORED).strip(" \x00\x0b\x0c\xa0\u3000")
    # An address without a host would be joined to the base's own.
    if not cleaned or cleaned.lower().rstrip("/") in ("http:", "https:"):
        return ""
    try:
        joined = urljoin(base, cleaned)
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    if not usable or re.search(r"[\x00-\x1f\x7f]", joined):
        return ""
    return joined.replace(" ", "%20")


@lru_cache(maxsize=256)
def _origin(base: str) -> str:
    found = re.match(r"https?://[a-z0-9.-]*[a-z0-9](?=[/?#]|$)", base)
    return found[0] if found else ""


def canonical(url: str) -> str:
    """The identity of an address: two addresses of one page give the same text.

    Scheme, `www.`, default port, fragment, tracking parameters and sessions, the order of parameters, `.` and `..`, a
    trailing `index.html` or slash and the spelling of escapes do not count. The result is an identity, not always an
    address that answers. Never raises: what is no http(s) address comes back stripped.
    """
    try:
        parts = urlsplit(url.translate(_IGNORED).strip())
        host = _host(parts)
    except ValueError:
        return url.strip()
    if parts.scheme not in ("http", "https") or not host:
        return url.strip()
    path = _path(parts.path)
    # A fragment after `#!` names a page of a site that draws itself by script.
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit(("https", host, path, _query(parts.query), fragment))


def is_page(url: str) -> bool:
    """Does the address look like a page to read, rather than a file (PDF, document, archive, picture, film)?"""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    return splitext(path.rstrip("/").lower())[1] not in _FILES


def host_of(url: str) -> str:
    """The host name in lower case, "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def site_of(url: str) -> str:
    """The host name without its `www.`, for telling one site from another; "" where there is none."""
    return _without_www(host_of(url).rstrip("."))


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    name = _without_www(name.lower())
    if ":" in name:
        name = f"[{name}]"
    port = parts.port
    return name if port is None or port in _DEFAULT_PORTS else f"{name}:{port}"


def _without_www(name: str) -> str:
    while name.startswith("www.") and name.count(".") > 1:
        name = name.removeprefix("www.")
    return name


def _path(path: str) -> str:
    spelled = quote(unquote_to_bytes(path.replace("%2F", "%252F").replace("%2f", "%252F")), safe=_SAFE_PATH + "%")
    # A percent sign that stood for itself must stay one: only well-formed escapes survive unescaped.
    spelled = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", spelled)
    # Browsers read a backslash as a slash (WHATWG URL, section 4.4).
    spelled = _without_dots(spelled.replace("%5C", "/"))
    while (shorter := _SESSION.sub("", _INDEX.sub("", spelled)).rstrip("/")) != spelled:
        spelled = shorter
    return spelled or "/"


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            kept = kept[: max(1, len(kept) - 1)]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = [(k, v) for k, v in pairs if k.lower() not in _TRACKING and not k.lower().startswith("utm_")]
    # Values of one name keep their order: it may mean something.
    return urlencode(sorted(kept, key=itemgetter(0)), errors="surrogateescape")
