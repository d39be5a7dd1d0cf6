"""The body of a request of the API: JSON, bounded in size, time and depth before anything looks into it."""

import asyncio
import re
from typing import Any

import orjson
from aiohttp import web

from feedsvc.errors import NotJson, UsageError

MOST_BYTES = 1_000_000
READ_SECONDS = 30
DEEPEST = 20
JSON = "application/json"
# A string as a whole, or a bracket outside of strings. Possessive, and content with a string that never ends: no input
# makes it look at a character twice.
_MARKS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[\]{}]', re.DOTALL)


class TooLarge(web.HTTPRequestEntityTooLarge):
    """A body of more bytes than are taken. `detail` is a sentence for whoever sent it."""

    detail = f"A body may have {MOST_BYTES:,} bytes: send pictures and files by their addresses."

    def __init__(self, size: int) -> None:
        super().__init__(MOST_BYTES, size)


async def read(request: web.Request) -> bytes:
    """The body of a request that sends JSON.

    Raises NotJson for anything else than JSON and for what is compressed, TooLarge
    (before reading where the length is told), HTTPRequestTimeout for one that trickles, HTTPBadRequest for one that
    breaks off.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity" or request.content_type != JSON:
        msg = f"Send the header Content-Type: {JSON}, and a body that is not compressed."
        raise NotJson(msg)
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(request.content_length or 0)
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise TooLarge(len(body))
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error
    except (ConnectionError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest from error
    return bytes(body)


def parse(body: bytes) -> Any:
    """What the JSON text (RFC 8259) says. Raises UsageError for what is none or is nested too deeply."""
    if depth(body) > DEEPEST:
        msg = f"The JSON is nested more than {DEEPEST} deep: an article is flat."
        raise UsageError(msg)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        msg = f"The body is not JSON: {error}."
        raise UsageError(msg) from error


def depth(body: bytes) -> int:
    """How deeply objects and arrays lie in each other; right for all that is JSON, never less for what is not."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return body.count(b"[") + body.count(b"{")
    now = deepest = 0
    for mark in _MARKS.finditer(body):
        first = mark[0][:1]
        if first in b"[{":
            now += 1
            deepest = max(deepest, now)
        elif first in b"]}":
            now -= 1
    return deepest
