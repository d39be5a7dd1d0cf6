"""A desk at which commands are given, the sample university behind it, and a database that has read its stories."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from feedsvc.app import listening, open_app
from feedsvc.clock import SystemClock
from feedsvc.demo.newsroom import newsroom
from feedsvc.demo.site.server import SampleSite
from feedsvc.ingest import run as ingest
from feedsvc.newsroom.apply import apply
from feedsvc.settings import Settings
from feedsvc.subscribers.import_csv import ImportOptions, ImportStatus, add_person
from tests.cli.desk import KEY, Desk
from tests.postgres import run_apart

READER = "li@example.edu"


@dataclass(frozen=True)
class University:
    """The sample site, answering from a thread of its own, and a database that has read it twice."""

    address: str
    database: Path


@pytest.fixture(scope="session")
def university(tmp_path_factory: pytest.TempPathFactory) -> Iterator[University]:
    """One sample university for all tests; its newest stories came in after the reader had joined."""
    site = SampleSite(SystemClock().now().date())
    address, stop, up = "", asyncio.Event(), threading.Event()

    async def serve() -> None:
        nonlocal address
        async with listening(site.application(), "127.0.0.1", 0) as address:
            up.set()
            await stop.wait()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert up.wait(20)
    path = tmp_path_factory.mktemp("university") / "feedsvc.db"
    run_apart(_read_twice(site, address, path))
    yield University(address, path)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


async def _read_twice(site: SampleSite, address: str, path: Path) -> None:
    settings = Settings.model_validate(
        {"database": {"url": f"sqlite:///{path}"}, "security": {"secret_key": KEY}, "mail": {"tls": "none"}}
    )
    async with open_app(settings, create=True) as app:
        room = newsroom(address)
        await apply(app.db, room, app.clock.now())
        options = ImportOptions("alumni", ImportStatus.ACTIVE, "admin")
        for later in (False, True):
            if later:
                site.publish()
            for source in room.sources:
                await ingest.poll(app.db, app.fetcher, app.reader, settings, app.clock, source.slug)
            if not later:
                await add_person(app.db, settings, {"email": READER}, options, app.clock.now())


@pytest.fixture(autouse=True)
def fresh_logs() -> Iterator[None]:
    """A command sets up the log; what it set up goes with the test's captured streams."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def desk(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk over a migrated, empty database."""
    return Desk(tmp_path, sqlite_url, monkeypatch, capsys)


@pytest.fixture
def blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk whose database does not exist yet."""
    return Desk(tmp_path, f"sqlite:///{tmp_path / 'data' / 'feedsvc.db'}", monkeypatch, capsys)


@pytest.fixture
def full(
    tmp_path: Path, university: University, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    """A desk over a copy of the university's database."""
    return Desk(tmp_path, f"sqlite:///{shutil.copy(university.database, tmp_path / 'full.db')}", monkeypatch, capsys)
