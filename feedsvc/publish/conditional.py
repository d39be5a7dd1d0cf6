"""What to answer to a conditional GET or HEAD of prepared bytes (RFC 9110, sections 8.8, 12.5.3 and 13). Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from feedsvc.publish.prepared import Prepared

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True, slots=True)
class Answer:
    """A status (200 or 304), the headers that go with it, and the body, empty with 304.

    `Content-Length` and, for HEAD, leaving out the body are the server's.
    """

    status: int
    headers: dict[str, str]
    body: bytes


def answer(
    prepared: Prepared,
    *,
    max_age: int,
    if_none_match: str | None = None,
    if_modified_since: str | None = None,
    accept_encoding: str | None = None,
) -> Answer:
    """Choose encoding and status. `max_age`: seconds a reader may keep the answer. None stands for a missing header."""
    packed = accepts_gzip(accept_encoding)
    etag = prepared.gzip_etag if packed else prepared.etag
    headers = {
        "ETag": etag,
        "Last-Modified": format_datetime(prepared.last_modified, usegmt=True),
        "Cache-Control": f"public, max-age={max_age}",
        "Vary": "Accept-Encoding",
    }
    if is_current(etag, prepared.last_modified, if_none_match, if_modified_since):
        return Answer(304, headers, b"")
    headers["Content-Type"] = prepared.content_type
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Answer(200, headers, prepared.gzip if packed else prepared.body)


def is_current(etag: str, last_modified: datetime, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether what the reader has is still right.

    If-None-Match decides alone where it is given, by weak comparison (section 13.1.2); only without it does
    If-Modified-Since, and a date that cannot be read is ignored (13.1.3).
    """
    if if_none_match is not None:
        return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)
    since = _http_date(if_modified_since)
    return since is not None and last_modified <= since


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Whether gzip is the better choice: acceptable, and preferred at least as much as no encoding (12.5.3)."""
    weights = _weights(accept_encoding or "")
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _weights(accept_encoding: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for member in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in member.split(";"))
        if coding:
            weights[coding] = min((_weight(parameter) for parameter in parameters), default=1.0)
    return weights


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    # A weight that cannot be read is a refusal: the safe side is the plain form.
    return float(value) if re.fullmatch(r"\s*(0(\.\d{0,3})?|1(\.0{0,3})?)\s*", value) else 0.0


def _http_date(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
