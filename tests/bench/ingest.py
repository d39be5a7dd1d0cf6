"""Polling 200 upstream feeds beside the `reader` library, in turn: `poe bench ingest`. Extraction follows, where it is.

Three states of the same feeds, each in several rounds, ours and theirs one after the other: all entries new (a fresh
database), one new entry in each feed, nothing changed (304). Needs the extra `bench`, and Linux.
"""

import asyncio
import gc
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import structlog
import uvloop

from feedsvc.ingest.reading import Reader
from tests.bench import extraction
from tests.bench.ingest_ours import Round, Service, poll_all, service
from tests.bench.ingest_upstream import FEEDS
from tests.bench.report import Measure, show

ROUNDS = 3
CHANGED_TIMES, UNCHANGED_TIMES = 10, 5
STALL_MS = 20.0
STATES = ("all entries new", "one new entry", "nothing changed (304)")
MISSING = "This benchmark needs the `reader` library beside it: install feedsvc[bench]."


class Helper:
    """A process that answers each line with a line."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> str:
        """Its next line."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self, line: str) -> str:
        """Say a line, and hear the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self.hear()

    def end(self) -> None:
        """Close its input, and wait."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@dataclass(slots=True)
class Results:
    """The rounds of one state: ours, and seconds and CPU seconds of theirs."""

    ours: list[Round] = field(default_factory=list)
    theirs: list[tuple[float, float]] = field(default_factory=list)


@contextmanager
def helpers(folder: str) -> Iterator[tuple[Helper, Helper, int]]:
    """The upstream sites, the other library, and the sites' port."""
    upstream = Helper("tests.bench.ingest_upstream")
    port = int(upstream.hear())
    peer = Helper("tests.bench.ingest_peer", str(port), folder)
    try:
        yield upstream, peer, port
    finally:
        peer.end()
        upstream.end()


def run() -> list[Measure]:
    """The polls' numbers, then those of extraction."""
    return polls() + extraction.run()


def polls() -> list[Measure]:
    """Milliseconds a feed, beside theirs divided by what is to be reached."""
    if importlib.util.find_spec("reader") is None:
        raise SystemExit(MISSING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as folder, helpers(folder) as (upstream, peer, port):
        results = uvloop.run(_rounds(Path(folder), upstream, peer, port))
    return [measure for state in STATES for measure in _measures(state, results[state])]


async def _rounds(folder: Path, upstream: Helper, peer: Helper, port: int) -> dict[str, Results]:
    # As the command does when it starts: what the imports made is never looked through for garbage again.
    gc.collect()
    gc.freeze()
    results = {state: Results() for state in STATES}
    reader = Reader()
    # The first one starts the reader process; it does not count.
    async with service(folder, port, reader, 0) as held:
        await poll_all(held)
    for number in range(1, ROUNDS + 1):
        await asyncio.to_thread(upstream.ask, "new")
        async with service(folder, port, reader, number) as held:
            await _both(held, peer, "new", results[STATES[0]])
            await asyncio.to_thread(upstream.ask, "next")
            await _both(held, peer, "same", results[STATES[1]])
            for _ in range(3):
                await _both(held, peer, "same", results[STATES[2]])
    await reader.close()
    return results


async def _both(held: Service, peer: Helper, order: str, results: Results) -> None:
    results.ours.append(await poll_all(held))
    seconds, used, updated = (await asyncio.to_thread(peer.ask, order)).split()
    assert int(updated) == len(results.ours[-1].outcomes) == FEEDS
    results.theirs.append((float(seconds), float(used)))


def _measures(state: str, of: Results) -> list[Measure]:
    times = UNCHANGED_TIMES if state == STATES[2] else CHANGED_TIMES
    theirs = [seconds * 1000 / FEEDS for seconds, _ in of.theirs]
    their_cpu = [used * 1000 / FEEDS for _, used in of.theirs]
    return [
        Measure(
            f"{state}: a feed",
            "ms",
            [one.seconds * 1000 / FEEDS for one in of.ours],
            median(theirs) / times,
            f"reader ({1000 / median(theirs):.0f} feeds/s; ours {FEEDS / median([one.seconds for one in of.ours]):.0f})",
            theirs,
        ),
        Measure(
            f"{state}: CPU",
            "ms",
            [one.cpu * 1000 / FEEDS for one in of.ours],
            median(their_cpu) / times,
            "reader",
            their_cpu,
        ),
        Measure(f"{state}: longest stall", "ms", [one.stall for one in of.ours], STALL_MS),
    ]


if __name__ == "__main__":
    show(polls())
