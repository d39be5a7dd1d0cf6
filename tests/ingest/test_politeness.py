"""Rules are asked for first, waits are kept, and a host is asked slowly where it wishes so."""

from datetime import timedelta

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import AddressRefused, FetchError
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.net.client import HttpClient
from feedsvc.settings import Settings
from tests.ingest.asking import Naps, get
from tests.ingest.site import Site


@pytest.fixture
def naps(clock: FixedClock) -> Naps:
    return Naps(clock)


@pytest.fixture
def fetcher(client: HttpClient, settings: Settings, clock: FixedClock, naps: Naps) -> PoliteFetcher:
    return PoliteFetcher(client, settings, clock, naps)


async def test_what_is_forbidden_is_not_asked_for(fetcher: PoliteFetcher, site: Site) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /secret")
    site.put("/news", {})
    await get(fetcher, site, "/news")
    with pytest.raises(FetchError, match=r"robots\.txt forbids it\. Ask its webmaster to allow .*'feedsvc'") as caught:
        await get(fetcher, site, "/secret/1")
    assert str(caught.value).count(site.url("")) == 1
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
    with pytest.raises(FetchError, match="nothing of their site is fetched") as caught:
        await get(fetcher, site, "/news")
    assert str(caught.value).count(site.url("")) == 1
    assert "/news" not in site.asked


async def test_unless_earlier_rules_are_known(fetcher: PoliteFetcher, site: Site, clock: FixedClock) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /secret")
    site.put("/news", {})
    await get(fetcher, site, "/news")
    site.fail("/robots.txt")
    clock.advance(timedelta(days=2))
    await get(fetcher, site, "/news")
    await get(fetcher, site, "/news")
    with pytest.raises(FetchError, match="forbids it"):
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
    assert naps.taken == [3, 3, 3]


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


# ---------------------------------------------------------------- rules that cannot be had


async def test_unavailable_rules_are_not_asked_for_with_every_page(
    fetcher: PoliteFetcher, site: Site, clock: FixedClock
) -> None:
    site.fail("/robots.txt", 503, Retry_After="1200")
    for path in ("/a", "/b", "/c"):
        with pytest.raises(FetchError, match="nothing of their site is fetched"):
            await get(fetcher, site, path)
    assert site.asked == ["/robots.txt"]
    site.page("/robots.txt", b"")
    site.put("/a", {})
    clock.advance(timedelta(minutes=21))
    await get(fetcher, site, "/a")


async def test_rules_behind_five_redirects_count_and_behind_more_they_do_not(
    fetcher: PoliteFetcher, site: Site, clock: FixedClock
) -> None:
    site.put("/news", {})
    site.page("/rules", b"User-agent: *\nDisallow: /news")
    for step in range(5):
        site.server.redirect(f"/{step}", f"/{step + 1}" if step < 4 else "/rules")
    site.server.redirect("/robots.txt", "/1")
    with pytest.raises(FetchError, match="forbids it"):
        await get(fetcher, site, "/news")
    clock.advance(timedelta(days=2))
    site.server.redirect("/robots.txt", "/robots.txt")
    await get(fetcher, site, "/news")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_rules_that_are_refused_forbid_nothing(fetcher: PoliteFetcher, site: Site, status: int) -> None:
    site.fail("/robots.txt", status)
    site.put("/news", {})
    await get(fetcher, site, "/news")


# ---------------------------------------------------------------- every hop


async def test_a_redirect_to_what_is_forbidden_is_not_followed(fetcher: PoliteFetcher, site: Site) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /secret")
    site.put("/secret", {})
    site.server.redirect("/news", "/secret", 302)
    with pytest.raises(FetchError, match="/secret is not fetched"):
        await get(fetcher, site, "/news")
    assert "/secret" not in site.asked


async def test_a_redirect_is_a_request_like_any_other(fetcher: PoliteFetcher, site: Site, naps: Naps) -> None:
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 2")
    site.put("/b", {})
    site.server.redirect("/a", "/b", 302)
    await get(fetcher, site, "/a")
    assert naps.taken == [2, 2]


async def test_a_wait_behind_a_redirect_counts_for_both_addresses(
    fetcher: PoliteFetcher, site: Site, clock: FixedClock
) -> None:
    site.server.redirect("/a", "/b", 302)
    site.fail("/b", 429, Retry_After="600")
    for path in ("/a", "/a", "/b"):
        with pytest.raises(FetchError) as caught:
            await get(fetcher, site, path)
        assert caught.value.retry_after == 600
    assert site.asked == ["/a", "/b"]
