"""What the client will not connect to, by whatever name: FAULTS, trap 2."""

from collections.abc import AsyncIterator

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import AddressRefused, FetchError
from feedsvc.net.client import Fetched, HttpClient
from feedsvc.settings import Settings
from tests.fakes.news_site import NewsSite, serving


@pytest.fixture
async def site() -> AsyncIterator[NewsSite]:
    async with serving() as running:
        yield running


@pytest.fixture
async def client(settings: Settings, clock: FixedClock) -> AsyncIterator[HttpClient]:
    made = HttpClient(settings, clock)
    yield made
    await made.close()


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "data:,x", "/etc/passwd", "", "http://", "http://[bad"]
)
async def test_only_http(client: HttpClient, url: str) -> None:
    with pytest.raises(FetchError, match="not an http or https address"):
        await client.get(url, allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "①②⑦.0.0.1",
        "2130706433",
        "0x7f.1",
        "127.1",
        "017700000001",
    ],
)
async def test_loopback_by_any_name_is_refused(client: HttpClient, site: NewsSite, host: str) -> None:
    site.put("/", "secret")
    with pytest.raises(FetchError):
        await client.get(f"http://{host}:{site.port}/")
    assert site.asked == []


async def test_refusal_says_what_to_do(client: HttpClient, site: NewsSite) -> None:
    with pytest.raises(AddressRefused, match="allow_private = true"):
        await client.get(site.url("/"))


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "0.0.0.0", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1"]
)
async def test_special_addresses_are_refused_even_with_leave(client: HttpClient, host: str) -> None:
    with pytest.raises(AddressRefused):
        await client.get(f"http://{host}/", allow_private=True)


async def test_each_hop_is_checked(client: HttpClient, site: NewsSite) -> None:
    with pytest.raises(AddressRefused):
        await client.get(site.redirect("/a", "http://169.254.169.254/latest/meta-data/"), allow_private=True)


async def test_leave_for_one_source_opens_no_door_for_another(client: HttpClient, site: NewsSite) -> None:
    url = site.put("/a", "x")
    assert isinstance(await client.get(url, allow_private=True), Fetched)
    # The connection of the first is still open; the second must not be given it.
    with pytest.raises(AddressRefused):
        await client.get(url)
    assert site.count("/a") == 1


async def test_the_environment_names_no_proxy(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, clock: FixedClock, site: NewsSite
) -> None:
    monkeypatch.setenv("http_proxy", site.base)
    monkeypatch.setenv("HTTP_PROXY", site.base)
    client = HttpClient(settings, clock)
    with pytest.raises(FetchError):
        await client.get("http://host.invalid/")
    assert site.asked == []
    await client.close()
