"""One discovery's means: how much it may ask for, and how long."""

import asyncio
from dataclasses import replace

import pytest

from feedsvc.errors import AddressRefused, FetchError
from feedsvc.ingest.discovery.discover import discover
from feedsvc.ingest.discovery.errand import Errand
from feedsvc.model.newsroom import Source, SourceKind
from tests.fakes.news_site import NewsSite
from tests.ingest.looking import Looking, kit, page, upstream

__all__ = ["kit", "upstream"]


def errand(kit: Looking, upstream: NewsSite, *, seconds: float = 60.0, left: int = 3) -> Errand:
    source = Source("s", SourceKind.PAGE, upstream.base, allow_private=True)
    return Errand(kit.fetcher, kit.reader, source, asyncio.get_running_loop().time() + seconds, left)


async def test_after_its_last_request_it_asks_nothing(kit: Looking, upstream: NewsSite) -> None:
    url = upstream.put("/news/", page())
    out = errand(kit, upstream, left=2)
    assert (await out.get(url)).url == (await out.get(url)).url
    with pytest.raises(FetchError, match="looking around ends after"):
        await out.get(url)
    assert upstream.count("/news/") == 2


async def test_a_failure_costs_a_request_too(kit: Looking, upstream: NewsSite) -> None:
    out = errand(kit, upstream, left=1)
    with pytest.raises(FetchError, match="404"):
        await out.get(upstream.url("/missing"))
    with pytest.raises(FetchError, match="looking around ends after"):
        await out.get(upstream.put("/news/", page()))


async def test_a_site_that_does_not_answer_is_waited_for_no_longer_than_the_whole_may_take(
    kit: Looking, upstream: NewsSite
) -> None:
    url = upstream.put("/news/", page(), delay=30)
    with pytest.raises(FetchError, match="looking around ends after"):
        await errand(kit, upstream, seconds=0.2).get(url)


async def test_what_is_gone_says_so(kit: Looking, upstream: NewsSite) -> None:
    url = upstream.put("/news/", status=410)
    with pytest.raises(FetchError, match="taken away for good"):
        await errand(kit, upstream).get(url)


async def test_a_private_address_is_refused_unless_it_is_allowed(kit: Looking, upstream: NewsSite) -> None:
    url = upstream.put("/news/", page())
    with pytest.raises(AddressRefused):
        await discover(kit.fetcher, kit.reader, url)
    out = errand(kit, upstream)
    with pytest.raises(AddressRefused):
        await replace(out, source=replace(out.source, allow_private=False)).get(url)
    assert upstream.count("/news/") == 0


async def test_a_redirect_is_followed_and_the_place_it_leads_to_is_proposed(kit: Looking, upstream: NewsSite) -> None:
    upstream.put("/news/", page())
    found = await discover(kit.fetcher, kit.reader, upstream.redirect("/old", "/news/"), allow_private=True)
    assert (found.asked, found.url) == (upstream.url("/old"), upstream.url("/news/"))
    assert found.candidates[0].url == upstream.url("/news/")
