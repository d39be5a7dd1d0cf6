"""Which sources this process polls: claimed by lease, many at once, held while it works, given back when it stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.errors import StorageError
from feedsvc.ingest.kit import Kit
from feedsvc.logs import get_logger
from feedsvc.model.health import SourceHealth, Validators
from feedsvc.model.newsroom import Source
from feedsvc.storage import sources, validators

log = get_logger(__name__)

LEASE = timedelta(minutes=15)
"""How long a source stays with a process that was killed. A living one renews its leases three times as often."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed source, how it was doing, what it remembers of its own address, and when its poll began (UTC)."""

    source: Source
    health: SourceHealth
    last: Validators | None
    started_at: datetime

    @property
    def first_poll(self) -> bool:
        """Is it still bringing in what was there before us?"""
        return self.health.first_polled_at is None


class Leases:
    """The sources that one tick holds. Make it with `holding`."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._held: set[str] = set()

    async def claim_due(self, limit: int) -> list[Job]:
        """Take up to `limit` of what is due, those that waited longest first. Raises StorageError."""
        now = self._kit.clock.now()
        async with self._kit.db.write() as conn:
            claimed = await sources.claim_due(conn, now, LEASE, limit)
            remembered = await validators.of_sources(conn, [source.slug for source, _ in claimed])
        self._held.update(source.slug for source, _ in claimed)
        return [Job(source, health, remembered.get(source.slug), now) for source, health in claimed]

    async def claim(self, slug: str) -> Job | None:
        """Take one source, due or not; None where another process holds it. Raises NotFound, InputError, StorageError."""
        now = self._kit.clock.now()
        async with self._kit.db.write() as conn:
            claimed = await sources.claim(conn, slug, now, LEASE)
            if claimed is None:
                return None
            remembered = await validators.of_sources(conn, [slug])
        self._held.add(slug)
        return Job(*claimed, remembered.get(slug), now)

    def let_go(self, slug: str) -> None:
        """Its poll is recorded, which ended the lease; or it could not be: then the lease lapses, and no loop tries it."""
        self._held.discard(slug)

    async def renew(self) -> None:
        """Hold on to every source whose poll is under way. Raises StorageError."""
        async with self._kit.db.write() as conn:
            await sources.hold(conn, sorted(self._held), self._kit.clock.now() + LEASE)

    async def give_back(self) -> None:
        """Let go of what was claimed and not polled: whoever starts next need not wait for the leases to lapse."""
        if self._held:
            async with self._kit.db.write() as conn:
                await sources.hold(conn, sorted(self._held), None)
            self._held.clear()


@asynccontextmanager
async def holding(kit: Kit) -> AsyncIterator[Leases]:
    """Leases that are renewed while the block runs, and given back after it, also where it was stopped."""
    leases = Leases(kit)
    renewing = asyncio.create_task(_renew_now_and_then(leases))
    try:
        yield leases
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        try:
            await leases.give_back()
        except StorageError as error:
            # They lapse by themselves.
            log.warning("sources not given back", error=str(error))


async def _renew_now_and_then(leases: Leases) -> None:
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 3)
        try:
            await leases.renew()
        except StorageError as error:
            log.warning("leases not renewed", error=str(error))
