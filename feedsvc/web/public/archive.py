"""The public archive: every issue of a digest, without anything personal."""

import re
from collections.abc import Iterable

from aiohttp import web

from feedsvc.model.article import Article, ArticleState
from feedsvc.model.issue import Issue
from feedsvc.model.newsroom import Category, Digest
from feedsvc.pages import render, views
from feedsvc.storage import archive, digests, reading
from feedsvc.storage.types import Conn
from feedsvc.web import keys
from feedsvc.web.asking import chrome
from feedsvc.web.public.reading import html

ISSUES_SHOWN = 50
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


async def digest(request: web.Request) -> web.Response:
    """The issues of a digest, newest first; `?before=` goes on below a number."""
    before = request.query.get("before")
    async with request.app[keys.DATABASE].read() as conn:
        found = await digests.get(conn, request.match_info["digest"])
        start = None if before is None else _number(before)
        issues = await archive.latest(conn, found.slug, ISSUES_SHOWN + 1, start)
        held = await archive.contents(conn, [one.id for one in issues])
    shown = issues[:ISSUES_SHOWN]
    lines = tuple(_line(one, len(held.get(one.id, ()))) for one in shown)
    older = str(lines[-1].number) if len(issues) > len(shown) else None
    return html(render.archive(chrome(request), views.ArchivePage(found, lines, older)))


async def issue(request: web.Request) -> web.Response:
    """One issue: its stories by category, as anyone may read them."""
    async with request.app[keys.DATABASE].read() as conn:
        found = await digests.get(conn, request.match_info["digest"])
        one = await archive.by_number(conn, found.slug, _number(request.match_info["issue"]))
        if one is None:
            raise web.HTTPNotFound
        page = await _issue_page(conn, found, one)
    return html(render.issue(chrome(request), page))


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise web.HTTPNotFound
    return int(text)


async def _issue_page(conn: Conn, found: Digest, one: Issue) -> views.IssuePage:
    ids = (await archive.contents(conn, [one.id])).get(one.id, ())
    articles = await reading.get_many(conn, ids)
    shown = [articles[key] for key in ids if key in articles and articles[key].state is ArticleState.PUBLISHED]
    offered = [kind for kind in await reading.categories(conn) if not found.categories or kind.slug in found.categories]
    before, after = await archive.neighbours(conn, found.slug, one.number or 0)
    return views.IssuePage(found, _line(one, len(shown)), _sections(offered, shown), before, after)


def _sections(offered: Iterable[Category], articles: list[Article]) -> tuple[views.IssueSection, ...]:
    left, sections = list(articles), []
    for kind in offered:
        inside = tuple(article for article in left if kind.slug in article.categories)
        left = [article for article in left if kind.slug not in article.categories]
        if inside:
            sections.append(views.IssueSection(kind, inside))
    if left:
        sections.append(views.IssueSection(None, tuple(left)))
    return tuple(sections)


def _line(one: Issue, stories: int) -> views.IssueLine:
    return views.IssueLine(one.number or 0, one.subject, one.due_at, stories)
