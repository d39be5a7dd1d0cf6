"""Every way in which a site may answer that is no answer: FAULTS, "Upstream". Give one to `NewsSite.then`.

They are made for a client that waits `PATIENCE` seconds and takes `MOST` bytes.
"""

import gzip
import zlib

from tests.fakes.news_site import Answer, Raw

PATIENCE = 0.4
MOST = 100_000

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_LONG = 10 * PATIENCE
_JSON = b'{"items": []}'


def _packed(body: bytes, encoding: str = "gzip") -> Answer:
    return Answer(body, headers={"Content-Encoding": encoding})


def _to(target: str, status: int = 302) -> Answer:
    return Answer(b"", status, headers={"Location": target})


SILENT: dict[str, Answer | Raw] = {
    "no answer in time": Answer(b"late", delay=_LONG),
    "headers that drip": Raw((b"HTTP/1.1 200 OK\r\n", *[b"X-Slow: 1\r\n"] * 99), pause=PATIENCE / 4),
    "a body that drips": Raw((_OK + b"Content-Length: 99\r\n\r\n", *[b"x"] * 99), pause=PATIENCE / 4),
    "a body that stops": Raw((_OK + b"Content-Length: 99\r\n\r\nx",), pause=_LONG),
    "early hints without end": Raw(
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",), pause=PATIENCE / 20, repeat=400
    ),
}
"""They end when the client's patience does."""

BROKEN: dict[str, Answer | Raw] = {
    "a reset": Raw((), reset=True),
    "a reset in the body": Raw((_OK + b"Content-Length: 99\r\n\r\nonly this",), pause=0.01, reset=True),
    "an end before any answer": Raw(()),
    "an end in the headers": Raw((_OK,)),
    "a body shorter than it says": Raw((_OK + b"Content-Length: 1000\r\n\r\nonly this",)),
    "a chunk that is cut": Raw((_OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",)),
    "chunks without an end": Raw((_OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",)),
    "chunks of no size": Raw((_OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",)),
    "a length of no number": Raw((_OK + b"Content-Length: many\r\n\r\nhello",)),
    "two lengths": Raw((_OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello",)),
    "no HTTP": Raw((b"SSH-2.0-OpenSSH_9.6\r\n\r\n",)),
    "gzip that is none": _packed(b"not gzip"),
    "gzip that is cut": _packed(gzip.compress(bytes(range(256)) * 9)[:-9]),
    "gzip with a wrong sum": _packed(gzip.compress(b"hello" * 99)[:-8] + b"\0" * 8),
    "deflate that is none": _packed(b"\x78\x9cxxxx", "deflate"),
    "an encoding nobody asked for": _packed(b"x", "br"),
}
"""What came counts for nothing."""

TOO_MUCH: dict[str, Answer | Raw] = {
    "a long body": Answer(b"x" * (MOST + 1)),
    "a length that is too long": Raw((_OK + b"Content-Length: 99999999999\r\n\r\nx",), pause=_LONG),
    "an endless body": Raw((_OK + b"\r\n", *[b"x" * 60_000] * 50), pause=0.001),
    "endless chunks": Raw(
        (_OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"ea60\r\n" + b"x" * 60_000 + b"\r\n"] * 50), pause=0.001
    ),
    "a gzip bomb": _packed(gzip.compress(b"\0" * 10_000_000)),
    "a deflate bomb": _packed(zlib.compress(b"\0" * 10_000_000), "deflate"),
    "gzip members without end": _packed(gzip.compress(b"\0" * 90_000) * 9),
    "a flood of headers": Raw((_OK, *[b"X-%d: %s\r\n" % (n, b"y" * 4000) for n in range(40)], b"\r\n")),
    "too many headers": Raw((_OK, b"".join(b"X-%d: y\r\n" % n for n in range(20_000)), b"\r\n")),
    "one long header": Raw((_OK, b"X: " + b"y" * 70_000 + b"\r\n\r\n")),
}
"""They are cut off."""

REFUSALS: dict[str, Answer | Raw] = {
    **{str(status): Answer(b"no", status) for status in (400, 401, 403, 404, 429, 500, 503, 520)},
    "no content": Answer(b"", 204),
    "a part of it": Answer(_JSON, 206),
    "a status that means nothing": Answer(_JSON, 299),
    "several choices": Answer(_JSON, 300),
}
"""Answers that hold no page."""

ASTRAY: dict[str, Answer | Raw] = {
    "a loop": _to("/list"),
    "a redirect to nowhere": Answer(b"", 302),
    "a redirect to a file": _to("file:///etc/passwd"),
    "a redirect to a script": _to("javascript:alert(1)"),
    "a redirect to the machine's secrets": _to("http://169.254.169.254/latest/meta-data/"),
    "a redirect that lasts, to no host": _to("http://", 301),
}
"""Redirects that lead to no page."""

STRANGE: dict[str, Answer | Raw] = {
    "nothing at all": Answer(b""),
    "an error page": Answer(b"<html><title>500</title><h1>Internal Server Error</h1></html>"),
    "a login page": Answer(b"<html><form action=/login><input type=password></form></html>"),
    "no stories": Answer(_JSON),
    "bytes": Answer(bytes(range(256)) * 9, content_type="application/octet-stream"),
}
"""A 200 with something else than the page."""

FAULTS = SILENT | BROKEN | TOO_MUCH | REFUSALS | ASTRAY | STRANGE
