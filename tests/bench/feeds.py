"""Feeds from memory beside nginx that serves the same bytes: `poe bench feeds`. Needs nginx, wrk and Linux.

CPU per request of both, in turn, for a whole answer, a gzipped one and a 304; then how long other requests wait while a feed
of 500 items is rebuilt again and again, and how soon a new story is in its feed.
"""

import asyncio
import gzip
import http.client
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from feedsvc.clock import SystemClock
from feedsvc.ingest.intake.apply import Found, bring_in
from feedsvc.ingest.intake.decide import Circumstances
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Category, Source, SourceKind
from feedsvc.storage import categories, editorial, migrate
from feedsvc.storage.database import Database
from tests.bench.ingest_ours import cpu
from tests.bench.report import Measure
from tests.bench.start import serving

ROUNDS = 5
SECONDS = 2
CONNECTIONS = 16
ITEMS, MANY_ITEMS = 50, 500
TIMES_NGINX = 2.5
OTHERS_MS = 20.0
VISIBLE_SECONDS = 2.0
CHANGES = 12
PATH = "/feeds/news.rss"
BASE = "https://news.example.edu"
_PARAGRAPH = (
    "The university's laboratories opened their doors for a day, and three thousand visitors came to see them. "
)
_REQUESTS = re.compile(r"(\d+) requests in")
_BAD = re.compile(r"Socket errors|Non-2xx")


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers on a loopback port."""

    port: int
    pid: int


def run() -> list[Measure]:
    """CPU per request beside nginx, then what a rebuilt feed costs others."""
    for tool in ("nginx", "wrk"):
        if shutil.which(tool) is None:
            raise SystemExit(f"This benchmark needs {tool} beside it: install Debian's package {tool}.")
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as name:
        folder = Path(name)
        asyncio.run(_fill(folder, ITEMS))
        measures = _beside_nginx(folder)
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as name:
        folder = Path(name)
        asyncio.run(_fill(folder, MANY_ITEMS))
        return measures + _rebuilding(folder)


def _story(number: int) -> Story:
    body = "".join(f"<p>{number} {_PARAGRAPH * 4}</p>" for _ in range(5))
    return Story(f"https://site.example.edu/info/{number}.htm", f"Story number {number}", content_html=body)


def _database(folder: Path) -> Database:
    return Database.open(f"sqlite:///{folder}/feedsvc.db")


async def _fill(folder: Path, stories: int) -> None:
    db = _database(folder)
    await migrate.migrate(db)
    async with db.write() as conn:
        await categories.put(conn, Category("news", "News"), 0)
        await editorial.put_source(conn, Source("cms", SourceKind.PUSH, "", categories=("news",)), 0)
    await _add(db, range(stories))
    await db.close()


async def _add(db: Database, numbers: range) -> None:
    source = Source("cms", SourceKind.PUSH, "", categories=("news",))
    what = Circumstances(source, SystemClock().now() - timedelta(seconds=1))
    async with db.write() as conn:
        await bring_in(conn, [Found(_story(number)) for number in numbers], what, BASE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _ours(folder: Path, items: int) -> Iterator[Server]:
    port, path = _free_port(), folder / "feedsvc.toml"
    path.write_text(
        f'[site]\nbase_url = "{BASE}"\n[database]\nurl = "sqlite:///{folder}/feedsvc.db"\n[http]\nport = {port}\n'
        f'[feeds]\nitems = {items}\n[mail]\ntls = "none"\n[security]\nsecret_key = "{"k" * 43}"\n'
    )
    with serving(path, port) as (process, _):
        yield Server(port, process.pid)


@contextmanager
def _nginx(folder: Path, body: bytes) -> Iterator[Server]:
    root, port = folder / "www", _free_port()
    root.mkdir()
    (root / "news.rss").write_bytes(body)
    (root / "news.rss.gz").write_bytes(gzip.compress(body, 6))
    # Its worker must be able to read the folder, which is ours alone.
    user = "user root; " if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit; events {{}}\n"
        f"http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; gzip_static on;\n"
        f"  open_file_cache max=10; types {{ application/rss+xml rss; }}\n"
        f"  server {{ listen 127.0.0.1:{port}; root {root}; }} }}\n"
    )
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        while not (worker := _child_of(process.pid)):
            time.sleep(0.05)
        yield Server(port, worker)
    finally:
        process.terminate()
        process.wait(30)


def _child_of(pid: int) -> int:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(found[0]) if found else 0


def _get(port: int, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _beside_nginx(folder: Path) -> list[Measure]:
    with _ours(folder, ITEMS) as ours:
        body = _get(ours.port, PATH, {})[2]
        with _nginx(folder, body) as nginx:
            measures = []
            for name, headers, status in (
                ("200", {}, 200),
                ("gzip", {"Accept-Encoding": "gzip"}, 200),
                ("304", {}, 304),
            ):
                paths = ((ours, PATH), (nginx, "/news.rss"))
                mine: list[float] = []
                theirs: list[float] = []
                for _ in range(ROUNDS):
                    for (server, path), rounds in zip(paths, (mine, theirs), strict=True):
                        rounds.append(_load(server, path, dict(headers), status))
                measures.append(
                    Measure(
                        f"{name}, {len(body) // 1000} KB: CPU a request", "us", mine,
                        TIMES_NGINX * sorted(theirs)[ROUNDS // 2], "nginx", theirs,
                    )
                )  # fmt: skip
    return measures


def _load(server: Server, path: str, headers: dict[str, str], status: int) -> float:
    """Microseconds of CPU that the server takes for one request, over some seconds of them."""
    if status == 304:
        headers["If-None-Match"] = _get(server.port, path, headers)[1]["etag"]
    seen = _get(server.port, path, headers)
    assert seen[0] == status
    assert seen[1].get("content-encoding") == headers.get("Accept-Encoding")
    lines = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    before = _cpu(server.pid)
    said = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *lines, f"http://127.0.0.1:{server.port}{path}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    used, found = _cpu(server.pid) - before, _REQUESTS.search(said)
    assert found is not None
    assert status == 304 or not _BAD.search(said), said
    return used / int(found[1]) * 1e6


def _cpu(pid: int) -> float:
    return cpu(pid) - cpu(None)


def _rebuilding(folder: Path) -> list[Measure]:
    waits: list[float] = []
    seen: list[float] = []
    with _ours(folder, MANY_ITEMS) as ours:
        _get(ours.port, PATH, {})
        for change in range(CHANGES):
            number = MANY_ITEMS + change
            asyncio.run(_one_more(folder, number))
            waits += _until_seen(ours.port, f"Story number {number}<".encode(), seen)
    p99 = quantiles(waits, n=100)[98] * 1000
    return [
        Measure(f"another request, p99, while {MANY_ITEMS} items are rebuilt", "ms", [p99], OTHERS_MS),
        Measure("a new story is in its feed after", "s", seen, VISIBLE_SECONDS),
    ]


async def _one_more(folder: Path, number: int) -> None:
    db = _database(folder)
    await _add(db, range(number, number + 1))
    await db.close()


def _until_seen(port: int, words: bytes, seen: list[float]) -> list[float]:
    """Ask for something else again and again until the feed holds `words`; the seconds that each took."""
    started, waits, asked = time.perf_counter(), [], 0.0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    feed = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    waiting = False
    while True:
        begun = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        waits.append(time.perf_counter() - begun)
        if not waiting and time.perf_counter() - asked > 0.1:
            feed.request("GET", PATH)
            waiting, asked = True, time.perf_counter()
        # The feed is asked for beside the others; its answer is read once some of it is there.
        if waiting and _readable(feed):
            waiting = False
            if words in feed.getresponse().read():
                seen.append(time.perf_counter() - started)
                return waits


def _readable(connection: http.client.HTTPConnection) -> bool:
    return bool(select.select([connection.sock], [], [], 0)[0])
