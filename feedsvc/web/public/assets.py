"""Styles and scripts: few, ours, read once."""

import hashlib
from functools import lru_cache
from importlib.resources import files

from aiohttp import web

from feedsvc.text.accent import accent_css
from feedsvc.web import keys

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon"}
YEAR = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1)
def _files() -> dict[str, bytes]:
    folder = files("feedsvc.web").joinpath("static")
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.name.rpartition(".")[2] in TYPES}


def static_version(accent: str) -> str:
    """A short hash of all styles and scripts: part of their addresses, so that browsers keep them for long."""
    digest = hashlib.sha256(accent_css(accent).encode())
    for name, body in sorted(_files().items()):
        digest.update(name.encode() + body)
    return digest.hexdigest()[:10]


async def static(request: web.Request) -> web.Response:
    """One file of `web/static`."""
    name = request.match_info["name"]
    body = _files().get(name)
    if body is None:
        raise web.HTTPNotFound
    return _asset(request, body, TYPES[name.rpartition(".")[2]])


async def accent(request: web.Request) -> web.Response:
    """The accent colour of the settings and what follows from it."""
    return _asset(request, accent_css(request.app[keys.SETTINGS].site.accent).encode(), "text/css")


def _asset(request: web.Request, body: bytes, content_type: str) -> web.Response:
    etag = hashlib.sha256(body).hexdigest()[:20]
    version = request.app[keys.STATIC_VERSION]
    headers = {
        "Cache-Control": YEAR if request.query.get("v") == version else "public, max-age=300",
        "ETag": f'"{etag}"',
    }
    if any(tag.value in (etag, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)


async def robots(request: web.Request) -> web.Response:
    """Crawlers may read everything but the pages behind personal links."""
    base = request.app[keys.SETTINGS].site.base_url
    prefix = "/" + base.split("/", 3)[3] if base.count("/") > 2 else ""
    private = ("/confirm/", "/preferences/", "/unsubscribe/")
    lines = ["User-agent: *", *(f"Disallow: {prefix}{path}" for path in private)]
    return web.Response(text="\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=3600"})
