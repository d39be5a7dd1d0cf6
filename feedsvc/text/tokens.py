"""Signed, URL-safe tokens: whom a link is for and what for; neither guessed nor used for anything else.

A token is base64url (RFC 4648, section 5, without padding) of a version byte, four bytes of expiry where it has one,
the parts, each after its length, and the first 16 bytes of an HMAC-SHA256 (RFC 2104) over purpose and all of that.
Nothing in it is secret; all of it is bound. Links valid for years rely on this format: a change needs a new version.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from datetime import datetime

_FOREVER, _EXPIRES = 1, 2
_MAC = 16

CONFIRM = "confirm"
PREFERENCES = "preferences"
UNSUBSCRIBE = "unsubscribe"


def sign(keys: Sequence[bytes], purpose: str, *parts: str | int, expires: datetime | None = None) -> str:
    """A token for `purpose` that carries `parts`, signed with the first (newest) key; `expires` is aware.

    Raises ValueError for a part longer than 255 bytes.
    """
    data = bytearray((_FOREVER,) if expires is None else (_EXPIRES,))
    if expires is not None:
        data += int(expires.timestamp()).to_bytes(4, "big")
    for part in parts:
        text = str(part).encode()
        if len(text) > 255:
            msg = "a part of a token is longer than 255 bytes"
            raise ValueError(msg)
        data.append(len(text))
        data += text
    return urlsafe_b64encode(data + _mac(keys[0], purpose, data)).rstrip(b"=").decode()


def verify(keys: Sequence[bytes], purpose: str, token: str, now: datetime | None = None) -> tuple[str, ...] | None:
    """The parts of a token signed for `purpose` with any of the keys; None for any other text, and once it has expired.

    Compares in constant time. A token that expires is refused where `now` (aware) is not given.
    """
    raw = _decode(token)
    if raw is None or len(raw) <= _MAC:
        return None
    data, mac = raw[:-_MAC], raw[-_MAC:]
    # Every key is tried, whichever fits: the time says nothing about which one signed.
    genuine = [hmac.compare_digest(_mac(key, purpose, data), mac) for key in keys]
    if not any(genuine):
        return None
    if data[0] == _FOREVER:
        return _parts(data[1:])
    if data[0] == _EXPIRES and now is not None and now.timestamp() < int.from_bytes(data[1:5], "big"):
        return _parts(data[5:])
    return None


def _mac(key: bytes, purpose: str, data: bytes | bytearray) -> bytes:
    # The purpose ends at a NUL, which no purpose contains: no two pairs of purpose and data read alike.
    return hmac.digest(key, b"feedsvc token\0" + purpose.encode() + b"\0" + data, "sha256")[:_MAC]


def _decode(token: str) -> bytes | None:
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, Base64Error):
        return None
    # One token, one spelling: the decoder passes over foreign letters and the last letter's unused bits.
    return raw if urlsafe_b64encode(raw).rstrip(b"=").decode() == token else None


def _parts(data: bytes) -> tuple[str, ...]:
    found, at = [], 0
    while at < len(data):
        end = at + 1 + data[at]
        found.append(data[at + 1 : end].decode())
        at = end
    return tuple(found)
