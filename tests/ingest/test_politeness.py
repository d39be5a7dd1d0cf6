"""Rules are asked for first, waits are kept, and a host is asked slowly where it wishes so."""

from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import AddressRefused, FetchError
from feedsvc.ingest.politeness import PoliteFetcher
from feedsvc.net.client import Fetched, HttpClient
from feedsvc.settings import Settings
from tests.ingest.site import Site


class Naps:
    """Notes how long it was asked to sleep, and lets the clock run so far."""

    def __init__(self, clock: FixedClock) -> None:
        self.taken: list[float] = []
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        self._clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def naps(clock: FixedClock) -> Naps:
    return Naps(clock)


@pytest.fixture
def fetcher(client: HttpClient, settings: Settings, clock: FixedClock, naps: Naps) -> PoliteFetcher:
    return PoliteFetcher(client, settings, clock, naps)


async def get(fetcher: PoliteFetcher, site: Site, path: str) -> Fetched:
    answer = await fetcher.get(site.url(path), allow_private=True)
    assert isinstance(answer, Fetched)
    return answer


async def test_what_is_forbidden_is_not_asked_for(fetcher: PoliteFetcher, site: Site) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /secret")
    site.put("/news", {})
    await get(fetcher, site, "/news")
    with pytest.raises(FetchError, match=r"robots\.txt forbids fetching .*Ask the site's webmaster"):
        await get(fetcher, site, "/secret/1")
    assert site.asked == ["/robots.txt", "/news"]


async def test_rules_are_kept_for_a_day(fetcher: PoliteFetcher, site: Site, clock: FixedClock) -> None:
    site.page("/robots.txt", b"")
    site.put("/news", {})
    for hours in (0, 12, 11, 2):
        clock.advance(timedelta(hours=hours))
        await get(fetcher, site, "/news")
    assert site.asked.count("/robots.txt") == 2


async def test_no_rules_allow_everything(fetcher: PoliteFetcher, site: Site) -> None:
    site.put("/news", {})
    assert (await get(fetcher, site, "/news")).status == 200


async def test_rules_that_are_unavailable_forbid_everything(fetcher: PoliteFetcher, site: Site) -> None:
    site.fail("/robots.txt", 503, Retry_After="60")
    site.put("/news", {})
    with pytest.raises(FetchError, match="nothing of that host is fetched for now"):
        await get(fetcher, site, "/news")
    assert "/news" not in site.asked


async def test_unless_earlier_rules_are_known(fetcher: PoliteFetcher, site: Site, clock: FixedClock) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /secret")
    site.put("/news", {})
    await get(fetcher, site, "/news")
    site.fail("/robots.txt")
    clock.advance(timedelta(days=2))
    await get(fetcher, site, "/news")
    await get(fetcher, site, "/news")
    with pytest.raises(FetchError, match="forbids"):
        await get(fetcher, site, "/secret")
    assert site.asked.count("/robots.txt") == 2


async def test_the_setting_turns_rules_off(
    client: HttpClient, settings: Settings, clock: FixedClock, site: Site
) -> None:
    lax = settings.model_copy(update={"ingest": settings.ingest.model_copy(update={"robots": False})})
    site.page("/robots.txt", b"User-agent: *\nDisallow: /")
    site.put("/news", {})
    await get(PoliteFetcher(client, lax, clock), site, "/news")
    assert site.asked == ["/news"]


async def test_a_crawl_delay_is_kept_between_requests(fetcher: PoliteFetcher, site: Site, naps: Naps) -> None:
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 3")
    site.put("/news", {})
    for _ in range(3):
        await get(fetcher, site, "/news")
    assert naps.taken == [3, 3]


async def test_a_wish_to_wait_is_kept_for_that_url(fetcher: PoliteFetcher, site: Site, clock: FixedClock) -> None:
    site.fail("/busy", 429, Retry_After="600")
    site.put("/news", {})
    with pytest.raises(FetchError) as first:
        await get(fetcher, site, "/busy")
    assert first.value.retry_after == 600
    clock.advance(timedelta(minutes=5))
    with pytest.raises(FetchError, match="asked us to wait; it will be tried again in 5 min") as second:
        await get(fetcher, site, "/busy")
    assert second.value.retry_after == 300
    await get(fetcher, site, "/news")
    assert site.asked == ["/busy", "/news"]
    site.put("/busy", {})
    clock.advance(timedelta(minutes=5))
    await get(fetcher, site, "/busy")


async def test_two_wishes_within_a_minute_count_for_the_host(
    fetcher: PoliteFetcher, site: Site, clock: FixedClock
) -> None:
    for path in ("/a", "/b"):
        site.fail(path, 503, Retry_After="600")
        with pytest.raises(FetchError):
            await get(fetcher, site, path)
        clock.advance(timedelta(seconds=50))
    site.put("/news", {})
    with pytest.raises(FetchError, match="asked us to wait"):
        await get(fetcher, site, "/news")
    assert site.asked == ["/a", "/b"]


async def test_two_wishes_far_apart_do_not(fetcher: PoliteFetcher, site: Site, clock: FixedClock) -> None:
    for path in ("/a", "/b"):
        site.fail(path, 503, Retry_After="600")
        with pytest.raises(FetchError):
            await get(fetcher, site, path)
        clock.advance(timedelta(seconds=70))
    site.put("/news", {})
    await get(fetcher, site, "/news")


async def test_a_private_address_is_refused_before_its_rules_are_read(fetcher: PoliteFetcher, site: Site) -> None:
    with pytest.raises(AddressRefused):
        await fetcher.get(site.url("/news"))
    assert site.asked == []
