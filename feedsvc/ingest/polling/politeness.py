"""A client that asks first: robots.txt, crawl delays, and the waits that servers wish for.

All three are kept in the database, so that neither a restart nor a second process makes us forget. Nothing is written for
a request as such: rules once a day and site, a wait when a server wishes for one, a turn only where a site wants time
between two requests.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from feedsvc.clock import Clock
from feedsvc.errors import AddressRefused, FetchError, WaitNotOver
from feedsvc.ingest.polling import robots
from feedsvc.net.client import BeforeHop, Fetched, Gone, NotModified, shown
from feedsvc.settings import Settings
from feedsvc.storage import hosts
from feedsvc.storage.database import Database

RULES_LAST = timedelta(days=1)
"""RFC 9309, section 2.4: rules are read anew after a day."""

_ASK_AGAIN = timedelta(hours=1)
_UNAVAILABLE = timedelta(minutes=5)
_TOGETHER = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(days=1)


class Client(Protocol):
    """One guarded GET that tells of each further hop before it is made."""

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        allow_private: bool = False,
        before_hop: BeforeHop | None = None,
    ) -> Fetched | NotModified | Gone:
        """Fetch `url`, conditionally where validators are given. Raises FetchError."""
        ...


@dataclass(slots=True)
class _Site:
    """What we know of a site in this process. `silence`: its rules could not be read, why, and until when that counts."""

    rules: robots.Rules | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_turn: datetime | None = None
    silence: tuple[str, datetime] | None = None


class PoliteFetcher:
    """Wraps the guarded client. Make one for the process; without a database it forgets when the process ends."""

    def __init__(
        self,
        client: Client,
        settings: Settings,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        db: Database | None = None,
    ) -> None:
        self._client = client
        self._obey = settings.ingest.robots
        self._clock = clock
        self._sleep = sleep
        self._db = db
        self._sites: dict[str, _Site] = {}
        # Waits a server wished for, by URL; and by origin, once two of its URLs wished for one within a minute.
        self._waits: dict[str, datetime] | None = None
        self._loading = asyncio.Lock()
        self._wished: dict[str, tuple[str, datetime]] = {}

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, allow_private: bool = False
    ) -> Fetched | NotModified | Gone:
        """As the client's `get`. Raises FetchError also where robots.txt forbids the page, WaitNotOver while a wait lasts.

        Waits, rules and delays are those of every hop. Raises StorageError where they cannot be remembered.
        """
        here = url

        async def _ask_first(hop: str) -> None:
            nonlocal here
            here = hop
            await self._ask_first(hop, allow_private)

        await _ask_first(url)
        try:
            return await self._client.get(
                url, etag=etag, last_modified=last_modified, allow_private=allow_private, before_hop=_ask_first
            )
        except FetchError as error:
            # With a status it is the server's own wish, else a wait that was known.
            if error.retry_after and error.status is not None:
                await self._remember_wait(url, here, error.retry_after)
            raise

    async def _ask_first(self, url: str, allow_private: bool) -> None:
        self._refuse_while_waiting(url, await self._load_waits())
        if not self._obey or not url.startswith(("http://", "https://")):
            return
        origin = robots.origin(url)
        site = self._sites.setdefault(origin, _Site())
        rules = self._fresh(site.rules)
        if rules is None:
            # One question a site, however many pages wait for the answer.
            async with site.asking:
                rules = self._fresh(site.rules) or await self._find_rules(origin, site, allow_private)
                site.rules = rules
        if not rules.allows(url):
            msg = (
                f"{shown(url)} is not fetched: the site's robots.txt forbids it. Ask its webmaster to allow the agent "
                f"{robots.AGENT!r}; if the site is your own, [ingest] robots = false turns the question off."
            )
            raise FetchError(msg)
        if rules.delay:
            await self._take_turn(origin, site, rules.delay)

    # ------------------------------------------------------------ waits

    async def _load_waits(self) -> dict[str, datetime]:
        if self._waits is not None:
            return self._waits
        async with self._loading:
            if self._waits is None and self._db is not None:
                async with self._db.read() as conn:
                    self._waits = await hosts.waiting(conn, self._clock.now())
            self._waits = self._waits or {}
        return self._waits

    def _refuse_while_waiting(self, url: str, waits: dict[str, datetime]) -> None:
        if not waits:
            return
        keys, now = _keys(url), self._clock.now()
        until = max((waits[key] for key in keys if key in waits), default=now)
        if until > now:
            seconds = (until - now).total_seconds()
            msg = f"{keys[1]} asked us to wait; it will be tried again in {_minutes(seconds)}."
            raise WaitNotOver(msg, retry_after=seconds, origin=keys[1], until=until)

    async def _remember_wait(self, url: str, here: str, seconds: float) -> None:
        """`here`, to which `url` led, wished us to wait."""
        (key, origin), now = _keys(here), self._clock.now()
        until = now + min(timedelta(seconds=seconds), _LONGEST_WAIT)
        wanted = {key: until, _keys(url)[0]: until}
        other = self._wished.get(origin)
        if other and other[0] != key and now - other[1] <= _TOGETHER:
            wanted[origin] = until
        self._wished[origin] = (key, now)
        waits = await self._load_waits()
        for over in [known for known, end in waits.items() if end <= now]:
            del waits[over]
        waits |= wanted
        if self._db is not None:
            async with self._db.write() as conn:
                await hosts.put_waits(conn, wanted, now)

    # ------------------------------------------------------------ rules

    def _fresh(self, rules: robots.Rules | None) -> robots.Rules | None:
        return rules if rules is not None and self._clock.now() - rules.read_at < RULES_LAST else None

    async def _find_rules(self, origin: str, site: _Site, allow_private: bool) -> robots.Rules:
        """What is remembered, or else what the site says now. Raises FetchError where neither can be had."""
        if site.silence is not None and self._clock.now() < site.silence[1]:
            raise FetchError(site.silence[0])
        last = await self._recall(origin) or site.rules
        if rules := self._fresh(last):
            return rules
        if last and last.delay:
            await self._take_turn(origin, site, last.delay)
        rules = await self._read_rules(origin, site, last, allow_private)
        if rules.delay and not (last and last.delay):
            # The question for the rules was a request like any other.
            await self._take_turn(origin, site, rules.delay, already=True)
        return rules

    async def _recall(self, origin: str) -> robots.Rules | None:
        if self._db is None:
            return None
        async with self._db.read() as conn:
            kept = await hosts.get(conn, origin)
        if kept is None or kept.robots is None or kept.robots_read_at is None:
            return None
        return robots.parse(kept.robots.encode(), kept.robots_read_at)

    async def _read_rules(
        self, origin: str, site: _Site, last: robots.Rules | None, allow_private: bool
    ) -> robots.Rules:
        now = self._clock.now()
        try:
            answer = await self._client.get(robots.address(origin), allow_private=allow_private)
        except AddressRefused:
            raise
        except FetchError as error:
            # RFC 9309, section 2.3.1: rules that do not exist (4xx, or more than five redirects) allow everything, rules
            # that are unavailable forbid everything, unless earlier ones are known.
            if error.status is not None and 300 <= error.status < 500 and error.status != 429:
                return await self._keep_rules(origin, robots.everything(now))
            if last is not None:
                return replace(last, read_at=now - RULES_LAST + _ASK_AGAIN)
            words = f"{error} Until these rules can be read, nothing of their site is fetched."
            site.silence = words, now + max(_UNAVAILABLE, timedelta(seconds=error.retry_after or 0))
            raise FetchError(words, retry_after=error.retry_after) from error
        # Long ones are read beside the loop, which must go on.
        body = answer.body if isinstance(answer, Fetched) else b""
        return await self._keep_rules(origin, await asyncio.to_thread(robots.parse, body, now))

    async def _keep_rules(self, origin: str, rules: robots.Rules) -> robots.Rules:
        if self._db is not None:
            async with self._db.write() as conn:
                await hosts.put_rules(conn, origin, rules.text, rules.read_at)
        return rules

    # ------------------------------------------------------------ turns

    async def _take_turn(self, origin: str, site: _Site, seconds: float, already: bool = False) -> None:
        """Wait until the site may be asked (it was, `already`); the turn is taken at once, so that others queue behind it."""
        now, delay = self._clock.now(), timedelta(seconds=seconds)
        if self._db is not None:
            async with self._db.write() as conn:
                start = await hosts.take_turn(conn, origin, now, delay)
        else:
            start = max(now, site.next_turn or now)
        site.next_turn = start + delay
        if start > now and not already:
            await self._sleep((start - now).total_seconds())


def _keys(url: str) -> tuple[str, str]:
    """The keys under which waits for an address and for its site are kept; they differ."""
    origin = robots.origin(url)
    return (url if url.rstrip("/") != origin else f"{origin}/", origin)


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60) or 1
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"
