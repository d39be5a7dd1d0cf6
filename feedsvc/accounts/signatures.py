"""Signatures of requests: HMAC-SHA256 (RFC 2104) over the time and the body, beside the token.

A leaked token alone is then worth nothing, and what was signed can neither be altered nor sent again after five minutes.
Within them the same request again is harmless: an article enters once, whoever repeats it, and a repeated withdrawal
changes nothing. The secret is derived from the service's key and the token's id, and kept nowhere.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

HEADER = "Feedsvc-Signature"
TOLERANCE_SECONDS = 300
"""How far a signature's time may lie from ours, either way."""
MOST_SIGNATURES = 5
_PURPOSE = b"feedsvc push signature\0"
_TIME = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Verdict(StrEnum):
    """What a signature turned out to be."""

    GOOD = "good"
    MISSING = "missing"
    MALFORMED = "malformed"
    STALE = "stale"
    WRONG = "wrong"


def secret_for(key: bytes, token_id: str) -> str:
    """The secret that a token's requests are signed with: text, to be used as it stands."""
    return "fss_" + hmac.digest(key, _PURPOSE + token_id.encode(), "sha256").hex()


def sign(secret: str, payload: bytes, now: datetime) -> str:
    """The header's value for a payload sent at `now` (aware): `t=<unix seconds>,v1=<hexadecimal digits>`."""
    seconds = int(now.timestamp())
    return f"t={seconds},v1={_mac(secret, str(seconds), payload)}"


def verify(header: str | None, payload: bytes, secrets: Sequence[str], now: datetime) -> Verdict:
    """Judge a header against every secret that may have signed. Several `v1` may stand in it while a key is changed.

    Compares in constant time. `now` is aware.
    """
    if not header:
        return Verdict.MISSING
    read = _read(header)
    if read is None:
        return Verdict.MALFORMED
    seconds, given = read
    # Every pair is compared, whichever fits: the time says nothing about which one did.
    pairs = [(hmac.compare_digest(_mac(secret, seconds, payload), one)) for secret in secrets for one in given]
    if not any(pairs):
        return Verdict.WRONG
    return Verdict.GOOD if abs(now.timestamp() - int(seconds)) <= TOLERANCE_SECONDS else Verdict.STALE


def _read(header: str) -> tuple[str, list[str]] | None:
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    sound = len(times) == 1 and _TIME.fullmatch(times[0]) and 0 < len(given) <= MOST_SIGNATURES
    return (times[0], given) if sound and all(map(_SIGNATURE.fullmatch, given)) else None


def _mac(secret: str, seconds: str, payload: bytes) -> str:
    return hmac.digest(secret.encode(), seconds.encode() + b"." + payload, "sha256").hex()
