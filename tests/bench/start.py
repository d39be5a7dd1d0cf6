"""How fast it starts and how little it holds while nothing happens: `poe bench start`."""

import http.client
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.report import Measure

ROUNDS = 7
HELP_CPU_SECONDS = 0.3
ANSWER_SECONDS = 1.5
IDLE_MEGABYTES = 100.0
IDLE_AFTER_SECONDS = 5.0
COMMAND = str(Path(sys.executable).with_name("feedsvc"))


def run() -> list[Measure]:
    """Help, first answer and idle memory; Python alone beside the help."""
    helps, bare = [], []
    for _ in range(ROUNDS):
        helps.append(cpu_of([COMMAND, "--help"]))
        bare.append(cpu_of([sys.executable, "-c", "pass"]))
    answers, memory = [], []
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as folder:
        for number in range(ROUNDS):
            config, port = settings_file(Path(folder))
            with serving(config, port) as (process, seconds):
                answers.append(seconds)
                if number < 2:
                    time.sleep(IDLE_AFTER_SECONDS)
                    memory.append(resident_megabytes(process.pid))
    return [
        Measure("feedsvc --help, CPU", "s", helps, HELP_CPU_SECONDS, "python -c pass", bare),
        Measure("serve, to the first answer", "s", answers, ANSWER_SECONDS),
        Measure("serve, idle memory", "MB", memory, IDLE_MEGABYTES),
    ]


def cpu_of(command: list[str]) -> float:
    """Seconds of CPU, user and system, that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def settings_file(folder: Path) -> tuple[Path, int]:
    """Settings for a service of its own, on a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    path = folder / "feedsvc.toml"
    path.write_text(
        f'[database]\nurl = "sqlite:///{folder}/feedsvc.db"\n[http]\nport = {port}\n'
        f'[mail]\ntls = "none"\n[security]\nsecret_key = "{"k" * 43}"\n'
    )
    return path, port


@contextmanager
def serving(config: Path, port: int) -> Iterator[tuple["subprocess.Popen[bytes]", float]]:
    """A running service, and the seconds until it first answered. The first round makes the database, too."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "--config", str(config), "serve"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - started > 30:
                msg = "`feedsvc serve` did not answer: run it by hand to see why."
                raise SystemExit(msg)
            time.sleep(0.005)
        yield process, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    """Does it answer /healthz with 200?"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def resident_megabytes(pid: int) -> float:
    """Memory that a process and its children hold, as `ps` tells it."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], check=True, capture_output=True, text=True)
    rows = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    return sum(rss for one, parent, rss in rows if pid in (one, parent)) / 1024
