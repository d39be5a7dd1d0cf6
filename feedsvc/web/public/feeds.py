"""The feeds: bytes that are ready, and the HTTP around them."""

from aiohttp import web

from feedsvc.publish.conditional import STALE, cache_control, chosen_encoding, is_current
from feedsvc.publish.keys import OPML_KEY, FeedKey, Redirect, canonical_key
from feedsvc.publish.prepared import Encoding, Prepared
from feedsvc.web import keys
from feedsvc.web.public import feed_page

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
    "Cache-Control": "public, max-age=86400",
}
VARY = "Accept, Accept-Encoding"


async def feed(request: web.Request) -> web.Response:
    """A feed, or the page about it for a browser; names out of order lead to the one address that the feed has (308)."""
    key = _key(request)
    if feed_page.wants_page(request):
        return await feed_page.page(request, key)
    return await _answer(request, key, VARY)


async def opml(request: web.Request) -> web.Response:
    """The list of all feeds."""
    return await _answer(request, OPML_KEY, "Accept-Encoding")


async def preflight(_request: web.Request) -> web.Response:
    """What a script on another site may do with a feed: read it, on any condition."""
    return web.Response(status=204, headers=PREFLIGHT)


def _key(request: web.Request) -> FeedKey:
    name, page = request.match_info["name"], request.match_info.get("page")
    # A slash that is escaped is no part of an address of ours.
    path = f"/feeds/{name}/archive/{page}" if page else f"/feeds/{name}"
    key = None if "/" in name else canonical_key(path)
    if isinstance(key, Redirect):
        raise web.HTTPPermanentRedirect(request.app[keys.SETTINGS].site.base_url + key.path)
    if key is None:
        raise web.HTTPNotFound
    return key


async def _answer(request: web.Request, key: FeedKey, vary: str) -> web.Response:
    feeds, asked = request.app[keys.FEEDS], request.headers
    prepared = feeds.ready(key) or await feeds.get(key)
    if prepared is None:
        raise web.HTTPNotFound
    encoding = chosen_encoding(asked.get("Accept-Encoding"))
    etag, stale = prepared.etag(encoding), feeds.stale_for()
    max_age = request.app[keys.SETTINGS].feeds.max_age
    headers = {"ETag": etag, "Cache-Control": cache_control(max_age, stale=stale > 0), "Vary": vary}
    if stale:
        headers[STALE] = str(stale)
    if is_current(etag, prepared.last_modified, asked.get("If-None-Match"), asked.get("If-Modified-Since")):
        # What RFC 9110, section 15.4.5 asks for and no more: the tag says all that Last-Modified could.
        return web.Response(status=304, headers=headers)
    body = prepared.bytes_in(encoding) or await feeds.packed(key, prepared, encoding)
    return web.Response(headers=headers | _about(prepared, encoding), body=body)


def _about(prepared: Prepared, encoding: Encoding) -> dict[str, str]:
    about = {"Content-Type": prepared.content_type, "Last-Modified": prepared.modified}
    return about if encoding is Encoding.IDENTITY else about | {"Content-Encoding": encoding.value}
