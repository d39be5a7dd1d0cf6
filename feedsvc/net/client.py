"""The one client that fetches from other people's servers: polite, bounded and guarded.

Every hop is checked at the socket (`addresses`), redirects are followed by hand, bodies are bounded while they unpack,
one request at a time goes to a host. Environment proxies are not used: they would connect on our behalf past the guard.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from feedsvc import __version__
from feedsvc.clock import Clock
from feedsvc.errors import AddressRefused, FetchError
from feedsvc.net.addresses import REFUSED, REFUSED_ALWAYS, guarded_socket
from feedsvc.net.answers import Fetched, Gone, NotModified
from feedsvc.net.bodies import BadEncodingError, TooLargeError, read_bounded
from feedsvc.net.waiting import HostQueues, retry_after
from feedsvc.settings import Settings
from feedsvc.text.urls import absolute, host_of

__all__ = ["BeforeHop", "Fetched", "Gone", "HttpClient", "NotModified"]

BeforeHop = Callable[[str], Awaitable[None]]
"""Told of the address that a redirect leads to before it is asked for; what it raises ends the fetch."""

HOPS = 5
HEADER_BYTES = 65_536
_ACCEPT = (
    "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,application/feed+json,"
    "application/xml;q=0.9,*/*;q=0.8"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where a hop leads, and the status that said so; the body is never read."""

    url: str
    status: int

    @property
    def permanent(self) -> bool:
        """Is the page there for good?"""
        return self.status in _PERMANENT


class HttpClient:
    """Two pools of connections: one for public addresses only, one for sources that may be private.

    Make it inside a running event loop; close it when done.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._timeout = settings.ingest.timeout
        self._limit = settings.ingest.max_bytes
        self._queues = HostQueues(settings.ingest.concurrency)
        agent = user_agent(settings.site.base_url, settings.site.contact)
        self._public = _session(agent, allow_private=False)
        self._private = _session(agent, allow_private=True)

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        allow_private: bool = False,
        before_hop: BeforeHop | None = None,
    ) -> Fetched | NotModified | Gone:
        """Fetch `url`, at most five redirects on; `etag` and `last_modified` make it conditional (RFC 9110).

        Raises AddressRefused for a private or special address at any hop, FetchError for everything else that keeps the
        page from us; `retry_after` holds the seconds a 429 or 503 asked for. The time limit counts all hops, not the
        wait for the host's turn nor what `before_hop` takes.
        """
        session = self._private if allow_private else self._public
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditions = {name: value for name, value in headers.items() if value and value.isprintable()}
        here, moved_to, lasting = url, None, True
        left, status = self._timeout, 0
        for hop in range(HOPS + 1):
            _check_scheme(here, url)
            if hop and before_hop is not None:
                await before_hop(here)
            answer, left = await self._hop(session, here, conditions, left)
            if not isinstance(answer, _Redirect):
                return answer if isinstance(answer, Gone) else replace(answer, moved_to=moved_to)
            lasting = lasting and answer.permanent
            moved_to = answer.url if lasting else moved_to
            here, status = answer.url, answer.status
        msg = f"{shown(url)} redirects more than {HOPS} times. Open it in a browser and give the address it ends at."
        raise FetchError(msg, status=status)

    async def _hop(
        self, session: aiohttp.ClientSession, url: str, conditions: dict[str, str], left: float
    ) -> tuple[Fetched | NotModified | Gone | _Redirect, float]:
        loop = asyncio.get_running_loop()
        async with self._queues.turn(host_of(url)):
            start = loop.time()
            try:
                async with asyncio.timeout(max(left, 0.001)):
                    answer = await self._ask(session, url, conditions)
            except TimeoutError as error:
                msg = (
                    f"{shown(url)} did not answer in full within {self._timeout:g} seconds. It is tried again later; "
                    "if this stays, check that the site is up."
                )
                raise FetchError(msg) from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                _refuse(url, error)
            return answer, left - (loop.time() - start)

    async def _ask(
        self, session: aiohttp.ClientSession, url: str, conditions: dict[str, str]
    ) -> Fetched | NotModified | Gone | _Redirect:
        async with session.get(url, headers=conditions, allow_redirects=False) as response:
            if sum(len(name) + len(value) + 4 for name, value in response.raw_headers) > HEADER_BYTES:
                msg = f"{shown(url)} answered with more than 64 KB of headers. Ask the site's administrator to look."
                raise FetchError(msg)
            if response.status in _REDIRECTS:
                return _redirect(url, response)
            if response.status == 304 and conditions:
                return NotModified()
            if response.status == 410:
                return Gone()
            if response.status not in (200, 203):
                self._fail(url, response)
            return await self._read(url, response)

    def _fail(self, url: str, response: aiohttp.ClientResponse) -> NoReturn:
        wait = None
        if response.status in (429, 503):
            wait = retry_after(response.headers.get("Retry-After"), self._clock.now())
        msg = f"{shown(url)} answered {_status(response.status)}. {_advice(response.status)}"
        raise FetchError(msg, retry_after=wait, status=response.status)

    async def _read(self, url: str, response: aiohttp.ClientResponse) -> Fetched:
        too_large = f"{shown(url)} is larger than {self._limit:,} bytes. If that is right, raise [ingest] max_bytes."
        if (response.content_length or 0) > self._limit:
            raise FetchError(too_large, status=response.status)
        try:
            chunks = response.content.iter_chunked(65_536)
            body = await read_bounded(chunks, response.headers.get("Content-Encoding", ""), self._limit)
        except TooLargeError as error:
            raise FetchError(too_large, status=response.status) from error
        except BadEncodingError as error:
            msg = f"{shown(url)} answered with {error}. It is tried again later; if this stays, tell the site."
            raise FetchError(msg, status=response.status) from error
        return Fetched(
            url=url,
            status=response.status,
            body=body,
            content_type=response.headers.get("Content-Type", ""),
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._public.close()
        await self._private.close()


def user_agent(base_url: str, contact: str) -> str:
    """Who we are and whom to write to, so that a site's administrator can reach a person."""
    about = f"+{base_url}; {contact}" if contact else f"+{base_url}"
    return f"feedsvc/{__version__} ({''.join(letter for letter in about if letter.isprintable())})"


