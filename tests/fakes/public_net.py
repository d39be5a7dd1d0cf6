"""An address that plays the public net: tests never leave the machine, and the guard lets through what is public alone."""

import pytest

from feedsvc.net import addresses

OUTSIDE = "127.0.0.9"


def open_outside(monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the guard take `OUTSIDE`, and nothing else of this machine, for a public address; gives it."""
    judge = addresses.is_allowed

    def is_allowed(address: str, *, allow_private: bool = False) -> bool:
        """As before, but for that one."""
        return address == OUTSIDE or judge(address, allow_private=allow_private)

    monkeypatch.setattr(addresses, "is_allowed", is_allowed)
    return OUTSIDE
