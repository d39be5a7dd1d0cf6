"""The documentation that ships with the package, as pages."""

import posixpath
import re
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web
from markdown_it import MarkdownIt

from feedsvc.pages import addresses, render, views
from feedsvc.web.asking import chrome
from feedsvc.web.public.reading import html

# The order of the contents; what is not named here follows by name.
ORDER = ("guide", "commands", "settings", "addresses", "api", "operations", "errors")


@lru_cache(maxsize=1)
def _pages() -> dict[str, str]:
    root = files("feedsvc").joinpath("docs")
    found: dict[str, str] = {}

    def _walk(folder: Traversable, prefix: str) -> None:
        for item in folder.iterdir():
            if item.is_dir():
                _walk(item, f"{prefix}{item.name}/")
            elif item.name.endswith(".md"):
                found[prefix + item.name.removesuffix(".md")] = item.read_text("utf-8")

    _walk(root, "")
    rank = {name: at for at, name in enumerate(ORDER)}
    return dict(sorted(found.items(), key=lambda page: (rank.get(page[0], len(ORDER)), page[0])))


def _title(name: str, text: str) -> str:
    first = re.search(r"^# (.+)$", text, re.MULTILINE)
    return first.group(1) if first else name


@lru_cache(maxsize=64)
def _body(name: str, prefix: str) -> str:
    def _whole(match: re.Match[str]) -> str:
        # /docs and /docs/guide are one page: what is relative to one of them is not to the other.
        path = posixpath.normpath(posixpath.join("/docs", posixpath.dirname(name), match[1]))
        return f"]({prefix}{path}{match[2] or ''})"

    text = re.sub(r"\]\((?!https?:)([a-z0-9./-]+)\.md(#[\w-]+)?\)", _whole, _pages()[name])
    rendered: str = MarkdownIt("commonmark").enable("table").render(text)
    # A heading without words heads nothing; what may be scrolled must be reachable by keyboard (WCAG 2.1.1).
    rendered = rendered.replace("<th></th>", "<td></td>").replace("<pre>", '<pre tabindex="0">')
    return re.sub(r"<h([23])>(.*?)</h\1>", _with_anchor, rendered)


def _with_anchor(match: re.Match[str]) -> str:
    plain = re.sub(r"<[^>]+>", "", match.group(2)).strip().lower()
    anchor = re.sub(r"[^\w]+", "-", plain).strip("-")
    return f'<h{match.group(1)} id="{anchor}">{match.group(2)}</h{match.group(1)}>'


def _contents() -> tuple[views.DocsLink, ...]:
    return tuple(views.DocsLink(f"/docs/{name}", _title(name, text)) for name, text in _pages().items())


async def contents(request: web.Request) -> web.Response:
    """The guide, with the contents of all the documentation beside it."""
    return _show(request, next(iter(_pages())))


async def page(request: web.Request) -> web.Response:
    """One page of the documentation."""
    name = request.match_info["page"]
    if name not in _pages():
        raise web.HTTPNotFound
    return _show(request, name)


def _show(request: web.Request, name: str) -> web.Response:
    around = chrome(request, f"/docs/{name}")
    shown = views.DocsPage(
        _title(name, _pages()[name]), _body(name, addresses.plain_link(around, "").rstrip("/")), _contents()
    )
    return html(render.docs(around, shown))
