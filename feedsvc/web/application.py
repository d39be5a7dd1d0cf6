"""The web application: routes and middleware around what `app` hands over."""

from urllib.parse import urlsplit

from aiohttp import web

from feedsvc.clock import Clock
from feedsvc.publish.cache import FeedCache
from feedsvc.settings import Settings
from feedsvc.storage.database import Database
from feedsvc.web import keys
from feedsvc.web.middleware import count, plain_failures, secure
from feedsvc.web.public.assets import static_version
from feedsvc.web.routes import ROUTES

MOST_BODY_BYTES = 64 * 1024


def build(
    settings: Settings, clock: Clock, db: Database, feeds: FeedCache, readiness: keys.ReadinessCheck
) -> web.Application:
    """Every route below the path of the base address; the health addresses answer at the root, too."""
    app = web.Application(middlewares=[secure, count, plain_failures], client_max_size=MOST_BODY_BYTES)
    app[keys.SETTINGS] = settings
    app[keys.CLOCK] = clock
    app[keys.DATABASE] = db
    app[keys.FEEDS] = feeds
    app[keys.READINESS] = readiness
    app[keys.STATIC_VERSION] = static_version(settings.site.accent)
    prefix = urlsplit(settings.site.base_url).path.rstrip("/")
    for route in ROUTES:
        _add(app, route.method, prefix + route.path, route.handler, route.name)
        if prefix and route.name in ("alive", "ready", "metrics"):
            _add(app, route.method, route.path, route.handler, f"{route.name}-root")
    if prefix:
        _add(app, "GET", prefix, ROUTES[0].handler, "home-bare")
    return app


def _add(app: web.Application, method: str, path: str, handler: object, name: str) -> None:
    # A resource of its own for each path, so that a method it lacks is answered with 405.
    resources = {resource.canonical: resource for resource in app.router.resources()}
    resource = resources.get(path) or app.router.add_resource(path, name=name)
    assert isinstance(resource, web.Resource)
    resource.add_route(method, handler)  # type: ignore[arg-type]  # (typed in Route)
    if method == "GET":
        resource.add_route("HEAD", handler)  # type: ignore[arg-type]  # (typed in Route)
