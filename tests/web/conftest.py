"""The service, answering: on SQLite, or on each engine in turn."""

from collections.abc import AsyncIterator

import pytest

from feedsvc.clock import FixedClock
from tests.web.rooms import Pages, serve, settings_for


@pytest.fixture
async def pages(sqlite_url: str, clock: FixedClock) -> AsyncIterator[Pages]:
    """The service on SQLite."""
    async with serve(settings_for(sqlite_url), clock) as made:
        yield made


@pytest.fixture
async def both(database_url: str, clock: FixedClock) -> AsyncIterator[Pages]:
    """The service on each engine in turn."""
    async with serve(settings_for(database_url), clock) as made:
        yield made


@pytest.fixture
async def below(sqlite_url: str, clock: FixedClock) -> AsyncIterator[Pages]:
    """The service with a base address that carries a path."""
    async with serve(settings_for(sqlite_url, "https://www.example.edu/press/news"), clock) as made:
        yield made
