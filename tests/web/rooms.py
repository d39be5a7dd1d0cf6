"""A running web application over a real database, and what there is in it to read."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import select
from yarl import URL

from feedsvc.app import listening, open_app, web_application
from feedsvc.clock import FixedClock
from feedsvc.model.article import Article, ArticleState
from feedsvc.model.draft import Draft
from feedsvc.settings import Settings
from feedsvc.storage import reading, stamps
from feedsvc.storage.database import Database
from feedsvc.storage.schema import metadata
from feedsvc.text import tokens
from feedsvc.web.public.forms import STARTED, TRAP_SECONDS
from tests.fakes.answers import Answer
from tests.storage import incoming, standing
from tests.subscribers.people import newsroom

SECRET = "a-key-for-tests-only-0123456789abcdef"
BASE = "https://news.example.edu"


@dataclass
class Pages:
    """The service, answering on a real port."""

    db: Database
    clock: FixedClock
    settings: Settings
    session: ClientSession
    address: str

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        """One request to a path as it is written (no encoding, no redirects followed); the body as it was sent."""
        url = URL(self.address + path, encoded=True)
        async with self.session.request(method, url, allow_redirects=False, **options) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def get(self, path: str, **headers: str) -> Answer:
        """GET with headers (`If_None_Match` stands for `If-None-Match`)."""
        return await self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def post(self, path: str, fields: Sequence[tuple[str, str]] = (), **options: Any) -> Answer:
        """POST a form."""
        return await self.ask("POST", path, data=list(fields), **options)

    def started(self, ago: float = TRAP_SECONDS + 1) -> str:
        """What the sign-up form says of when it was shown."""
        shown = int(self.clock.now().timestamp() - ago)
        return tokens.sign(self.settings.signing_keys(), STARTED, str(shown))

    async def sign_up(self, email: str, *more: tuple[str, str], **options: Any) -> Answer:
        """Send the sign-up form as a person would."""
        fields = [("email", email), ("started", self.started()), ("hp", ""), *(more or (("lists", "alumni"),))]
        return await self.post("/subscribe", fields, **options)


def settings_for(url: str, base: str = BASE, **http: Any) -> Settings:
    """Settings of a service over a database."""
    return Settings.model_validate(
        {
            "site": {"base_url": base, "title": "USST News", "contact": "news@example.edu"},
            "database": {"url": url, "busy_timeout": 0.2},
            "http": http,
            "security": {"secret_key": SECRET},
        }
    )


@asynccontextmanager
async def serve(settings: Settings, clock: FixedClock) -> AsyncIterator[Pages]:
    """The web application with these settings, over a small newsroom."""
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, clock))
        await newsroom(app.db, clock.now())
        address = await stack.enter_async_context(listening(web_application(app), "127.0.0.1", 0))
        session = await stack.enter_async_context(ClientSession(auto_decompress=False))
        yield Pages(app.db, clock, settings, session, address)


async def story(
    db: Database,
    now: datetime,
    title: str,
    categories: tuple[str, ...] = ("news",),
    state: ArticleState = ArticleState.PUBLISHED,
    **fields: Any,
) -> Article:
    """Write one article that came in at `now`, and let it stand as it shall."""
    values = {
        "url": f"https://www.example.edu/{sha256(title.encode()).hexdigest()[:12]}.htm",
        "title": title,
        "summary": f"About: {title}.",
        "content_html": f"<p>The story of {title}.</p>",
        "authors": (),
        "language": "en",
        "image": None,
        "attachments": (),
        "published_at": now,
        "published_is_date": False,
        "sort_at": now,
        "content_hash": sha256(title.encode()).hexdigest(),
        "text_hash": "",
    }
    async with db.write() as conn:
        draft = Draft(**(values | fields))
        key, touched = await incoming.enter(conn, draft, categories, now=now)
        await stamps.bump(conn, touched, now)
        if state is not ArticleState.PUBLISHED:
            embargoed = state is ArticleState.EMBARGOED
            await standing.set_state(conn, key, state, now, now + timedelta(days=1) if embargoed else None)
        found = await reading.get(conn, key)
    assert found is not None
    return found


def put_away(pages: Pages) -> Path:
    """Take the SQLite file of a running service away, whose connections were closed; returns where it was."""
    path = Path(pages.settings.database.url.removeprefix("sqlite:///"))
    path.rename(path.with_suffix(".away"))
    for companion in ("-wal", "-shm"):
        Path(f"{path}{companion}").unlink(missing_ok=True)
    path.mkdir()
    return path


def put_back(path: Path) -> None:
    """Bring the file back."""
    path.rmdir()
    path.with_suffix(".away").rename(path)


async def everything(db: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with db.read() as conn:
        return {table.name: sorted(map(repr, await conn.execute(select(table)))) for table in metadata.sorted_tables}
