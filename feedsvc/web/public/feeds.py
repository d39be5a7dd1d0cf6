"""The feeds: bytes that are ready, and the HTTP around them."""

from aiohttp import web

from feedsvc.publish.conditional import answer
from feedsvc.publish.keys import Redirect, canonical_key
from feedsvc.web import keys


async def feed(request: web.Request) -> web.Response:
    """A feed, or the list of all; names out of order lead to the one address that the feed has (308)."""
    site, name = request.app[keys.SETTINGS].site, request.match_info.get("name")
    key = canonical_key(f"/feeds/{name}" if name else "/feeds.opml")
    if isinstance(key, Redirect):
        raise web.HTTPPermanentRedirect(site.base_url + key.path)
    prepared = await request.app[keys.FEEDS].get(key) if key else None
    if prepared is None:
        raise web.HTTPNotFound
    made = answer(
        prepared,
        max_age=request.app[keys.SETTINGS].feeds.max_age,
        if_none_match=request.headers.get("If-None-Match"),
        if_modified_since=request.headers.get("If-Modified-Since"),
        accept_encoding=request.headers.get("Accept-Encoding"),
    )
    return web.Response(status=made.status, headers=made.headers, body=made.body or None)
