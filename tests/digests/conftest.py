"""The newsroom that the tests of digests write in."""

import pytest

from feedsvc.clock import FixedClock
from feedsvc.newsroom.apply import apply
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from tests.digests.rooms import ROOM, Room


@pytest.fixture
async def room(db: Database, settings: Settings, clock: FixedClock) -> Room:
    """The newsroom, on each engine in turn."""
    await apply(db, ROOM, clock.now())
    return Room(db, settings, clock)
