"""The web application: routes and middleware around what `app` hands over."""

from aiohttp import web

from feedsvc.accounts.paces import Paces
from feedsvc.clock import Clock
from feedsvc.publish.cache import FeedCache
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from feedsvc.web import keys
from feedsvc.web.asking import prefix_of
from feedsvc.web.middleware import count, plain_failures, put_headers
from feedsvc.web.public.assets import static_version
from feedsvc.web.routes import ROUTES, Route

MOST_BODY_BYTES = 64 * 1024
AT_THE_ROOT = ("alive", "ready", "metrics", "robots", "favicon")
"""What machines ask for at the root of the host, even where the base address has a path."""


def build(
    settings: Settings, clock: Clock, db: Database, feeds: FeedCache, readiness: keys.ReadinessCheck
) -> web.Application:
    """Every route below the path of the base address."""
    app = web.Application(middlewares=[count, plain_failures], client_max_size=MOST_BODY_BYTES)
    app[keys.SETTINGS] = settings
    app[keys.CLOCK] = clock
    app[keys.DATABASE] = db
    app[keys.FEEDS] = feeds
    app[keys.READINESS] = readiness
    app[keys.PACES] = Paces()
    app[keys.STATIC_VERSION] = static_version(settings.site.accent)
    app[keys.ROUTE_NAMES] = {}
    app.on_response_prepare.append(put_headers)
    prefix = prefix_of(settings.site)
    for route in ROUTES:
        _add(app, route, prefix + route.path)
    if prefix:
        _add(app, ROUTES[0], prefix)
        for route in ROUTES:
            if route.name in AT_THE_ROOT:
                _add(app, route, route.path)
    return app


def _add(app: web.Application, route: Route, path: str) -> None:
    # One resource for each path, so that a method it lacks is answered with 405.
    resources = {resource.canonical: resource for resource in app.router.resources()}
    resource = resources.get(path) or app.router.add_resource(path)
    assert isinstance(resource, web.Resource)
    for method in ("GET", "HEAD") if route.method == "GET" else (route.method,):
        added = resource.add_route(method, route.handler)
        app[keys.ROUTE_NAMES][added] = route.name
