"""Our side of `poe bench ingest`: the same feeds through the real pipeline, as `serve` runs it.

The guarded client, the reader process, SQLite on disk with its settings (synchronous=FULL), ticks as the scheduler makes
them, uvloop.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import update

from feedsvc.clock import SystemClock
from feedsvc.ingest import run
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.reading import Reader
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.net.client import HttpClient
from feedsvc.settings import Settings
from feedsvc.storage import categories, editorial, migrate
from feedsvc.storage.database import Database
from feedsvc.storage.schema import sources
from tests.bench.ingest_upstream import FEEDS, host

SAMPLE_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Round:
    """One round: seconds, seconds of CPU (ours and the reader process's), and the longest stall of the loop in ms."""

    seconds: float
    cpu: float
    stall: float
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """What a service that polls holds open."""

    db: Database
    fetcher: PoliteFetcher
    reader: Reader
    settings: Settings


@asynccontextmanager
async def service(folder: Path, port: int, reader: Reader, number: int) -> AsyncIterator[Service]:
    """A fresh database with every feed as a source, none of them polled; robots.txt of every site is known."""
    clock = SystemClock()
    values: dict[str, Any] = {
        "site": {"base_url": "https://news.example.edu", "title": "News", "contact": "news@example.edu"},
        "security": {"secret_key": "k" * 43},
    }
    settings = Settings.model_validate(values)
    db = Database.open(f"sqlite:///{folder}/feedsvc{number}.db")
    await migrate.migrate(db)
    async with db.write() as conn:
        await categories.put(conn, Category("news", "News"), 0)
        for each in range(FEEDS):
            url = f"http://{host(each)}:{port}/feed"
            source = Source(f"site{each}", SourceKind.FEED, url, categories=("news",), allow_private=True)
            await editorial.put_source(conn, source, each)
    client = HttpClient(settings, clock)
    fetcher = PoliteFetcher(client, settings, clock, db=db)
    for each in range(FEEDS):
        await fetcher.get(f"http://{host(each)}:{port}/feed", allow_private=True)
    yield Service(db, fetcher, reader, settings)
    await client.close()
    await db.close()


async def poll_all(held: Service) -> Round:
    """Make every feed due, and let one tick poll them all."""
    async with held.db.write() as conn:
        await conn.execute(update(sources).values(next_poll_at=None))
    stalls: list[float] = []
    sampler = asyncio.create_task(_sample(stalls))
    before, started = cpu(held.reader.pid), time.perf_counter()
    reports = await run.tick(held.db, held.fetcher, held.reader, held.settings, SystemClock())
    seconds, used = time.perf_counter() - started, cpu(held.reader.pid) - before
    sampler.cancel()
    return Round(seconds, used, max(stalls, default=0.0) * 1000, tuple(report.outcome.value for report in reports))


async def _sample(stalls: list[float]) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(SAMPLE_SECONDS)
        now = time.perf_counter()
        stalls.append(now - last - SAMPLE_SECONDS)
        last = now


def cpu(child: int | None) -> float:
    """Seconds of CPU of this process and of the reader process so far (proc(5), stat, fields 14 and 15)."""
    ticks = sum(os.times()[:2])
    if child is None:
        return ticks
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return ticks + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
