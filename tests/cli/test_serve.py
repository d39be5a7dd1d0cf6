"""`serve` as an operator starts it: it answers, does its role's work, and stops when it is told to."""

import http.client
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from feedsvc.cli import exits
from tests.cli.desk import Desk

GRACE = 20.0


@contextmanager
def serving(desk: Desk, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A running service, and the first line that it said. It is killed where a test has not stopped it."""
    process = desk.start("serve", *words)
    assert process.stderr is not None
    try:
        yield process, process.stderr.readline()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def get(line: str, path: str) -> tuple[int, str, bytes]:
    """Status, content type and body of an address of the service."""
    found = re.fullmatch(r"Serving http://(127\.0\.0\.1):(\d+)\n", line)
    assert found, line
    connection = http.client.HTTPConnection(found[1], int(found[2]), timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers.get_content_type(), answer.read()
    finally:
        connection.close()


def stopped(process: "subprocess.Popen[str]", number: signal.Signals) -> list[str]:
    """Stop it; returns what it logged. It must end well, within the grace time, and without a warning of Python's."""
    process.send_signal(number)
    began = time.monotonic()
    _, logged = process.communicate(timeout=GRACE + 5)
    assert time.monotonic() - began < GRACE
    assert process.returncode == 0, logged
    assert "Traceback" not in logged
    assert "Warning" not in logged
    return [json.loads(line)["event"] for line in logged.splitlines()]


def test_it_makes_its_database_answers_and_stops_on_sigterm(blank: Desk) -> None:
    with serving(blank) as (process, line):
        assert get(line, "/healthz")[0] == 200
        assert get(line, "/readyz")[0] == 200
        status, kind, page = get(line, "/")
        assert (status, kind) == (200, "text/html")
        assert b"<title>" in page
        status, kind, feed = get(line, "/feeds/all.rss")
        assert (status, kind) == (200, "application/rss+xml")
        assert feed.startswith(b"<?xml")
        assert stopped(process, signal.SIGTERM)[-1] == "stopping"
    assert (blank.folder / "data" / "feedsvc.db").exists()


def test_a_web_process_polls_and_mails_nothing_and_stops_on_ctrl_c(full: Desk) -> None:
    full.ok("digest", "test", "weekly", "--to", "editor@example.edu")
    with serving(full, "--role", "web") as (process, line):
        assert b"USST Links Cooperation Agreement with Qingpu" in get(line, "/feeds/all.rss")[2]
        assert stopped(process, signal.SIGINT) == ["stopping"]


def test_a_worker_answers_nobody_and_mails(full: Desk) -> None:
    # Its relay is away, which it says; the mail waits.
    full.ok("digest", "test", "weekly", "--to", "editor@example.edu")
    with serving(full, "--role", "worker") as (process, line):
        assert line == "Serving no pages: this process polls and mails\n"
        assert process.stderr is not None
        events = (json.loads(line)["event"] for line in process.stderr)
        assert "sending waits for the relay" in events
        assert stopped(process, signal.SIGTERM)[-1] == "stopping"
    assert full.ok("delivery", "status").out.startswith("The relay has taken no mail since ")


def test_a_port_in_use(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        desk.set(HTTP__PORT=str(port))
        said = desk.run("serve")
    assert (said.code, said.sentence) == (
        exits.OS,
        f"Port {port} on 127.0.0.1 is in use. Stop what uses it, or set another [http] port.",
    )


@pytest.mark.parametrize("host", ["203.0.113.9", "nowhere.invalid"])
def test_an_address_that_is_not_ours(desk: Desk, host: str) -> None:
    desk.set(HTTP__HOST=host, HTTP__PORT="18080")
    said = desk.run("serve")
    assert said.code == exits.OS
    assert re.fullmatch(
        rf"Cannot listen on {host}, port 18080: [A-Z][a-z ]+\. Set another \[http\] host or port\.", said.sentence
    )
