"""What holds for every request: security headers, plain failures, metrics, who is asking."""

import ipaddress
import secrets
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from feedsvc import metrics
from feedsvc.errors import FeedsvcError
from feedsvc.logs import get_logger
from feedsvc.pages import addresses, render, views
from feedsvc.web import keys
from feedsvc.web.problems import CONTENT_TYPE, PROBLEMS, STATUS_TITLES, problem_json

log = get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: http: data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
RETRY_AFTER_SECONDS = 5


@web.middleware
async def secure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the security headers on every answer; a handler's own stricter value stays."""
    response = await handler(request)
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count answers by route and status."""
    response = await handler(request)
    metrics.requests.labels(route_name(request), str(response.status)).inc()
    return response


def route_name(request: web.Request) -> str:
    """The name of the route that matched, or `none`: never the path, which may hold a token."""
    resource = request.match_info.route.resource
    return (resource.name if resource and resource.name else None) or "none"


@web.middleware
async def plain_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a page in plain words, or problem+json where a program asks."""
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        return _answer(request, error.status, "http", "", allow=error.headers.get("Allow"))
    except FeedsvcError as error:
        problem = PROBLEMS[type(error)]
        if problem.status < 500:
            return _answer(request, problem.status, error.code, str(error))
        reference = secrets.token_hex(4)
        log.error("request failed", route=route_name(request), reference=reference, code=error.code, cause=str(error))
        return _answer(request, problem.status, error.code, "", reference=reference)
    except TimeoutError:
        return _answer(request, 503, "http", "")
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("request failed", route=route_name(request), reference=reference)
        return _answer(request, 500, "internal", "", reference=reference)


def _answer(
    request: web.Request, status: int, code: str, detail: str, reference: str = "", allow: str | None = None
) -> web.Response:
    headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    if status in (429, 503):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if allow:
        headers["Allow"] = allow
    if wants_json(request):
        title = STATUS_TITLES.get(status, "Something went wrong here")
        body = problem_json(status, title, code, detail, reference)
        return web.Response(status=status, body=body, content_type=CONTENT_TYPE, headers=headers)
    page = views.ErrorPage(status, RETRY_AFTER_SECONDS if status in (429, 503) else None, reference)
    return web.Response(
        status=status, text=render.error(chrome(request), page), content_type="text/html", headers=headers
    )


def wants_json(request: web.Request) -> bool:
    """Does the caller want problem+json: under /api, or where JSON is accepted and HTML is not."""
    accept = request.headers.get("Accept", "")
    return "/api/" in request.path or ("json" in accept and "html" not in accept)


def chrome(request: web.Request, path: str | None = None) -> views.Chrome:
    """What stands around the page that answers this request; its language comes from `?language=`."""
    settings = request.config_dict[keys.SETTINGS]
    return addresses.chrome_for(
        settings.site,
        path or site_path(request),
        request.query.get("language"),
        request.config_dict[keys.STATIC_VERSION],
    )


def site_path(request: web.Request) -> str:
    """The request's path below the base address, with the parts of its query that choose what is shown."""
    base = request.config_dict[keys.SETTINGS].site.base_url
    prefix = "/" + base.split("/", 3)[3] if base.count("/") > 2 else ""
    path = request.rel_url.raw_path.removeprefix(prefix) or "/"
    return addresses.with_query(path, before=request.query.get("before"))


def client_address(request: web.Request, trusted: Sequence[str]) -> str:
    """The address of whoever asks: X-Forwarded-For is read from the right, past trusted proxies only."""
    hops = [part.strip() for value in request.headers.getall("X-Forwarded-For", []) for part in value.split(",")]
    networks = [ipaddress.ip_network(item, strict=False) for item in trusted]
    address = request.remote or "0.0.0.0"  # noqa: S104 (a word for "unknown", nothing is bound)
    while hops and _within(address, networks):
        candidate = hops.pop()
        try:
            ipaddress.ip_address(candidate)
        except ValueError:
            break
        address = candidate
    return address


def _within(address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
