"""Every address the service answers, in one list."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from feedsvc.web.api import articles
from feedsvc.web.public import archive, assets, docs, feed_page, feeds, health, reading, sitemap, subscribing


class Route(NamedTuple):
    """One address: method (GET answers HEAD too), path below the base address, name, handler."""

    method: str
    path: str
    name: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]


ROUTES: list[Route] = [
    Route("GET", "/", "home", reading.home),
    Route("GET", "/categories/{slug}", "category", reading.category),
    Route("GET", "/articles/{id}", "article-short", reading.article),
    Route("GET", "/articles/{id}/{slug}", "article", reading.article),
    Route("GET", "/feeds", "feed-builder", feed_page.builder),
    Route("GET", "/feeds.opml", "opml", feeds.opml),
    Route("OPTIONS", "/feeds.opml", "opml-preflight", feeds.preflight),
    Route("GET", "/feeds/{name}", "feed", feeds.feed),
    Route("OPTIONS", "/feeds/{name}", "feed-preflight", feeds.preflight),
    Route("GET", "/feeds/{name}/archive/{page}", "feed-archive", feeds.feed),
    Route("OPTIONS", "/feeds/{name}/archive/{page}", "feed-archive-preflight", feeds.preflight),
    Route("GET", "/subscribe", "subscribe", subscribing.form),
    Route("POST", "/subscribe", "join", subscribing.join),
    Route("GET", "/confirm/{token}", "confirm", subscribing.look_at_confirmation),
    Route("POST", "/confirm/{token}", "confirmed", subscribing.confirm),
    Route("GET", "/preferences/{token}", "preferences", subscribing.look_at_preferences),
    Route("POST", "/preferences/{token}", "preferences-saved", subscribing.save_preferences),
    Route("GET", "/unsubscribe/{token}", "unsubscribe", subscribing.look_at_leaving),
    Route("POST", "/unsubscribe/{token}", "unsubscribed", subscribing.leave),
    Route("GET", "/archive/{digest}", "archive", archive.digest),
    Route("GET", "/archive/{digest}/{issue}", "issue", archive.issue),
    Route("POST", "/api/v1/articles", "push", articles.create),
    Route("GET", "/api/v1/articles/{id}", "pushed", articles.show),
    Route("DELETE", "/api/v1/articles/{id}", "withdraw", articles.withdraw),
    Route("GET", "/api/v1/sources/{source}/articles/{id}", "pushed-by-own-id", articles.show_by_own_id),
    Route("DELETE", "/api/v1/sources/{source}/articles/{id}", "withdraw-by-own-id", articles.withdraw_by_own_id),
    Route("GET", "/docs", "docs", docs.contents),
    Route("GET", "/docs/{page:[a-z0-9/-]+}", "docs-page", docs.page),
    Route("GET", "/static/accent.css", "accent", assets.accent),
    Route("GET", "/static/{name}", "static", assets.static),
    Route("GET", "/favicon.ico", "favicon", assets.favicon),
    Route("GET", "/robots.txt", "robots", assets.robots),
    Route("GET", "/sitemap.xml", "sitemap", sitemap.whole),
    Route("GET", "/sitemap-{part:[1-9][0-9]?[0-9]?[0-9]?[0-9]?}.xml", "sitemap-part", sitemap.part),
    Route("GET", "/healthz", "alive", health.alive),
    Route("GET", "/readyz", "ready", health.ready),
    Route("GET", "/metrics", "metrics", health.numbers),
]
