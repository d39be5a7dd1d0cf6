"""What machines ask: is it alive, is it ready, how is it doing."""

import orjson
from aiohttp import web

from feedsvc import metrics
from feedsvc.web import keys


async def alive(_request: web.Request) -> web.Response:
    """The process answers."""
    return web.Response(text="ok\n", headers={"Cache-Control": "no-store"})


async def ready(request: web.Request) -> web.Response:
    """Every part that the service needs is there; 503 with what is wrong otherwise."""
    readiness = await request.app[keys.READINESS]()
    body = {
        "ready": readiness.ready,
        "checked_at": readiness.checked_at.isoformat(),
        "parts": {name: fault or "ok" for name, fault in readiness.parts.items()},
    }
    headers = {"Cache-Control": "no-store"}
    if not readiness.ready:
        headers["Retry-After"] = "5"
    status = 200 if readiness.ready else 503
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=headers)


async def numbers(_request: web.Request) -> web.Response:
    """The counters in Prometheus's text format."""
    return web.Response(
        body=metrics.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE, "Cache-Control": "no-store"}
    )
