"""What every part of a poll works with."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from feedsvc.clock import Clock
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.ports import OnProgress, StoryReader, unwatched
from feedsvc.settings import Settings
from feedsvc.storage.database import Database


@dataclass(frozen=True, slots=True)
class Kit:
    """Database, fetcher, reader and clock. `chance` gives numbers in [0, 1) for jitter."""

    db: Database
    fetcher: PoliteFetcher
    reader: StoryReader
    settings: Settings
    clock: Clock
    progress: OnProgress = unwatched
    chance: Callable[[], float] = field(default=random.random)
