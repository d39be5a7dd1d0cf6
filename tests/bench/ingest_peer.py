"""The `reader` library beside us: `python -m tests.bench.ingest_peer PORT FOLDER` updates its feeds at each line of input.

`new` begins with an empty database; every line is answered with seconds, seconds of CPU and how many feeds were updated.
"""

import resource
import sys
import time
from pathlib import Path

from reader import Reader, make_reader

from tests.bench.ingest_upstream import FEEDS, host

# Threads: parsing holds Python's lock, so more of them only slow it down.
WORKERS = 1


def fresh(folder: Path, port: int, number: int) -> Reader:
    """A reader with every feed, none of them read."""
    made = make_reader(str(folder / f"reader{number}.sqlite"))
    for feed in range(FEEDS):
        made.add_feed(f"http://{host(feed)}:{port}/feed")
    return made


def main() -> None:
    """Serve lines until the input ends."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    made, number = fresh(folder, port, 0), 0
    for line in sys.stdin:
        words = line.split()
        if words[0] == "new":
            number += 1
            made.close()
            made = fresh(folder, port, number)
        workers = int(words[1]) if len(words) > 1 else WORKERS
        before, started = cpu(), time.perf_counter()
        updated = sum(
            1
            for one in made.update_feeds_iter(workers=workers, scheduled=False)
            if not isinstance(one.value, Exception)
        )
        print(time.perf_counter() - started, cpu() - before, updated, flush=True)  # noqa: T201 (its parent reads it)


def cpu() -> float:
    """Seconds of CPU of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
