"""The sample university's web server: four kinds of news pages that publish new stories when told to."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

import orjson
from aiohttp import web
from jinja2 import Environment, PackageLoader, select_autoescape

from feedsvc.demo.site.content import Piece, pieces
from feedsvc.demo.site.pictures import NAMES, picture

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PER_PAGE = 6
CORRECTION = "Correction: an earlier version of this story gave the wrong number of joint courses."


def long_date(day: date | None) -> str:
    """`June 6, 2020`; empty for none."""
    return f"{day:%B} {day.day}, {day.year}" if day else ""


def rfc822(day: date) -> str:
    """Midnight of a day as RSS writes it."""
    return format_datetime(datetime.combine(day, time(), UTC), usegmt=True)


class SampleSite:
    """The site; `publish` lets the later stories appear and corrects one that is already known.

    While `away` is set it answers everything with 503.
    """

    def __init__(self, today: date) -> None:
        self.away = False
        self._today = today
        self._later = False
        self._added: list[Piece] = []
        self._hits = itertools.count(1000)
        self._templates = Environment(
            loader=PackageLoader("feedsvc.demo.site"), autoescape=select_autoescape(["html", "xml"]), trim_blocks=True
        )
        self._templates.globals.update(long_date=long_date, rfc822=rfc822)

    def publish(self) -> int:
        """Publish what comes later; returns how many new stories there are."""
        self._later = True
        kinds = ("english", "chinese", "library", "events")
        return sum(piece.later for kind in kinds for piece in pieces(kind, self._today, later=True))

    def add(self, piece: Piece) -> None:
        """Publish one more story, of whatever kind it says."""
        self._added.append(piece)

    def application(self) -> web.Application:
        """The site as an aiohttp application."""
        app = web.Application(middlewares=[self._open])
        for path, handler in (
            ("/", self._index),
            ("/site.css", self._css),
            ("/robots.txt", self._robots),
            ("/News_Events.htm", self._english_list),
            ("/News_Events/{page}.htm", self._english_list),
            ("/info/{column}/{id}.htm", self._english),
            ("/yw/list.htm", self._chinese_list),
            ("/{year}/{day}/{name}/page.htm", self._chinese),
            ("/library/rss.xml", self._rss),
            ("/library/{id}.html", self._library),
            ("/sitemap-events.xml", self._sitemap),
            ("/events/{id}.html", self._event),
            ("/__local/{name}.png", self._picture),
            ("/_upload/article/images/{name}.png", self._picture),
        ):
            app.router.add_get(path, handler)
        return app

    @web.middleware
    async def _open(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.away:
            return web.Response(status=503, text="The site is being looked after.")
        return await handler(request)

    def _pieces(self, kind: str) -> list[Piece]:
        added = [piece for piece in self._added if piece.kind == kind]
        return added + pieces(kind, self._today, self._later)

    def _find(self, kind: str, test: Callable[[Piece], bool]) -> Piece:
        for piece in self._pieces(kind):
            if test(piece):
                return piece
        raise web.HTTPNotFound

    def _page(self, request: web.Request, name: str, charset: str = "utf-8", **values: Any) -> web.Response:
        text = self._templates.get_template(name).render(**values)
        body = text.encode(charset)
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        kind = {"xml": "application/xml", "css": "text/css"}.get(name.rpartition(".")[2], "text/html")
        # The Chinese CMS says nothing of a charset in its header: the page's own word must do.
        header = kind if charset != "utf-8" else f"{kind}; charset=utf-8"
        return web.Response(body=body, headers={"Content-Type": header, "ETag": etag})

    async def _index(self, request: web.Request) -> web.Response:
        return self._page(request, "index.html")

    async def _css(self, request: web.Request) -> web.Response:
        return self._page(request, "site.css")

    async def _robots(self, _request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /admin/\n")

    async def _english_list(self, request: web.Request) -> web.Response:
        found = self._pieces("english")
        pages = [found[start : start + PER_PAGE] for start in range(0, len(found), PER_PAGE)]
        # The CMS numbers older pages downwards: the last page is 1.
        number = request.match_info.get("page")
        index = 0 if number is None else len(pages) - int(number) if number.isdecimal() else -1
        if not 0 <= index < len(pages):
            raise web.HTTPNotFound
        up = "" if number is None else "../"
        following = len(pages) - index - 1
        later_page = f"{'News_Events/' if number is None else ''}{following}.htm" if following > 0 else ""
        return self._page(
            request,
            "vsb_list.html",
            pieces=pages[index],
            up=up,
            next=later_page,
            total=len(found),
            page=index + 1,
            last=len(pages),
        )

    async def _english(self, request: web.Request) -> web.Response:
        column, wanted = request.match_info["column"], request.match_info["id"]
        piece = self._find("english", lambda p: p.id == wanted and str(p.column) == column)
        correction = CORRECTION if self._later and piece.id == "2044" else ""
        return self._page(request, "vsb_article.html", piece=piece, correction=correction)

    async def _chinese_list(self, request: web.Request) -> web.Response:
        found = sorted(self._pieces("chinese"), key=lambda piece: not piece.pinned)
        return self._page(request, "webplus_list.html", charset="gb18030", kind="list", pieces=found)

    async def _chinese(self, request: web.Request) -> web.Response:
        wanted = request.match_info["name"].rpartition("a")[2]
        piece = self._find("chinese", lambda p: p.id == wanted)
        return self._page(
            request, "webplus_article.html", charset="gb18030", kind="page", piece=piece, hits=next(self._hits)
        )

    async def _rss(self, request: web.Request) -> web.Response:
        return self._page(request, "rss.xml", pieces=self._pieces("library"), base=f"{request.scheme}://{request.host}")

    async def _library(self, request: web.Request) -> web.Response:
        return self._page(
            request, "library.html", piece=self._find("library", lambda p: p.id == request.match_info["id"])
        )

    async def _sitemap(self, request: web.Request) -> web.Response:
        return self._page(
            request, "sitemap.xml", pieces=self._pieces("events"), base=f"{request.scheme}://{request.host}"
        )

    async def _event(self, request: web.Request) -> web.Response:
        piece = self._find("events", lambda p: p.id == request.match_info["id"])
        linked = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": piece.title,
            "datePublished": piece.day.isoformat() if piece.day else None,
        }
        # A closing tag inside the data would end the script element.
        data = orjson.dumps(linked).decode().replace("<", "\\u003c")
        return self._page(request, "event.html", piece=piece, ld=data)

    async def _picture(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in NAMES:
            raise web.HTTPNotFound
        return web.Response(
            body=await asyncio.to_thread(picture, name),
            content_type="image/png",
            headers={"Cache-Control": "max-age=3600"},
        )
