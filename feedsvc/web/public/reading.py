"""The pages that people read: home, categories, articles."""

import re
from datetime import UTC, datetime, timedelta

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
_KEY = re.compile(r"(-?[0-9]{1,18})-([\w-]{1,36})", re.ASCII)


async def home(request: web.Request) -> web.Response:
    """The latest stories, and how to follow them."""
    async with request.app[keys.DATABASE].read() as conn:
        before = request.query.get("before")
        articles, older = await _page(conn, (), HOME_STORIES, before)
        if before and not articles:
            raise web.HTTPNotFound
        categories = tuple(await reading.categories(conn))
        form = await join_form(conn, request, views.JoinForm())
    page = views.HomePage(articles, categories, form, older)
    return html(render.home(chrome(request), page))


async def category(request: web.Request) -> web.Response:
    """One category, newest first; `?before=` goes on where a page ended."""
    async with request.app[keys.DATABASE].read() as conn:
        found = await _category(conn, request.match_info["slug"])
        before = request.query.get("before")
        articles, older = await _page(conn, (found.slug,), CATEGORY_STORIES, before)
    return html(render.category(chrome(request), views.CategoryPage(found, articles, older, first=before is None)))


async def article(request: web.Request) -> web.Response:
    """One story. An old or missing title in the address leads to the present one; a story that was withdrawn is 410.

    Who asks for JSON is told so in a problem document.
    """
    async with request.app[keys.DATABASE].read() as conn:
        found = await reading.get(conn, request.match_info["id"])
        if found is None or not await _may_be_told_of(conn, found):
            raise web.HTTPNotFound
        categories = tuple(kind for kind in await reading.categories(conn) if kind.slug in found.categories)
        near = tuple(await reading.near_copies(conn, found.id, RELATED_STORIES))
        others = await reading.related(conn, found, RELATED_STORIES + len(near))
    if found.state is ArticleState.WITHDRAWN:
        if wants_json(request):
            raise web.HTTPGone
        gone = html(render.withdrawn(chrome(request), views.WithdrawnPage()), status=410)
        gone.headers["Vary"] = "Accept"
        return gone
    if request.match_info.get("slug") != addresses.title_slug(found.title):
        raise web.HTTPMovedPermanently(addresses.page_url(chrome(request), addresses.article_path(found)))
    related = tuple(other for other in others if other not in near)[:RELATED_STORIES]
    return html(render.article(chrome(request), views.ArticlePage(found, categories, related, near)))


async def _may_be_told_of(conn: Conn, article: Article) -> bool:
    """What nobody has seen is not there, also where it was withdrawn."""
    if article.state is ArticleState.WITHDRAWN:
        return await reading.was_shown(conn, article.id)
    return article.state is ArticleState.PUBLISHED


async def _category(conn: Conn, slug: str) -> Category:
    for found in await reading.categories(conn):
        if found.slug == slug:
            return found
    raise web.HTTPNotFound


async def _page(
    conn: Conn, slugs: tuple[str, ...], size: int, before: str | None
) -> tuple[tuple[Article, ...], str | None]:
    found = await reading.latest(conn, slugs, size + 1, _read_key(before))
    return tuple(found[:size]), _key(found[size - 1]) if len(found) > size else None


def _key(article: Article) -> str:
    return f"{(article.sort_at - _EPOCH) // timedelta(microseconds=1)}-{article.id}"


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
