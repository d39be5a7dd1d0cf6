"""Styles and scripts: few, ours, read once."""

import hashlib
from functools import lru_cache
from importlib.resources import files

from aiohttp import web

from feedsvc.text.accent import LIGHT, accent_css, fit
from feedsvc.web import keys
from feedsvc.web.asking import prefix_of

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


def icon_svg(title: str, accent: str) -> str:
    """A square of the accent colour with the first letter or digit of a title on it."""
    letter = next((sign for sign in title.upper() if sign.isalnum()), "")
    colours = fit(accent, LIGHT)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="6" fill="{colours.accent}"/>'
        f'<text x="16" y="23" text-anchor="middle" font-family="sans-serif" font-weight="700" font-size="20" '
        f'fill="{colours.on_accent}">{letter}</text></svg>'
    )


def _asset(request: web.Request, body: bytes, content_type: str) -> web.Response:
    version = request.app[keys.STATIC_VERSION]
    kept = YEAR if request.query.get("v") == version else "public, max-age=300"
    return tagged(request, body, content_type, kept)


def tagged(request: web.Request, body: bytes, content_type: str, cache: str) -> web.Response:
    """A file whose ETag is a hash of its bytes; 304 for whoever has it. `cache` is its Cache-Control."""
    etag = hashlib.sha256(body).hexdigest()[:20]
    headers = {"Cache-Control": cache, "ETag": f'"{etag}"'}
    if any(tag.value in (etag, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    charset = "utf-8" if content_type.startswith("text/") else None
    return web.Response(body=body, content_type=content_type, charset=charset, headers=headers)


async def favicon(request: web.Request) -> web.Response:
    """The mark in a browser's tab: the first letter of the title on the accent colour."""
    site = request.app[keys.SETTINGS].site
    return _asset(request, icon_svg(site.title, site.accent).encode(), "image/svg+xml")


async def robots(request: web.Request) -> web.Response:
    """Crawlers may read everything but the pages behind personal links, and find the rest in the sitemap."""
    site = request.app[keys.SETTINGS].site
    prefix = prefix_of(site)
    private = ("/confirm/", "/preferences/", "/unsubscribe/")
    lines = ["User-agent: *", *(f"Disallow: {prefix}{path}" for path in private)]
    lines += ["", f"Sitemap: {site.base_url}/sitemap.xml"]
    return web.Response(text="\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=3600"})
