"""The public archive: every issue of a digest, without anything personal."""

from aiohttp import web

from feedsvc.model.article import Article, ArticleState
from feedsvc.model.issue import Edition, Issue
from feedsvc.model.newsroom import Category, Digest
from feedsvc.pages import render, views
from feedsvc.storage import digests, issues, reading
from feedsvc.storage.types import Conn
from feedsvc.web import keys
from feedsvc.web.middleware import chrome
from feedsvc.web.public.reading import html

ISSUES_SHOWN = 100


async def digest(request: web.Request) -> web.Response:
    """The issues of a digest, newest first."""
    async with request.app[keys.DATABASE].read() as conn:
        found = await digests.get(conn, request.match_info["digest"])
        lines = tuple(
            [await _line(conn, issue) for issue in await issues.of_digest(conn, found.slug, ISSUES_SHOWN, public=True)]
        )
    return html(render.archive(chrome(request), views.ArchivePage(found, lines)))


async def issue(request: web.Request) -> web.Response:
    """One issue: its stories by category, as anyone may read them."""
    number = request.match_info["issue"]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise web.HTTPNotFound
    async with request.app[keys.DATABASE].read() as conn:
        found = await digests.get(conn, request.match_info["digest"])
        one = await issues.by_number(conn, found.slug, int(number))
        if one is None:
            raise web.HTTPNotFound
        page = await _issue_page(conn, found, one)
    return html(render.issue(chrome(request), page))


async def _issue_page(conn: Conn, found: Digest, one: Issue) -> views.IssuePage:
    number = one.number or 0
    edition = await _public(conn, one)
    articles = await reading.get_many(conn, edition.article_ids if edition else ())
    ordered = [articles[key] for key in edition.article_ids if key in articles] if edition else []
    shown = [article for article in ordered if article.state is ArticleState.PUBLISHED]
    offered = [kind for kind in await reading.categories(conn) if not found.categories or kind.slug in found.categories]
    return views.IssuePage(
        found,
        await _line(conn, one),
        _sections(offered, shown),
        number - 1 if number > 1 and await issues.by_number(conn, found.slug, number - 1) else None,
        number + 1 if await issues.by_number(conn, found.slug, number + 1) else None,
    )


def _sections(offered: list[Category], articles: list[Article]) -> tuple[views.IssueSection, ...]:
    left, sections = list(articles), []
    for kind in offered:
        inside = tuple(article for article in left if kind.slug in article.categories)
        left = [article for article in left if kind.slug not in article.categories]
        if inside:
            sections.append(views.IssueSection(kind, inside))
    if left:
        sections.append(views.IssueSection(None, tuple(left)))
    return tuple(sections)


async def _public(conn: Conn, one: Issue) -> Edition | None:
    editions = await issues.editions_of(conn, one.id)
    return next((edition for edition, _ in editions if edition.public), None)


async def _line(conn: Conn, one: Issue) -> views.IssueLine:
    edition = await _public(conn, one)
    return views.IssueLine(one.number or 0, one.subject, one.due_at, len(edition.article_ids) if edition else 0)
