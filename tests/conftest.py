"""Fixtures that every kind of test shares.

Tests that need PostgreSQL or Chromium are skipped where there is none; with FEEDSVC_TEST_REQUIRE=1 (set by the gate)
they fail.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_asyncio
import structlog
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from feedsvc.clock import FixedClock
from feedsvc.settings import Settings
from feedsvc.storage import migrate
from feedsvc.storage.database import Database
from tests.postgres import Postgres, find_binaries, run_apart

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A browser that asks nobody but the page's own server.
BROWSER_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

REQUIRED = os.environ.get("FEEDSVC_TEST_REQUIRE") == "1"
# The machine may be busy, so no example has a deadline. The gate tries the same examples every time; a developer's runs
# look further. Tests that need more or fewer examples say so themselves.
hypothesis.settings.register_profile("feedsvc", deadline=None, max_examples=50, derandomize=REQUIRED)
hypothesis.settings.load_profile("feedsvc")
# As the service writes it. structlog's own way of showing a traceback takes half a second.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


def _missing(what: str) -> None:
    if REQUIRED:
        pytest.fail(f"{what} FEEDSVC_TEST_REQUIRE=1 makes that a failure.", pytrace=False)
    pytest.skip(what)


async def _migrate(url: str) -> None:
    db = Database.open(url)
    try:
        await migrate.migrate(db)
    finally:
        await db.close()


# ---------------------------------------------------------------- databases


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A private PostgreSQL, started from the machine's binaries, with a migrated template; gone after the last test."""
    binaries = find_binaries()
    if binaries is None:
        _missing("PostgreSQL is not on this machine (no initdb): install Debian's package postgresql.")
        return
    server = Postgres(binaries)
    try:
        server.prepare(_migrate)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    run_apart(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty SQLite database."""
    return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'test.db')}"


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a migrated, empty PostgreSQL database."""
    name = postgres.take()
    yield postgres.url(name)
    postgres.give_back(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database, on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=ENGINES)
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database, on each engine in turn. `db.url` opens it again, also from another process."""
    opened = Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_db(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated, empty SQLite database."""
    opened = Database.open(sqlite_url)
    yield opened
    await opened.close()


# ---------------------------------------------------------------- browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the machine's own Chromium."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        _missing("Chromium is not on this machine: install Debian's package chromium.")
    return str(found)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_browser(chromium: str) -> AsyncIterator[Browser]:
    """The browser, headless, started once for all tests. They share its loop, so each module says loop_scope="session"."""
    flags = [*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=flags)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(running_browser: Browser) -> AsyncIterator[BrowserContext]:
    """A context of the browser with an empty profile. Make pages of any size in it."""
    context = await running_browser.new_context()
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: BrowserContext) -> Page:
    """One empty page in a context of its own."""
    return await browser.new_page()


# ---------------------------------------------------------------- the rest


@pytest.fixture
def shell_tools() -> None:
    """What the examples of the docs are run with: curl and openssl."""
    if not (shutil.which("curl") and shutil.which("openssl")):
        _missing("curl or openssl is not on this machine: install Debian's packages of these names.")


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at Monday, 8 June 2020, 00:00 UTC."""
    return FixedClock(datetime(2020, 6, 8, tzinfo=UTC))


@pytest.fixture
def settings() -> Settings:
    """Settings fit for a test."""
    values: dict[str, Any] = {
        "site": {"base_url": "https://news.example.edu", "title": "USST News", "contact": "news@example.edu"},
        "security": {"secret_key": "a-key-for-tests-only-0123456789abcdef"},
    }
    return Settings.model_validate(values)
