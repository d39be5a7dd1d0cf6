"""What sites asked of us outlives the process, and counts for the one beside it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import FetchError
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.net.client import HttpClient
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from tests.ingest.asking import Naps, get
from tests.ingest.site import Site

Begin = Callable[[], PoliteFetcher]


@pytest.fixture
def naps(clock: FixedClock) -> Naps:
    return Naps(clock)


@pytest.fixture
def anew(client: HttpClient, settings: Settings, clock: FixedClock, naps: Naps, db: Database) -> Begin:
    """A fetcher as a process that begins now has it; all of them on one database."""
    return lambda: PoliteFetcher(client, settings, clock, naps, db)


async def test_rules_survive_a_restart(anew: Begin, site: Site, clock: FixedClock) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /secret\nAllow: /secret/not")
    for path in ("/news", "/secret/not"):
        site.put(path, {})
        await get(anew(), site, path)
    with pytest.raises(FetchError, match="forbids it"):
        await get(anew(), site, "/secret")
    assert site.asked.count("/robots.txt") == 1
    clock.advance(timedelta(days=1))
    await get(anew(), site, "/news")
    assert site.asked.count("/robots.txt") == 2


async def test_that_there_are_no_rules_survives_too(anew: Begin, site: Site) -> None:
    site.put("/news", {})
    for _ in range(3):
        await get(anew(), site, "/news")
    assert site.server.count("/robots.txt") == 1


async def test_known_rules_hold_after_a_restart_while_they_cannot_be_read(
    anew: Begin, site: Site, clock: FixedClock
) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /secret")
    site.put("/news", {})
    await get(anew(), site, "/news")
    site.fail("/robots.txt")
    clock.advance(timedelta(days=2))
    fetcher = anew()
    await get(fetcher, site, "/news")
    with pytest.raises(FetchError, match="forbids it"):
        await get(fetcher, site, "/secret")


async def test_waits_survive_a_restart_and_end(anew: Begin, site: Site, clock: FixedClock) -> None:
    for path in ("/a", "/b"):
        site.fail(path, 503, Retry_After="600")
        with pytest.raises(FetchError):
            await get(anew(), site, path)
    fetcher = anew()
    for path in ("/a", "/b"):
        site.put(path, {})
        with pytest.raises(FetchError, match="asked us to wait; it will be tried again in 10 min") as caught:
            await get(fetcher, site, path)
        assert caught.value.retry_after == 600
    assert site.asked == ["/a", "/b"]
    clock.advance(timedelta(minutes=10))
    await get(anew(), site, "/a")
    await get(fetcher, site, "/b")


async def test_two_processes_share_a_crawl_delay(anew: Begin, site: Site, naps: Naps) -> None:
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 4")
    site.put("/news", {})
    one, other = anew(), anew()
    for fetcher in (one, other, one, anew()):
        await get(fetcher, site, "/news")
    assert naps.taken == [4, 4, 4, 4]


async def test_a_clock_that_was_set_back_stops_nothing(anew: Begin, site: Site, clock: FixedClock, naps: Naps) -> None:
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 4")
    site.put("/news", {})
    await get(anew(), site, "/news")
    clock.advance(-timedelta(days=1))
    await get(anew(), site, "/news")
    assert naps.taken == [4]


async def test_nothing_is_written_for_a_request_as_such(
    anew: Begin, site: Site, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetcher = anew()
    site.put("/news", {})
    await get(fetcher, site, "/news")
    monkeypatch.setattr(db, "write", None)
    for _ in range(5):
        await get(fetcher, site, "/news")
