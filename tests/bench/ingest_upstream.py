"""Two hundred news sites in a process of their own: one feed each, on loopback addresses of their own.

`python -m tests.bench.ingest_upstream` prints its port and answers until its input ends. A line of input moves every feed
on: to a first state of its own (`new`), or by one new entry on top (`next`). Answers carry an ETag and know 304.
"""

import asyncio
import itertools
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

FEEDS = 200
ENTRIES = 20
# Five thousand words that are used as often as words of a language are (Zipf): short texts then share few phrases.
_SOUNDS = (
    "la",
    "lu",
    "mi",
    "no",
    "re",
    "ta",
    "ven",
    "dor",
    "kis",
    "pol",
    "gra",
    "ste",
    "um",
    "in",
    "ar",
    "os",
    "el",
    "con",
)
_WORDS = ["".join(sounds) for sounds in itertools.product(_SOUNDS, repeat=3)][:5000]
_OFTEN = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(_WORDS))))
_START = datetime(2020, 6, 1, tzinfo=UTC)


def host(number: int) -> str:
    """The address of a site: all of 127.0.0.0/8 is this machine."""
    return f"127.0.1.{number + 1}"


def feed(epoch: int, number: int, newest: int) -> bytes:
    """The feed of a site: its entries up to `newest`, the newest first."""
    entries = "".join(_entry(epoch, number, entry) for entry in range(newest, newest - ENTRIES, -1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Site {number}</title><link>https://site{number}.example.edu/</link><description>News</description>"
        f"{entries}</channel></rss>\n"
    ).encode()


def _entry(epoch: int, number: int, entry: int) -> str:
    chance = random.Random(f"{epoch} {number} {entry}")
    title = " ".join(chance.choices(_WORDS, cum_weights=_OFTEN, k=8)).capitalize()
    paragraphs = [" ".join(chance.choices(_WORDS, cum_weights=_OFTEN, k=80)).capitalize() + "." for _ in range(5)]
    body = "".join(f'<p class="text">{text} <a href="/more/{entry}">More</a></p>\n' for text in paragraphs)
    url = f"https://site{number}.example.edu/{epoch}/info/{entry}.htm"
    date = format_datetime(_START + timedelta(hours=entry))
    return (
        f'<item><title>{title}</title><link>{url}</link><guid isPermaLink="false">{epoch}-{number}-{entry}</guid>'
        f"<pubDate>{date}</pubDate><dc:creator>Lu Wen</dc:creator><category>News</category>"
        f"<description>{paragraphs[0]}</description>"
        f'<content:encoded><![CDATA[{body}<img src="/images/{entry}.jpg" alt="A picture">]]></content:encoded></item>\n'
    )


class Sites(asyncio.Protocol):
    """One connection: whole answers from memory, so that serving costs little beside what is measured."""

    answers: dict[str, tuple[str, bytes, bytes]] = {}  # noqa: RUF012 (shared on purpose)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._head = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._head += data
        while b"\r\n\r\n" in self._head:
            request, _, self._head = self._head.partition(b"\r\n\r\n")
            self._transport.write(_answer(request.decode("latin-1")))


def _answer(request: str) -> bytes:
    lines = request.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    known = Sites.answers.get(fields.get("host", "").partition(":")[0])
    if known is None or not lines[0].startswith("GET /feed "):
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    etag, unchanged, whole = known
    return unchanged if fields.get("if-none-match") == etag else whole


def put(epoch: int, newest: int) -> None:
    """Bring every feed into a state."""
    for number in range(FEEDS):
        body, etag = feed(epoch, number, newest), f'"{epoch}-{newest}"'
        unchanged = f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: {etag}\r\nContent-Length: {len(body)}\r\n\r\n"
        Sites.answers[host(number)] = (etag, unchanged, head.encode() + body)


async def serve() -> None:
    """Answer until the input ends."""
    loop = asyncio.get_running_loop()
    epoch, newest = 0, ENTRIES
    put(epoch, newest)
    server = await loop.create_server(Sites, "0.0.0.0", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 (its parent reads it)
    while line := await asyncio.to_thread(sys.stdin.readline):
        epoch, newest = (epoch + 1, ENTRIES) if line.strip() == "new" else (epoch, newest + 1)
        put(epoch, newest)
        print("moved", flush=True)  # noqa: T201 (its parent waits for it)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
