"""A real HTTP server whose pages a test writes, and a reader of its plain pages (JSON instead of HTML)."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from feedsvc.errors import ReadError
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead, ListItem, ListPage
from feedsvc.net.client import Fetched
from feedsvc.text.urls import absolute

BODY = (
    "<p>The university and the district signed an agreement to work together on light, lasers excepted, "
    "for ten years and more; it is the {}th.</p>"
)


@dataclass
class Page:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    validators: bool = True


class Site:
    """Pages by path; `asked` notes every request as `METHOD path` and whether it was conditional."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.conditional: list[str] = []
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        listening = web.TCPSite(self._runner, "127.0.0.1", 0)
        await listening.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def url(self, path: str) -> str:
        """The address of a path; whole addresses stay."""
        return path if "://" in path else f"http://127.0.0.1:{self._port}{path}"

    def put(self, path: str, value: Any, **options: Any) -> None:
        """Let `path` answer `value` as JSON."""
        self.pages[path] = Page(json.dumps(value).encode(), **options)

    def fail(self, path: str, status: int = 500, **headers: str) -> None:
        """Let `path` answer an error."""
        self.pages[path] = Page(b"no", status, {name.replace("_", "-"): value for name, value in headers.items()})

    def story(self, number: int, title: str = "", **fields: Any) -> str:
        """Put the page of a story; returns its path."""
        path = f"/info/{number}.htm"
        whole = {"title": title or f"Story {number}", "body": BODY.format(number), "date": "2020-06-07T00:00:00+00:00"}
        self.put(path, whole | fields)
        return path

    def list_of(self, *numbers: int, path: str = "/list") -> None:
        """Put a list of stories, the newest first."""
        self.put(path, {"items": [{"url": f"/info/{number}.htm", "title": f"Story {number}"} for number in numbers]})

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path
        if path == "/robots.txt" and path not in self.pages:
            return web.Response(status=404)
        self.asked.append(path)
        page = self.pages.get(path, Page(b"no such page", 404))
        headers = {"Content-Type": "text/html", **page.headers}
        if page.status == 200 and page.validators:
            headers["ETag"] = '"' + hashlib.sha256(page.body).hexdigest()[:12] + '"'
            if "If-None-Match" in request.headers:
                self.conditional.append(path)
                if request.headers["If-None-Match"] == headers["ETag"]:
                    return web.Response(status=304, headers=headers)
        return web.Response(body=page.body, status=page.status, headers=headers)


class PlainReader:
    """Reads the JSON that `Site` serves; a body that is no JSON object is a ReadError."""

    async def list_page(self, fetched: Fetched, source: Source) -> ListPage:  # noqa: ARG002 (its interface)
        """`{"items": [{"url", "title", "date"}], "preset": ...}`."""
        page = _load(fetched)
        items = [
            ListItem(absolute(fetched.url, item["url"]), item.get("title", ""), _date(item.get("date")))
            for item in page["items"]
        ]
        return ListPage(tuple(items), page.get("next"), page.get("preset", "generic"))

    async def article_page(self, fetched: Fetched, source: Source, item: ListItem | None) -> Story:  # noqa: ARG002
        """`{"title", "body", "date", ...}`."""
        return story_of(fetched.url, _load(fetched))

    async def feed(self, fetched: Fetched, source: Source) -> FeedRead:  # noqa: ARG002 (its interface)
        """`{"items": [{"url", "title", "body", ...}]}`."""
        items = _load(fetched)["items"]
        return FeedRead("A feed", tuple(story_of(absolute(fetched.url, item["url"]), item) for item in items))

    async def sitemap(self, fetched: Fetched, source: Source) -> ListPage:
        """As `list_page`; an index says so by its preset."""
        return await self.list_page(fetched, source)


def story_of(url: str, page: dict[str, Any]) -> Story:
    """A story from a JSON object."""
    return Story(
        url=url,
        title=page.get("title", ""),
        upstream_id=page.get("id"),
        summary=page.get("summary", ""),
        content_html=page.get("body", ""),
        authors=tuple(page.get("authors", ())),
        published=_date(page.get("date")),
        terms=tuple(page.get("terms", ())),
    )


def _load(fetched: Fetched) -> dict[str, Any]:
    try:
        loaded = json.loads(fetched.body)
    except ValueError as error:
        msg = f"{fetched.url} is not a page of this site. Look at it in a browser."
        raise ReadError(msg) from error
    assert isinstance(loaded, dict)
    return loaded


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