def shown(url: str) -> str:
    """An address as messages show it: without user, password, query and fragment, which may hold secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return repr(url[:80])
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _session(agent: str, *, allow_private: bool) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(socket_factory=guarded_socket(allow_private=allow_private), keepalive_timeout=15)
    return aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        # Our own limits of time and size rule; the parser bounds what it holds of headers.
        timeout=aiohttp.ClientTimeout(total=None),
        headers={"User-Agent": agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"},
    )


def _check_scheme(url: str, asked: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        by = "" if url == asked else f"{shown(asked)} redirects to "
        msg = f"{by}{shown(url)}{' is' if not by else ', which is'} not an http or https address. Give one that is."
        raise FetchError(msg)


def _redirect(url: str, response: aiohttp.ClientResponse) -> _Redirect:
    location = response.headers.get("Location", "")
    target = absolute(url, location)
    if not location or not target:
        msg = f"{shown(url)} redirects to no usable http address. Open it in a browser and give the address it ends at."
        raise FetchError(msg, status=response.status)
    parts = urlsplit(target)
    # A redirect must not choose the credentials we send, and a fragment is not for the server.
    plain = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    return _Redirect(plain, response.status)


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _advice(status: int) -> str:
    if status in (401, 403, 407):
        return "The site does not let us in: ask its administrator to allow our user agent, or give a public address."
    if status in (404, 406) or 200 <= status < 400:
        return "Check the address in a browser and give the one that shows the page."
    if status == 429:
        return "We asked too often for this site: it is tried again later; give the source a longer interval."
    if status >= 500:
        return "The site has a fault of its own: it is tried again later."
    return "Check the address in a browser."


def _refuse(url: str, error: Exception) -> NoReturn:
    if REFUSED in str(error):
        msg = (
            f"{shown(url)} leads to a special address, which is never fetched. Give a public address."
            if REFUSED_ALWAYS in str(error)
            else f"{shown(url)} leads to a {REFUSED}, which is not fetched. If this source is on your own network, set "
            "allow_private = true for it."
        )
        raise AddressRefused(msg) from error
    raise FetchError(f"{shown(url)} {_what_happened(error)}") from error


def _what_happened(error: Exception) -> str:
    later = "It is tried again later; if this stays, check that the site is up."
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "has a certificate that does not hold. Ask the site to renew it, or use its http address."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "has a host name that cannot be found. Check the address for a slip."
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"could not be reached ({error.os_error.strerror or error.os_error}). {later}"
    if isinstance(error, aiohttp.ClientPayloadError):
        return f"broke off in the middle of its answer. {later}"
    if isinstance(error, aiohttp.ClientResponseError):
        return "answered with something that is not proper HTTP (or too many headers). Tell the site's administrator."
    if isinstance(error, (aiohttp.InvalidURL, ValueError)):
        return "is not an address that can be fetched. Check it for a slip."
    return f"closed the connection without an answer. {later}"
