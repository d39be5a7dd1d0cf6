"""What holds for every request: security headers, plain failures, metrics."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache

from aiohttp import web
from prometheus_client import Counter
from yarl import URL

from feedsvc import metrics
from feedsvc.errors import FeedsvcError, FieldsWrong
from feedsvc.logs import get_logger
from feedsvc.pages import render, views
from feedsvc.publish.conditional import STALE
from feedsvc.web import keys
from feedsvc.web.asking import chrome, origin_of, wants_json
from feedsvc.web.problems import CONTENT_TYPE, Problem, headers_of, problem_json, problem_of, title_of

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
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""For pages behind a personal link, and for failures: their address may hold a token."""
SERVER = "feedsvc"
RETRY_AFTER_SECONDS = 5
# Feeds are for any page and any program to read, their redirects and failures too.
_OPEN = frozenset(f"{name}{kind}" for name in ("feed", "feed-archive", "opml") for kind in ("", "-preflight"))
_READABLE = f"ETag, {STALE}"


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on an answer that is about to leave; a handler's own stricter value stays."""
    headers = response.headers
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers["Server"] = SERVER
    if route_name(request) in _OPEN:
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = _READABLE


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count answers by route and status."""
    response = await handler(request)
    _counter(route_name(request), response.status).inc()
    return response


@lru_cache(maxsize=1024)
def _counter(route: str, status: int) -> Counter:
    return metrics.requests.labels(route, str(status))


def route_name(request: web.Request) -> str:
    """The name of the route that matched, or `none`: never the path, which may hold a token."""
    # Not `config_dict`, which costs ten times as much; there is one application.
    return request.app[keys.ROUTE_NAMES].get(request.match_info.route, "none")


@web.middleware
async def plain_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a page in plain words, or problem+json where a program asks."""
    try:
        if "\0" in request.path or "\0" in request.query_string:
            # No name of ours holds one, and PostgreSQL does not even compare with it.
            return _answer(request, Problem(400, title_of(400)), "http")
        return await handler(request)
    except web.HTTPRedirection as error:
        return _moved(error.status, error.headers["Location"])
    except web.HTTPException as error:
        return await _refused(request, error)
    except FeedsvcError as error:
        return _failed(request, error)
    except TimeoutError as error:
        reference = _noted(request, "timeout", f"{type(error).__name__} {error}")
        return _answer(request, Problem(503, title_of(503)), "http", reference=reference)
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("request failed", route=route_name(request), reference=reference)
        return _answer(request, Problem(500, title_of(500)), "internal", reference=reference)


def _moved(status: int, location: str) -> web.Response:
    headers = {"Location": location, "Cache-Control": "no-cache"}
    return web.Response(status=status, text=f"It is at {location}\n", headers=headers)


async def _refused(request: web.Request, error: web.HTTPException) -> web.Response:
    if error.status == 404:
        bare = await _without_slash(request)
        if bare:
            return _moved(301, bare)
    detail = getattr(error, "detail", "")
    response = _answer(request, Problem(error.status, title_of(error.status)), "http", detail)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    if error.status == 408:
        # RFC 9110, section 15.5.9: we do not wait for the rest.
        response.force_close()
    return response


async def _without_slash(request: web.Request) -> str | None:
    """The whole address without the slash at its end, where there is something at it."""
    path = request.rel_url.raw_path
    if request.method not in ("GET", "HEAD") or not path.endswith("/") or not path.strip("/"):
        return None
    bare = request.rel_url.with_path(path.rstrip("/"), encoded=True, keep_query=True)
    if (await request.app.router.resolve(request.clone(rel_url=bare))).http_exception is not None:
        return None
    return str(URL(origin_of(request.config_dict[keys.SETTINGS].site)).join(bare))


def _failed(request: web.Request, error: FeedsvcError) -> web.Response:
    problem = problem_of(error)
    if problem.status < 500:
        response = _answer(
            request, problem, error.code, str(error), faults=error.faults if isinstance(error, FieldsWrong) else ()
        )
        response.headers.update(headers_of(error))
        return response
    return _answer(request, problem, error.code, reference=_noted(request, error.code, str(error)))


def _noted(request: web.Request, code: str, cause: str) -> str:
    """Write a failure down; returns the reference by which it is found."""
    reference = secrets.token_hex(4)
    log.error("request failed", route=route_name(request), reference=reference, code=code, cause=cause)
    return reference


def _answer(
    request: web.Request,
    problem: Problem,
    code: str,
    detail: str = "",
    reference: str = "",
    faults: Sequence[tuple[str, str]] = (),
) -> web.Response:
    headers = {**PRIVATE, "Vary": "Accept"}
    wait = RETRY_AFTER_SECONDS if problem.status == 503 else None
    if wait:
        headers["Retry-After"] = str(wait)
    if wants_json(request):
        base_url = request.config_dict[keys.SETTINGS].site.base_url
        body = problem_json(base_url, problem, code, detail, reference, faults)
        return web.Response(status=problem.status, body=body, content_type=CONTENT_TYPE, headers=headers)
    page = render.error(chrome(request), views.ErrorPage(problem.status, wait, reference))
    return web.Response(status=problem.status, text=page, content_type="text/html", headers=headers)
