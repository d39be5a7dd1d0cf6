"""What a conditional GET or HEAD of a prepared feed gets (RFC 9110, sections 8.8, 12.5.3 and 13). Pure."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from feedsvc.publish.prepared import Encoding

STALE = "Feedsvc-Stale"
"""The header that says for how many seconds nobody could look whether the feed has changed: the database is away."""
STALE_MAX_AGE = 30
"""Seconds for which an answer that may be out of date is kept at the most: who asks again gets the news soon after."""
_KEPT_ON_ERROR = 86_400

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_QUALITY = re.compile(r"\s*(0(\.\d{0,3})?|1(\.0{0,3})?)\s*")

# The best last. Every form is made once and sent often, so what counts is its size: brotli is smaller than the others
# by a seventh; zstd and gzip are of one size, and zstd is unpacked in a third of the time. No encoding comes first only
# where a reader says so.
_PREFERENCE = {encoding: place for place, encoding in enumerate(Encoding)}


@lru_cache(maxsize=256)
def chosen_encoding(accept_encoding: str | None) -> Encoding:
    """The encoding that serves best (section 12.5.3). None stands for a missing header.

    The greatest weight wins, and among equals brotli, zstd, gzip, identity, in this order. Identity is acceptable unless
    it is refused, with the least weight where it is not named. Nobody is sent away (406): who refuses identity and
    names nothing that there is gets gzip, which all know; who refuses that too gets identity.
    """
    weights = _weights(accept_encoding or "")
    if "x-gzip" in weights:
        weights.setdefault("gzip", weights["x-gzip"])
    others = weights.get("*", 0.0)
    found = [encoding for encoding in Encoding if weights.get(encoding, others) > 0]
    if found:
        return max(found, key=lambda encoding: (weights.get(encoding, others), _PREFERENCE[encoding]))
    refuses_identity = "*" in weights or "identity" in weights
    return Encoding.GZIP if refuses_identity and "gzip" not in weights and "*" not in weights else Encoding.IDENTITY


def is_current(etag: str, last_modified: datetime, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether what the reader has is still right (304).

    If-None-Match decides alone where it is given, by weak comparison (section 13.1.2); only without it does
    If-Modified-Since, and a date that cannot be read is ignored (13.1.3).
    """
    if if_none_match is not None:
        return if_none_match == etag or if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)
    since = _http_date(if_modified_since)
    return since is not None and last_modified <= since


@lru_cache(maxsize=4)
def cache_control(max_age: int, *, stale: bool) -> str:
    """How long, in seconds, an answer may be kept (RFC 9111, RFC 5861); shorter for one that may be out of date.

    A shared cache may hand out the old answer while it asks for the new one, and for a day while we are away.
    """
    if stale:
        return f"public, max-age={min(max_age, STALE_MAX_AGE)}, stale-if-error={_KEPT_ON_ERROR}"
    return f"public, max-age={max_age}, stale-while-revalidate={max_age}, stale-if-error={_KEPT_ON_ERROR}"


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
    return float(value) if _QUALITY.fullmatch(value) else 0.0


def _http_date(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
