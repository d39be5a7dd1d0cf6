"""A newsroom with sources that are pushed to, and a program that pushes."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import orjson

from feedsvc.accounts import tokens
from feedsvc.accounts.tokens import Made, Wish
from feedsvc.model.newsroom import Newsroom, Source, SourceKind
from feedsvc.newsroom.apply import apply
from feedsvc.storage import reading
from tests.fakes.answers import Answer
from tests.web.rooms import Pages

ARTICLES = "/api/v1/articles"
TREATY: dict[str, Any] = {
    "source": "cms",
    "id": "1983",
    "url": "https://www.example.edu/info/1023/1983.htm",
    "title": "A treaty is signed",
    "content_html": "<p>Both universities signed it on Saturday.</p>",
    "published_at": "2020-06-06",
}


@dataclass
class Program:
    """A program with a token."""

    pages: Pages
    made: Made
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request with the token."""
        sent = {"Authorization": f"Bearer {self.made.text}", **self.headers}
        if body is not None:
            sent |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        data = None if body is None else BytesIO(body)
        return await self.pages.ask(method, path, headers=sent | (headers or {}), data=data)

    async def send(self, path: str = ARTICLES, /, headers: dict[str, str] | None = None, **fields: Any) -> Answer:
        """POST the treaty with some fields changed."""
        return await self.ask("POST", path, orjson.dumps(TREATY | fields), headers)

    async def sent(self, path: str = ARTICLES, /, **fields: Any) -> dict[str, Any]:
        """The same, which must go well; what was answered."""
        answer = await self.send(path, **fields)
        assert answer.status in (200, 201), answer.text
        return told(answer)


def told(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer."""
    value = orjson.loads(answer.body)
    assert isinstance(value, dict)
    return value


def faults(answer: Answer) -> dict[str, str]:
    """The fields that a problem document names, each with its sentence."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {one["field"]: one["detail"] for one in told(answer).get("errors", ())}


async def sources(pages: Pages) -> None:
    """Two sources that are pushed to, one of them with approval, and one that is read."""
    known = (
        Source(
            "cms", SourceKind.PUSH, categories=("news",), timezone="Asia/Shanghai", category_map={"科研": "research"}
        ),
        Source("press", SourceKind.PUSH, categories=("news",), approval=True),
        Source("site", SourceKind.PAGE, "https://www.example.edu/news.htm", categories=("news",)),
    )
    await apply(pages.db, Newsroom(sources=known), pages.clock.now())


async def program(pages: Pages, **wish: Any) -> Program:
    """A program with a token of its own; the sources must be there."""
    values: dict[str, Any] = {"name": "cms"} | wish
    keys = pages.settings.signing_keys()
    return Program(pages, await tokens.create(pages.db, keys, Wish(**values), pages.clock.now()))


async def pusher(pages: Pages, **wish: Any) -> Program:
    """The sources, and a program."""
    await sources(pages)
    return await program(pages, **wish)


async def in_feed(pages: Pages, category: str = "news") -> bool:
    """Does the category show the treaty? Asked of the tables, which a feed in memory follows within two seconds."""
    async with pages.db.read() as conn:
        return TREATY["title"] in [one.title for one in await reading.latest(conn, (category,), 10)]
