"""The composition root: opens the database, the HTTP client and the mailer, wires web and jobs, closes in reverse."""

import asyncio
import errno
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from feedsvc import metrics
from feedsvc.clock import Clock, SystemClock
from feedsvc.delivery.drain import Drain
from feedsvc.digests import run as digests_run
from feedsvc.errors import FeedsvcError, PortInUse
from feedsvc.ingest import run as ingest_run
from feedsvc.ingest.intake import nearness
from feedsvc.ingest.polling.politeness import PoliteFetcher
from feedsvc.ingest.reading import Reader
from feedsvc.logs import get_logger
from feedsvc.net.client import HttpClient
from feedsvc.publish.cache import FeedCache
from feedsvc.scheduler import Heartbeat, Job
from feedsvc.settings import Settings
from feedsvc.storage import migrate, outbox
from feedsvc.storage.database import Database
from feedsvc.web.application import build
from feedsvc.web.doors import answering
from feedsvc.web.keys import Readiness

log = get_logger(__name__)

POLL_SECONDS = 15
DIGEST_SECONDS = 10
GAUGE_SECONDS = 15
READY_SECONDS = 5


class Role(StrEnum):
    """What a process does: answer readers, poll and mail, or both."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class App:
    """What every command and every job works with."""

    settings: Settings
    clock: Clock
    db: Database
    fetcher: PoliteFetcher
    reader: Reader


@asynccontextmanager
async def open_app(settings: Settings, clock: Clock | None = None, create: bool = False) -> AsyncIterator[App]:
    """Open everything, close it in reverse. A new database is made where `create` is set.

    Raises DatabaseBehind, DatabaseNewer, DatabaseBusy, StorageError, SettingsError.
    """
    async with AsyncExitStack() as stack:
        used = clock or SystemClock()
        db = Database.open(settings.database.url, settings.database.busy_timeout)
        stack.push_async_callback(db.close)
        if create and not await migrate.current(db):
            await migrate.migrate(db)
        await migrate.check(db)
        http = HttpClient(settings, used)
        stack.push_async_callback(http.close)
        reader = Reader()
        stack.push_async_callback(reader.close)
        yield App(settings, used, db, PoliteFetcher(http, settings, used, db=db), reader)


def web_application(
    app: App, drain: Drain | None = None, timer: Callable[[], float] = time.monotonic
) -> web.Application:
    """The pages and feeds over an open application; /readyz tells of the drain that this process runs, too.

    `timer` counts the seconds after which a feed asks whether it changed.
    """

    async def readiness() -> Readiness:
        """What ails each part; an empty text where nothing does."""
        parts = {"database": ""}
        try:
            async with asyncio.timeout(READY_SECONDS):
                await migrate.check(app.db)
        except TimeoutError:
            parts["database"] = f"The database has not answered within {READY_SECONDS} seconds."
        except FeedsvcError as error:
            parts["database"] = str(error)
        if drain is not None:
            parts["outbox"] = drain.trouble
        return Readiness(parts, app.clock.now())

    return build(app.settings, app.clock, app.db, FeedCache(app.db, app.settings, timer), readiness)


def jobs(app: App) -> list[Job]:
    """Everything periodic, in one table."""
    return [
        Job("poll", POLL_SECONDS, lambda: ingest_run.tick(app.db, app.fetcher, app.reader, app.settings, app.clock)),
        Job("near-copies", POLL_SECONDS, lambda: nearness.tick(app.db)),
        Job("digests", DIGEST_SECONDS, lambda: digests_run.tick(app.db, app.settings, app.clock)),
        Job("gauges", GAUGE_SECONDS, lambda: _gauges(app)),
    ]


async def _gauges(app: App) -> None:
    async with app.db.read() as conn:
        metrics.outbox_open.set((await outbox.statistics(conn)).open)


async def serve(app: App, role: Role, started: Callable[[str], object]) -> None:
    """Run until SIGTERM or SIGINT. `started` is told the address when it answers. Raises PortInUse."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    drain = Drain(app.db, app.settings, app.clock) if role is not Role.WEB else None
    async with AsyncExitStack() as stack:
        if role is not Role.WORKER:
            started(
                await stack.enter_async_context(
                    listening(web_application(app, drain), app.settings.http.host, app.settings.http.port)
                )
            )
        if drain is not None:
            await stack.enter_async_context(working(app, drain))
            if role is Role.WORKER:
                started("no pages: this process polls and mails")
        await stop.wait()
        log.info("stopping")


@asynccontextmanager
async def working(app: App, drain: Drain) -> AsyncIterator[None]:
    """Poll, compose and mail in the background for as long as the block lasts."""
    heartbeat = Heartbeat(jobs(app))
    stop = asyncio.Event()
    sender = asyncio.create_task(drain.run_forever(stop))
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()
        stop.set()
        await sender


@asynccontextmanager
async def listening(application: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Answer on an address for as long as the block lasts; yields it with the port that was taken. Raises PortInUse."""
    async with AsyncExitStack() as stack:
        try:
            taken = await stack.enter_async_context(answering(application, host, port))
        except OSError as error:
            raise _port_error(host, port, error) from error
        yield f"http://{_shown(host)}:{taken}"


def _port_error(host: str, port: int, error: OSError) -> PortInUse:
    if error.errno == errno.EADDRINUSE:
        return PortInUse(f"Port {port} on {host} is in use. Stop what uses it, or set another [http] port.")
    # A name that cannot be found has a negative number, and its own words.
    cause = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return PortInUse(f"Cannot listen on {host}, port {port}: {cause}. Set another [http] host or port.")


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
