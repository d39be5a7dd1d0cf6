"""What the client will not connect to, by whatever name: FAULTS, trap 2."""

import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import AddressRefused, FetchError
from feedsvc.net.client import Fetched, HttpClient
from feedsvc.settings import Settings
from tests.fakes.news_site import NewsSite, serving
from tests.fakes.public_net import OUTSIDE, open_outside


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


LOOPBACK = (
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "localhost", "LOCALHOST", "localhost.", "0.0.0.0", "0",
    # full-width digits and dots, circled digits, an ideographic full stop
    "①②⑦.0.0.1", "１２７.０.０.１", "127。0。0。1",
    # decimal, hexadecimal, octal, mixed
    "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.0.0.0x1",
    # IPv6: itself, unspecified, mapped, compatible, translated, NAT64, 6to4, Teredo, with a zone
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:0]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::1]",
    "[::1%25lo]",
)  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK)
async def test_loopback_by_any_name_is_refused(client: HttpClient, site: NewsSite, host: str) -> None:
    site.put("/", "secret")
    with pytest.raises(FetchError):
        await client.get(f"http://{host}:{site.port}/")
    assert site.asked == []


async def test_refusal_says_what_to_do(client: HttpClient, site: NewsSite) -> None:
    with pytest.raises(AddressRefused, match="allow_private = true"):
        await client.get(site.url("/"))
    with pytest.raises(AddressRefused, match=r"never fetched\. Give a public address\.$"):
        await client.get("http://169.254.169.254/")


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


# ---------------------------------------------------------------- from the public net to a private address


@pytest.fixture
async def outside(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[NewsSite]:
    """A site on the public net."""
    open_outside(monkeypatch)
    async with serving(OUTSIDE) as running:
        yield running


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", LOOPBACK)
async def test_no_redirect_leads_inside(
    client: HttpClient, site: NewsSite, outside: NewsSite, host: str, status: int
) -> None:
    site.put("/secret", "secret")
    with pytest.raises(FetchError):
        await client.get(outside.redirect("/", f"http://{host}:{site.port}/secret", status))
    assert (outside.count("/"), site.asked) == (1, [])


async def test_nor_do_several(client: HttpClient, site: NewsSite, outside: NewsSite) -> None:
    site.put("/secret", "secret")
    outside.redirect("/b", site.url("/secret"))
    with pytest.raises(AddressRefused):
        await client.get(outside.redirect("/a", "/b"))
    assert site.asked == []


Answers = Callable[..., None]


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """`dns(("127.0.0.9",), ("127.0.0.1",))`: what the name news.example resolves to, one answer after another."""
    resolve = socket.getaddrinfo

    def answer(*answers: tuple[str, ...]) -> None:
        waiting = list(answers)

        def look_up(host: str, *args: Any, **options: Any) -> list[Any]:
            if host != "news.example":
                return resolve(host, *args, **options)
            found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            return [row for one in found for row in resolve(one, *args, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return answer


async def test_a_name_that_turns_private_is_refused(
    client: HttpClient, site: NewsSite, outside: NewsSite, dns: Answers
) -> None:
    dns((OUTSIDE,), ("127.0.0.1",))
    site.put("/secret", "secret")
    outside.redirect("/", f"http://news.example:{site.port}/secret")
    with pytest.raises(AddressRefused):
        await client.get(f"http://news.example:{outside.port}/")
    assert (outside.count("/"), site.asked) == (1, [])


async def test_a_name_with_a_private_address_among_others_is_refused(
    client: HttpClient, site: NewsSite, dns: Answers
) -> None:
    site.put("/", "secret")
    for found in (("127.0.0.1", OUTSIDE), (OUTSIDE, "127.0.0.1")):
        dns(found)
        with pytest.raises(FetchError):
            await client.get(f"http://news.example:{site.port}/")
    assert site.asked == []


async def test_a_name_for_metadata_is_refused_even_with_leave(client: HttpClient, dns: Answers) -> None:
    dns(("169.254.169.254",))
    with pytest.raises(AddressRefused):
        await client.get("http://news.example/latest/meta-data/", allow_private=True)
