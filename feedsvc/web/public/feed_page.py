"""Feeds for people: the page at a feed's own address, and the form that makes such an address."""

import re

from aiohttp import web

from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import SUBSCRIBABLE, FeedFormat
from feedsvc.model.newsroom import Category
from feedsvc.pages import addresses, feed_views, render
from feedsvc.pages.chrome import Chrome
from feedsvc.publish import contents
from feedsvc.publish.keys import MOST_CATEGORIES, FeedKey
from feedsvc.storage import reading
from feedsvc.storage.types import Conn
from feedsvc.text.words import LANGUAGES
from feedsvc.web import keys
from feedsvc.web.asking import chrome
from feedsvc.web.public.reading import html

LATEST_STORIES = 10
ITSELF = "feed"
"""The value of `?format=` that asks for the feed and not for the page about it."""
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_FEEDS = frozenset(
    {
        *(form.media_type for form in SUBSCRIBABLE),
        *("application/rdf+xml", "application/json", "application/xml", "text/xml"),
        *("application/*", "text/*", "*/*"),
    }
)
_WEIGHTED = re.compile(
    r"""([\w!#$&^.+*-]+/[\w!#$&^.+*-]+)            # a media type, or a range of them
        (?:[ \t]*;[ \t]*(?!q=)[\w-]+=(?:[^\s;,"]+|"[^"]*"))*
        (?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?""",
    re.VERBOSE | re.ASCII,
)


def wants_page(request: web.Request) -> bool:
    """Shall a feed's address be answered with the page about it? `?format=feed` gets the feed in any case.

    The answer to either depends on Accept and has to say so (`Vary`).
    """
    accept = request.headers.get("Accept", "")
    if "html" not in accept or not prefers_page(accept):
        return False
    return request.query.get("format") != ITSELF


def prefers_page(accept: str) -> bool:
    """Does an Accept header (RFC 9110, section 12.5.1) name HTML, and above all that a feed could be?

    Browsers do. Whoever names a feed as high, takes anything, or writes what is no such header, gets the feed: Java's
    own `text/html, image/gif, *; q=.2` comes from programs that read feeds.
    """
    weights: dict[str, float] = {}
    for member in filter(None, (part.strip() for part in accept.lower().split(","))):
        found = _WEIGHTED.fullmatch(member)
        if found is None:
            return False
        weights[found[1]] = max(weights.get(found[1], 0.0), float(found[2] or 1))
    page = max((weights.get(name, 0.0) for name in _PAGES), default=0.0)
    return page > max(weights.get(name, 0.0) for name in _FEEDS)


async def page(request: web.Request, key: FeedKey) -> web.Response:
    """The page about a feed: what it is, how to subscribe, its latest stories. Raises HTTPNotFound where there is none."""
    async with request.app[keys.DATABASE].read() as conn:
        known = {category.slug: category for category in await reading.categories(conn)}
        if not known.keys() >= set(key.categories):
            raise web.HTTPNotFound
        shown = await _shown(conn, key, tuple(known[slug] for slug in key.categories))
    around = _spoken(request, key.path)
    made = html(render.feed(around, shown))
    made.headers["Vary"] = "Accept, Accept-Language"
    return made


async def builder(request: web.Request) -> web.Response:
    """Choose categories and a format, and get the address of the feed that has them."""
    async with request.app[keys.DATABASE].read() as conn:
        categories = tuple(await reading.categories(conn))
    shown = built(categories, request.query.getall("categories", []), request.query.get("format"))
    path = addresses.builder_path(tuple(sorted(shown.chosen)), shown.form if request.query.get("format") else None)
    return html(render.builder(chrome(request, path), shown))


def built(categories: tuple[Category, ...], asked: list[str], form: str | None) -> feed_views.BuilderPage:
    """What the form says to what was asked for. `form` is None before anything was."""
    known = {category.slug for category in categories}
    chosen = known.intersection(asked)
    unknown = not known.issuperset(asked) or form not in (None, *SUBSCRIBABLE)
    wanted = form is not None or bool(asked)
    # Of wishes that are all unknown no feed is made: without categories it would be that of everything.
    possible = len(chosen) <= MOST_CATEGORIES and (bool(chosen) or not asked)
    format_ = FeedFormat(form) if form in SUBSCRIBABLE else FeedFormat.RSS
    return feed_views.BuilderPage(
        categories=categories,
        chosen=frozenset(chosen),
        form=format_.value,
        key=FeedKey(tuple(sorted(chosen)), format_).name if wanted and possible else "",
        unknown=unknown,
        most=MOST_CATEGORIES,
    )


def language_of(header: str, default: str) -> str:
    """The language of ours that an Accept-Language header (RFC 9110, section 12.5.4) names first, else `default`.

    Browsers write the list in the order of its weights.
    """
    for member in header.lower().split(","):
        primary = re.split(r"[-;]", member.strip(), maxsplit=1)[0]
        if primary in LANGUAGES:
            return primary
    return default


def _spoken(request: web.Request, path: str) -> Chrome:
    # A feed's address carries no language, so here, and only here, the browser's own is asked for.
    site = request.app[keys.SETTINGS].site
    header = request.headers.get("Accept-Language", "")
    language = request.query.get("language") or language_of(header, site.language)
    return addresses.chrome_for(site, path, language, request.app[keys.STATIC_VERSION])


async def _shown(conn: Conn, key: FeedKey, categories: tuple[Category, ...]) -> feed_views.FeedPage:
    held = await contents.read(conn, key, LATEST_STORIES)
    if key.page > held.pages:
        raise web.HTTPNotFound
    # Those that the feed has too: it leaves out what has no address.
    articles = tuple(article for article in held.articles if feed_url(article.url) is not None)
    return feed_views.FeedPage(key.name, key.format.value, categories, articles, key.page, held.pages)
