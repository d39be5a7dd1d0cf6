"""A client that asks first: robots.txt, crawl delays, and the waits that servers wish for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feedsvc.clock import Clock
from feedsvc.errors import AddressRefused, FetchError
from feedsvc.ingest import robots
from feedsvc.ingest.ports import Fetcher
from feedsvc.net.client import Fetched, Gone, NotModified
from feedsvc.settings import Settings

_RULES_LAST = timedelta(days=1)
_ASK_AGAIN = timedelta(hours=1)
_TOGETHER = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(days=1)


class PoliteFetcher:
    """Wraps the guarded client. Make one for the process: it remembers rules and waits as long as it lives."""

    def __init__(
        self,
        client: Fetcher,
        settings: Settings,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._obey = settings.ingest.robots
        self._clock = clock
        self._sleep = sleep
        self._rules: dict[str, robots.Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}
        self._asked: dict[str, datetime] = {}
        # Waits a server wished for, by URL; and by host, once two of its URLs wished for one within a minute.
        self._waits: dict[str, datetime] = {}
        self._wished: dict[str, tuple[str, datetime]] = {}

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, allow_private: bool = False
    ) -> Fetched | NotModified | Gone:
        """As the client's `get`. Raises FetchError also where robots.txt forbids the page or a wait is not over."""
        self._refuse_while_waiting(url)
        delay = await self._permission(url, allow_private) if self._obey else 0.0
        if delay:
            await self._keep_apart(urlsplit(url).netloc, delay)
        try:
            return await self._client.get(url, etag=etag, last_modified=last_modified, allow_private=allow_private)
        except FetchError as error:
            if error.retry_after:
                self._remember_wait(url, error.retry_after)
            raise

    def _refuse_while_waiting(self, url: str) -> None:
        host, now = urlsplit(url).netloc, self._clock.now()
        until = max((self._waits[key] for key in (url, host) if key in self._waits), default=now)
        if until > now:
            seconds = (until - now).total_seconds()
            msg = f"{host} asked us to wait; it will be tried again in {round(seconds / 60) or 1} min."
            raise FetchError(msg, retry_after=seconds)
        for key in (url, host):
            self._waits.pop(key, None)

    def _remember_wait(self, url: str, seconds: float) -> None:
        host, now = urlsplit(url).netloc, self._clock.now()
        until = now + min(timedelta(seconds=seconds), _LONGEST_WAIT)
        self._waits[url] = until
        other = self._wished.get(host)
        if other and other[0] != url and now - other[1] <= _TOGETHER:
            self._waits[host] = until
        self._wished[host] = (url, now)

    async def _permission(self, url: str, allow_private: bool) -> float:
        """The crawl delay in seconds. Raises FetchError where the rules forbid the page or cannot be had."""
        address = robots.address(url)
        # One question a host, however many pages wait for the answer.
        async with self._asking.setdefault(address, asyncio.Lock()):
            rules = self._rules.get(address)
            if rules is None or self._clock.now() - rules.read_at >= _RULES_LAST:
                rules = await self._read_rules(address, allow_private, rules)
                self._rules[address] = rules
        if not rules.allows(url):
            msg = f"{address} forbids fetching {url}. Ask the site's webmaster to allow the agent {robots.AGENT!r}."
            raise FetchError(msg)
        return rules.delay

    async def _read_rules(self, address: str, allow_private: bool, last: robots.Rules | None) -> robots.Rules:
        now = self._clock.now()
        try:
            answer = await self._client.get(address, allow_private=allow_private)
        except AddressRefused:
            raise
        except FetchError as error:
            # RFC 9309, section 2.3.1: rules that do not exist (4xx) allow everything, rules that are unavailable forbid
            # everything, unless earlier ones are known.
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return robots.Rules(None, now)
            if last is not None:
                return replace(last, read_at=now - _RULES_LAST + _ASK_AGAIN)
            msg = f"{address} could not be read, so nothing of that host is fetched for now: {error}"
            raise FetchError(msg, retry_after=error.retry_after, status=error.status) from error
        return robots.parse(answer.body, now) if isinstance(answer, Fetched) else robots.Rules(None, now)

    async def _keep_apart(self, host: str, delay: float) -> None:
        """Wait until `delay` seconds after the host's last request; take the place at once, so that others queue."""
        now = self._clock.now()
        start = max(now, self._asked.get(host, now - timedelta(days=1)) + timedelta(seconds=delay))
        self._asked[host] = start
        if start > now:
            await self._sleep((start - now).total_seconds())
