"""Addresses of the pages that a mail leads its reader to. Each carries a token (see `tokens`), never an e-mail address.

A token ends with the subscriber's `nonce`: a new nonce makes all earlier links worthless.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from feedsvc.text.tokens import sign

CONFIRMATION_DAYS = 7
"""How long a confirmation link works."""


def confirm_url(base_url: str, keys: Sequence[bytes], subscriber_id: int, nonce: str, now: datetime) -> str:
    """Where a new subscriber confirms the address; works for seven days from `now` (aware)."""
    expires = now + timedelta(days=CONFIRMATION_DAYS)
    return f"{base_url}/confirm/{sign(keys, 'confirm', str(subscriber_id), nonce, expires=expires)}"


def preferences_url(base_url: str, keys: Sequence[bytes], subscriber_id: int, nonce: str) -> str:
    """Where a subscriber changes what they get. Works until the nonce changes."""
    return f"{base_url}/preferences/{sign(keys, 'preferences', str(subscriber_id), nonce)}"


def unsubscribe_url(base_url: str, keys: Sequence[bytes], subscriber_id: int, nonce: str, digest: str) -> str:
    """Where a subscriber leaves what brings a digest (RFC 8058). Works for years, as long as the nonce stays."""
    return f"{base_url}/unsubscribe/{sign(keys, 'unsubscribe', str(subscriber_id), nonce, digest)}"
