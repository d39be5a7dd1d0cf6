"""Asking through a polite fetcher whose naps take no time."""

from datetime import timedelta

from feedsvc.clock import FixedClock
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.net.client import Fetched
from tests.ingest.site import Site


class Naps:
    """Notes how long it was asked to sleep, and lets the clock run so far."""

    def __init__(self, clock: FixedClock) -> None:
        self.taken: list[float] = []
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self._clock.advance(timedelta(seconds=seconds))


async def get(fetcher: PoliteFetcher, site: Site, path: str) -> Fetched:
    """The page at a path of the site, which must answer with one."""
    answer = await fetcher.get(site.url(path), allow_private=True)
    assert isinstance(answer, Fetched)
    return answer
