"""A news site whose pages are JSON instead of HTML, so that tests of polling need no reader process."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from feedsvc.errors import ReadError
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import FeedRead, ListItem, ListPage
from feedsvc.net.client import Fetched
from feedsvc.text.urls import absolute
from tests.fakes.news_site import NewsSite

BODY = (
    "<p>The university and the district signed an agreement to work together on light, lasers excepted, "
    "for ten years and more; it is the {}th.</p>"
)


class Site:
    """A `NewsSite` whose pages are JSON with an ETag."""

    def __init__(self, server: NewsSite) -> None:
        self.server = server
        self._rules = False

    @property
    def asked(self) -> list[str]:
        """Every path asked for, in order; robots.txt only where the site has one."""
        return [asked.path for asked in self.server.asked if self._rules or asked.path != "/robots.txt"]

    @property
    def conditional(self) -> list[str]:
        """The paths asked for with If-None-Match."""
        return [asked.path for asked in self.server.asked if "If-None-Match" in asked.headers]

    def url(self, path: str) -> str:
        """The address of a path; whole addresses stay."""
        return path if "://" in path else self.server.url(path)

    def page(self, path: str, body: bytes, content_type: str = "text/html") -> None:
        """Let `path` answer these bytes, with an ETag made of them."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        self.server.put(path, body, content_type=content_type, headers={"ETag": etag})
        self._rules = self._rules or path == "/robots.txt"

    def put(self, path: str, value: Any) -> None:
        """Let `path` answer `value` as JSON."""
        self.page(path, json.dumps(value).encode())

    def fail(self, path: str, status: int = 500, **headers: str) -> None:
        """Let `path` answer an error."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.server.put(path, b"no", status=status, headers=named)
        self._rules = self._rules or path == "/robots.txt"

    def story(self, number: int, title: str = "", **fields: Any) -> str:
        """Put the page of a story; returns its path."""
        path = f"/info/{number}.htm"
        whole = {"title": title or f"Story {number}", "body": BODY.format(number), "date": "2020-06-07T00:00:00+00:00"}
        self.put(path, whole | fields)
        return path

    def list_of(self, *numbers: int, path: str = "/list") -> None:
        """Put a list of stories, the newest first."""
        self.put(path, {"items": [{"url": f"/info/{number}.htm", "title": f"Story {number}"} for number in numbers]})


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

    async def article_page(self, fetched: Fetched, source: Source, item: ListItem | None) -> Story:  # noqa: ARG002 (its interface)
        """`{"title", "body", "date", ...}`; the list's date where the page has none."""
        story = story_of(fetched.url, _load(fetched))
        listed = item.date if item else None
        return replace(story, published=listed, published_is_date=True) if listed and not story.published else story

    async def feed(
        self,
        fetched: Fetched,
        source: Source,  # noqa: ARG002 (its interface)
        known: frozenset[str] = frozenset(),
    ) -> FeedRead:
        """`{"items": [{"url", "title", "body", ...}]}`; an item's fingerprint is the hash of its JSON."""
        items = _load(fetched)["items"]
        prints = [hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest() for item in items]
        stories = tuple(
            replace(story_of(absolute(fetched.url, item["url"]), item), fingerprint=fingerprint)
            for item, fingerprint in zip(items, prints, strict=True)
            if fingerprint not in known
        )
        return FeedRead("A feed", stories, unchanged=len(items) - len(stories))

    async def older_feed(self, fetched: Fetched, source: Source) -> str:  # noqa: ARG002 (its interface)
        """`{"next": ...}`."""
        return absolute(fetched.url, _load(fetched).get("next", ""))

    async def sitemap(self, fetched: Fetched, source: Source) -> ListPage:
        """As `list_page`; an index has `sitemaps`."""
        page = _load(fetched)
        if "sitemaps" in page:
            return ListPage((), sitemaps=tuple(absolute(fetched.url, url) for url in page["sitemaps"]))
        listed = await self.list_page(fetched, source)
        return replace(listed, items=tuple(replace(item, date=None, modified=item.date) for item in listed.items))


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
