"""One discovery under way: what it works with, how much it may still ask for, and where it begins."""

import asyncio
import re
from dataclasses import dataclass
from typing import Protocol

from feedsvc.errors import FetchError, InputError
from feedsvc.ingest.ports import Fetcher, StoryReader
from feedsvc.model.discovery import PageFacts
from feedsvc.model.newsroom import Source
from feedsvc.net.client import Fetched
from feedsvc.text.urls import absolute

MOST_REQUESTS = 16
"""Requests of one discovery, the page itself included (and robots.txt, where it is asked for its sitemaps)."""

PATIENCE = 90.0
"""Seconds after which discovery makes do with what it has."""

_BARE = re.compile(r"(?:localhost|\[[0-9A-Fa-f:.]+\]|[^\s/:@?#]+\.[^\s/:@?#.]{2,}|\d+(?:\.\d+){3})(?::\d+)?(?:[/?].*)?")


class PageReader(StoryReader, Protocol):
    """Reads stories, and what a page offers."""

    async def examine(self, fetched: Fetched, source: Source) -> PageFacts:
        """What an address offers. Raises ReadError."""
        ...


@dataclass(slots=True)
class Errand:
    """One discovery under way: what it works with, and how much it may still ask for."""

    fetcher: Fetcher
    reader: PageReader
    source: Source
    until: float
    left: int = MOST_REQUESTS

    async def get(self, url: str) -> Fetched:
        """Fetch a page. Raises FetchError, also where the errand has asked or lasted long enough."""
        enough = f"{url} was not asked for: looking around ends after {MOST_REQUESTS} requests or {PATIENCE:g} seconds."
        if self.left <= 0:
            raise FetchError(enough)
        self.left -= 1
        try:
            async with asyncio.timeout_at(self.until):
                answer = await self.fetcher.get(url, allow_private=self.source.allow_private)
        except TimeoutError as error:
            raise FetchError(enough) from error
        if isinstance(answer, Fetched):
            return answer
        msg = (
            f"{url} was taken away for good (410). Open it in a browser, and give the address that shows the news now."
        )
        raise FetchError(msg, status=410)


def addresses(text: str) -> tuple[str, ...]:
    """The addresses to try for what a person typed: a bare host name is tried by https first. Raises InputError."""
    asked = text.strip()
    if _BARE.fullmatch(asked) and "://" not in asked:
        return f"https://{asked}", f"http://{asked}"
    if not asked.lower().startswith(("http://", "https://")) or not absolute(asked, asked):
        msg = f"{text!r} is not a web address: write it whole, with https:// or http://."
        raise InputError(msg)
    return (asked,)


async def first_page(errand: Errand, url: str) -> Fetched:
    """What a person's address answers. Raises InputError for what is none, FetchError."""
    ways = addresses(url)
    for way in ways[:-1]:
        try:
            return await errand.get(way)
        except FetchError as error:
            # An answer is an answer; only where nobody speaks https is http worth asking.
            if error.status is not None:
                raise
    return await errand.get(ways[-1])
