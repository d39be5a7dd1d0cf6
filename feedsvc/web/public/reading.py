"""The pages that people read: home, categories, articles."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from aiohttp import web

from feedsvc.model.article import Article, ArticleState
from feedsvc.model.newsroom import Category
from feedsvc.pages import addresses, render, views
from feedsvc.storage import reading
from feedsvc.storage.types import Conn
from feedsvc.web import keys
from feedsvc.web.asking import chrome, wants_json
from feedsvc.web.public.forms import join_form

HOME_STORIES = 12
CATEGORY_STORIES = 20
RELATED_STORIES = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"(0|-?[1-9][0-9]{0,17})-([\w-]{1,36})", re.ASCII)


class _Turned(NamedTuple):
    """A page of stories: the keys of the next and of the one before (None: the first), and whether it is the first."""

    articles: tuple[Article, ...]
    older: str | None
    newer: str | None
    first: bool


async def home(request: web.Request) -> web.Response:
    """The latest stories, and how to follow them; `?before=` goes on where a page ended."""
    async with request.app[keys.DATABASE].read() as conn:
        shown = await _turned(conn, None, HOME_STORIES, request.query.get("before"))
        if not shown.articles and not shown.first:
            raise web.HTTPNotFound
        categories = tuple(await reading.categories(conn))
        form = await join_form(conn, request, views.JoinForm())
    page = views.HomePage(shown.articles, categories, form, shown.older, shown.newer, shown.first)
    return html(render.home(chrome(request), page))


async def category(request: web.Request) -> web.Response:
    """One category, newest first; `?before=` goes on where a page ended, and is 404 where nothing is older."""
    async with request.app[keys.DATABASE].read() as conn:
        found = await _category(conn, request.match_info["slug"])
        shown = await _turned(conn, found.slug, CATEGORY_STORIES, request.query.get("before"))
    page = views.CategoryPage(found, shown.articles, shown.older, shown.newer, shown.first)
    return html(render.category(chrome(request), page), 200 if shown.articles or shown.first else 404)


async def article(request: web.Request) -> web.Response:
    """One story. An old or missing title in the address leads to the present one; a story that was withdrawn is 410.

    Who asks for JSON is told so in a problem document.
    """
    async with request.app[keys.DATABASE].read() as conn:
        found = await reading.get(conn, request.match_info["id"])
        if found is not None and found.state is ArticleState.WITHDRAWN:
            return await _withdrawn(request, conn, found)
        if found is None or found.state is not ArticleState.PUBLISHED:
            raise web.HTTPNotFound
        categories = tuple(kind for kind in await reading.categories(conn) if kind.slug in found.categories)
        near = tuple(await reading.near_copies(conn, found.id, RELATED_STORIES))
        others = await reading.related(conn, found, RELATED_STORIES + len(near))
    if request.match_info.get("slug") != addresses.title_slug(found.title):
        raise web.HTTPMovedPermanently(addresses.page_url(chrome(request), addresses.article_path(found)))
    related = tuple(other for other in others if other not in near)[:RELATED_STORIES]
    return html(render.article(chrome(request), views.ArticlePage(found, categories, related, near)))


async def _withdrawn(request: web.Request, conn: Conn, article: Article) -> web.Response:
    """410; but what nobody has seen is not there, also where it was withdrawn."""
    if not await reading.was_shown(conn, article.id):
        raise web.HTTPNotFound
    if wants_json(request):
        raise web.HTTPGone
    page = views.WithdrawnPage(await reading.withdrawn_at(conn, article.id))
    gone = html(render.withdrawn(chrome(request), page), status=410)
    gone.headers["Vary"] = "Accept"
    return gone


async def _category(conn: Conn, slug: str) -> Category:
    for found in await reading.categories(conn):
        if found.slug == slug:
            return found
    raise web.HTTPNotFound


async def _turned(conn: Conn, slug: str | None, size: int, before: str | None) -> _Turned:
    start = _read_key(before)
    found = await reading.latest(conn, (slug,) if slug else (), size + 1, start)
    newer = await reading.newer(conn, slug, size, start) if start else None
    older = _key(found[size - 1].sort_at, found[size - 1].id) if len(found) > size else None
    return _Turned(tuple(found[:size]), older, _key(*newer) if newer else None, start is None)


def _key(sort_at: datetime, article_id: str) -> str:
    return f"{(sort_at - _EPOCH) // timedelta(microseconds=1)}-{article_id}"


def _read_key(text: str | None) -> tuple[datetime, str] | None:
    if not text:
        return None
    key = _KEY.fullmatch(text)
    if key is None:
        raise web.HTTPNotFound
    try:
        return _EPOCH + timedelta(microseconds=int(key[1])), key[2]
    except OverflowError as error:
        raise web.HTTPNotFound from error


def html(text: str, status: int = 200, cache: str = "no-cache") -> web.Response:
    """A page."""
    return web.Response(text=text, status=status, content_type="text/html", headers={"Cache-Control": cache})
