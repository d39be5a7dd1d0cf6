"""A news site to poll, a reader that reads it, and a newsroom that takes it in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from feedsvc.clock import FixedClock
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.net.client import HttpClient
from feedsvc.settings import Settings
from feedsvc.storage import categories, editorial
from feedsvc.storage.database import Database
from tests.fakes.news_site import serving
from tests.ingest.site import PlainReader, Site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """An empty news site on a loopback port."""
    async with serving() as server:
        yield Site(server)


@pytest.fixture
async def client(settings: Settings, clock: FixedClock) -> AsyncIterator[HttpClient]:
    """The guarded client itself."""
    opened = HttpClient(settings, clock)
    yield opened
    await opened.close()


@pytest.fixture
def kit(db: Database, client: HttpClient, settings: Settings, clock: FixedClock) -> Kit:
    """Everything a poll works with, on each engine; jitter stands in the middle."""
    return Kit(db, PoliteFetcher(client, settings, clock), PlainReader(), settings, clock, chance=lambda: 0.5)


AddSource = Callable[..., Awaitable[Source]]


@pytest.fixture
def add_source(db: Database, site: Site) -> AddSource:
    """Store the categories news and research, and a source of the site: `await add_source(kind=..., url=...)`."""

    async def add(**options: Any) -> Source:
        values: dict[str, Any] = {
            "slug": "usst",
            "kind": SourceKind.PAGE,
            "url": "/list",
            "categories": ("news",),
        } | options
        values["url"] = site.url(values["url"])
        source = Source(allow_private=True, **values)
        async with db.write() as conn:
            await categories.put(conn, Category("news", "News"), 0)
            await categories.put(conn, Category("research", "Research", keywords=("laser",)), 1)
            await editorial.put_source(conn, source, 0)
        return source

    return add


@pytest.fixture
async def usst(site: Site, add_source: AddSource) -> Source:
    """A list of three stories."""
    for number in (1, 2, 3):
        site.story(number)
    site.list_of(3, 2, 1)
    return await add_source()
