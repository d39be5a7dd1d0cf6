"""`poe bench NAME`: runs one benchmark and prints its numbers beside their limits."""

import sys
from collections.abc import Callable

from tests.bench import feeds, ingest, start
from tests.bench.report import Measure, show

BENCHMARKS: dict[str, Callable[[], list[Measure]]] = {"start": start.run, "ingest": ingest.run, "feeds": feeds.run}


def main(name: str = "") -> None:
    """Run the benchmark called `name`, or the first word of the command line."""
    wanted = name or (sys.argv[1] if len(sys.argv) > 1 else "")
    if wanted not in BENCHMARKS:
        raise SystemExit(f"There is no benchmark {wanted!r}. There are: {', '.join(BENCHMARKS)}.")
    show(BENCHMARKS[wanted]())
