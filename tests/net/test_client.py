"""The guarded client against a site that misbehaves: FAULTS, "Upstream" and trap 2."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from feedsvc.clock import FixedClock
from feedsvc.errors import FetchError
from feedsvc.net.client import Fetched, Gone, HttpClient, NotModified, shown, user_agent
from feedsvc.settings import Ingest, Settings
from tests.fakes.news_site import Answer, NewsSite, serving


@pytest.fixture
async def site() -> AsyncIterator[NewsSite]:
    async with serving() as running:
        yield running


@pytest.fixture
async def client(settings: Settings, clock: FixedClock) -> AsyncIterator[HttpClient]:
    tight = settings.model_copy(update={"ingest": Ingest.model_validate({"timeout": 0.5, "max_bytes": 100_000})})
    made = HttpClient(tight, clock)
    yield made
    await made.close()


async def fetch(client: HttpClient, url: str) -> Fetched:
    answer = await client.get(url, allow_private=True)
    assert isinstance(answer, Fetched)
    return answer


async def failure(client: HttpClient, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await client.get(url, allow_private=True)
    message = str(caught.value)
    assert message.endswith(".")
    assert message.startswith("http")
    assert "Error(" not in message
    return caught.value


async def test_a_page_comes_with_its_type_and_validators(client: HttpClient, site: NewsSite) -> None:
    url = site.put("/a", "新闻", headers={"ETag": '"1"', "Last-Modified": "Sat, 06 Jun 2020 00:00:00 GMT"})
    assert await fetch(client, url) == Fetched(
        url, 200, "新闻".encode(), "text/html; charset=utf-8", '"1"', "Sat, 06 Jun 2020 00:00:00 GMT", None
    )


async def test_it_says_who_it_is_and_keeps_no_cookies(client: HttpClient, site: NewsSite) -> None:
    url = site.put("/a", "x", headers={"Set-Cookie": "id=1"})
    await fetch(client, url)
    await fetch(client, url)
    headers = site.asked[-1].headers
    assert headers["User-Agent"] == user_agent("https://news.example.edu", "news@example.edu")
    assert headers["User-Agent"].startswith("feedsvc/")
    assert "(+https://news.example.edu; news@example.edu)" in headers["User-Agent"]
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert "Cookie" not in headers
    assert "If-None-Match" not in headers


def test_a_contact_cannot_break_the_header() -> None:
    assert "\n" not in user_agent("https://x.example", "a\r\nX-Evil: 1")
    assert user_agent("https://x.example", "").endswith("(+https://x.example)")


async def test_conditional_requests(client: HttpClient, site: NewsSite) -> None:
    url = site.put("/a", "x", headers={"ETag": '"1"'})
    assert await client.get(url, etag='"1"', last_modified="then", allow_private=True) == NotModified()
    assert site.asked[-1].headers["If-Modified-Since"] == "then"
    assert isinstance(await client.get(url, etag='"0"', allow_private=True), Fetched)


async def test_a_stored_validator_cannot_break_the_request(client: HttpClient, site: NewsSite) -> None:
    url = site.put("/a", "x")
    await client.get(url, etag="a\r\nX-Evil: 1", allow_private=True)
    assert "X-Evil" not in site.asked[-1].headers


async def test_304_that_nobody_asked_for_is_a_failure(client: HttpClient, site: NewsSite) -> None:
    assert "304" in str(await failure(client, site.put("/a", status=304)))


async def test_410_is_gone(client: HttpClient, site: NewsSite) -> None:
    assert await client.get(site.put("/a", status=410), allow_private=True) == Gone()


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 404, 418, 429, 451, 500, 502, 503, 599])
async def test_other_statuses_are_failures_that_name_themselves(
    client: HttpClient, site: NewsSite, status: int
) -> None:
    error = await failure(client, site.put("/a?key=secret", status=status, body="x" if status > 206 else ""))
    assert str(status) in str(error)
    assert error.status == status
    assert error.retry_after is None
    assert "secret" not in str(error)


async def test_retry_after_is_told(client: HttpClient, site: NewsSite) -> None:
    error = await failure(client, site.put("/a", status=503, headers={"Retry-After": "120"}))
    assert error.retry_after == 120
    error = await failure(client, site.put("/b", status=429, headers={"Retry-After": "Mon, 08 Jun 2020 01:00:00 GMT"}))
    assert error.retry_after == 3600
    error = await failure(client, site.put("/c", status=500, headers={"Retry-After": "120"}))
    assert error.retry_after is None


async def test_permanent_redirects_are_reported(client: HttpClient, site: NewsSite) -> None:
    end = site.put("/end", "x")
    for status in (301, 308):
        fetched = await fetch(client, site.redirect("/start", "/end", status))
        assert (fetched.url, fetched.moved_to) == (end, end)


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_passing_redirects_are_not(client: HttpClient, site: NewsSite, status: int) -> None:
    end = site.put("/end", "x")
    fetched = await fetch(client, site.redirect("/start", "/end", status))
    assert (fetched.url, fetched.moved_to) == (end, None)


async def test_what_follows_a_passing_redirect_is_not_reported(client: HttpClient, site: NewsSite) -> None:
    site.put("/end", "x")
    site.redirect("/b", "/end", 301)
    assert (await fetch(client, site.redirect("/a", "/b", 302))).moved_to is None
    site.redirect("/b", "/end", 302)
    assert (await fetch(client, site.redirect("/a", "/b", 301))).moved_to == site.url("/b")


async def test_a_moved_page_that_has_not_changed_says_where(client: HttpClient, site: NewsSite) -> None:
    site.put("/end", "x", headers={"ETag": '"1"'})
    answer = await client.get(site.redirect("/a", "/end"), etag='"1"', allow_private=True)
    assert answer == NotModified(site.url("/end"))


async def test_five_hops_and_no_more(client: HttpClient, site: NewsSite) -> None:
    site.put("/6", "x")
    for step in range(6):
        site.redirect(f"/{step}", f"/{step + 1}")
    assert (await fetch(client, site.url("/1"))).url == site.url("/6")
    assert "redirects more than 5 times" in str(await failure(client, site.url("/0")))


async def test_a_loop_ends(client: HttpClient, site: NewsSite) -> None:
    await failure(client, site.redirect("/a", "/a"))
    assert site.count("/a") == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x/", "javascript:alert(1)", "", "http://", "http://[::g]/"]
)
async def test_a_redirect_to_no_page_is_refused(client: HttpClient, site: NewsSite, target: str) -> None:
    assert "redirects to no usable" in str(await failure(client, site.redirect("/a", target)))


async def test_a_redirect_does_not_choose_credentials(client: HttpClient, site: NewsSite) -> None:
    site.put("/end", "x")
    fetched = await fetch(client, site.redirect("/a", f"http://user:pass@127.0.0.1:{site.port}/end#part"))
    assert fetched.url == site.url("/end")
    assert "Authorization" not in site.asked[-1].headers


async def test_gzip_is_unpacked(client: HttpClient, site: NewsSite) -> None:
    url = site.put("/a", gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"})
    assert (await fetch(client, url)).body == b"hello"


async def test_broken_packing_is_a_failure(client: HttpClient, site: NewsSite) -> None:
    packed = gzip.compress(bytes(range(256)) * 9)
    for body in (b"not gzip", packed[:-9]):
        error = await failure(client, site.put("/a", body, headers={"Content-Encoding": "gzip"}))
        assert "gzip data" in str(error)
    assert "did not ask for" in str(await failure(client, site.put("/a", b"x", headers={"Content-Encoding": "zstd"})))


async def test_too_large_is_a_failure_packed_or_not(client: HttpClient, site: NewsSite) -> None:
    assert "larger than 100,000 bytes" in str(await failure(client, site.put("/a", b"x" * 100_001)))
    bomb = gzip.compress(b"\0" * 50_000_000)
    error = await failure(client, site.put("/b", bomb, headers={"Content-Encoding": "gzip"}))
    assert "max_bytes" in str(error)
    assert len((await fetch(client, site.put("/c", b"x" * 100_000))).body) == 100_000


async def test_an_endless_body_is_cut(client: HttpClient, site: NewsSite) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    url = site.raw("/a", head + b"x" * 60_000, *[b"x" * 60_000] * 50, pause=0.001)
    assert "larger" in str(await failure(client, url))


async def test_a_short_body_is_a_failure(client: HttpClient, site: NewsSite) -> None:
    url = site.raw("/a", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
    assert "broke off" in str(await failure(client, url))
    url = site.raw("/b", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    assert "broke off" in str(await failure(client, url))


async def test_silence_and_slow_drips_end_in_time(client: HttpClient, site: NewsSite) -> None:
    loop = asyncio.get_running_loop()
    for url in (
        site.put("/a", "x", delay=5),
        site.raw("/b", b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n"] * 99, pause=0.1),
        site.raw("/c", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b"x"] * 99, pause=0.1),
    ):
        start = loop.time()
        assert "0.5 seconds" in str(await failure(client, url))
        assert loop.time() - start < 3


async def test_the_time_of_all_hops_counts(client: HttpClient, site: NewsSite) -> None:
    site.put("/end", "x", delay=0.35)
    site.then("/a", Answer(b"", 302, headers={"Location": "/end"}, delay=0.35))
    assert "0.5 seconds" in str(await failure(client, site.url("/a")))


async def test_cut_connections_are_failures(client: HttpClient, site: NewsSite) -> None:
    assert "without an answer" in str(await failure(client, site.raw("/a", reset=True)))
    assert "without an answer" in str(await failure(client, site.raw("/b")))


async def test_what_is_not_http_is_a_failure(client: HttpClient, site: NewsSite) -> None:
    assert "proper HTTP" in str(await failure(client, site.raw("/a", b"SSH-2.0-OpenSSH_9.6\r\n\r\n")))


async def test_header_floods_are_refused(client: HttpClient, site: NewsSite) -> None:
    flood = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 4000) for number in range(40))
    assert "headers" in str(await failure(client, site.raw("/a", b"HTTP/1.1 200 OK\r\n", flood, b"\r\n")))
    many = b"".join(b"X-%d: y\r\n" % number for number in range(5000))
    assert "headers" in str(await failure(client, site.raw("/b", b"HTTP/1.1 200 OK\r\n", many, b"\r\n")))
    long = b"X: " + b"y" * 70_000 + b"\r\n"
    assert "headers" in str(await failure(client, site.raw("/c", b"HTTP/1.1 200 OK\r\n", long, b"\r\n")))


async def test_nobody_there(client: HttpClient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert "could not be reached" in str(await failure(client, f"http://127.0.0.1:{taken.getsockname()[1]}/"))


async def test_one_request_at_a_time_goes_to_a_host(client: HttpClient, site: NewsSite) -> None:
    urls = [site.put(f"/{number}", "x", delay=0.02) for number in range(6)]
    await asyncio.gather(*(fetch(client, url) for url in urls))
    assert max(site.most.values()) == 1


async def test_waiting_for_a_turn_costs_no_time_of_its_own(client: HttpClient, site: NewsSite) -> None:
    urls = [site.put(f"/{number}", "x", delay=0.2) for number in range(5)]
    answers = await asyncio.gather(*(fetch(client, url) for url in urls))
    assert len(answers) == 5


async def test_a_failure_does_not_block_its_host(client: HttpClient, site: NewsSite) -> None:
    await failure(client, site.raw("/a", reset=True))
    await failure(client, site.put("/slow", "x", delay=5))
    assert (await fetch(client, site.put("/b", "x"))).body == b"x"


def test_messages_show_no_secrets() -> None:
    assert shown("https://user:pass@x.org/a?token=1#b") == "https://x.org/a"
    assert replace(Fetched("u", 200, b"")).moved_to is None
