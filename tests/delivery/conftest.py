"""Fixtures of the delivery tests: a relay on a socket, and no long waits."""

from collections.abc import AsyncIterator

import pytest

from feedsvc.delivery import drain, record
from tests.fakes.smtp import Relay, serve_relay


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    async with serve_relay() as running:
        yield running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(record, "RETRY_SECONDS", 0.02)
