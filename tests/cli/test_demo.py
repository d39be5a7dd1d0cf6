"""`demo` as a visitor starts it: every step happens, and nothing is left behind."""

import os
import re
import signal
import socket

import pytest

from feedsvc.cli import exits
from tests.cli.desk import Desk

STEPS = 8


def test_a_round_ends_with_0_and_leaves_nothing_behind(blank: Desk) -> None:
    folder = blank.folder / "temporary"
    folder.mkdir()
    blank.values["TMPDIR"] = str(folder)
    said = blank.apart("demo", "--exit", "--port", "0")
    assert (said.code, said.err) == (0, "")
    assert said.out.count("✓") == STEPS
    assert re.search(rf"^All {STEPS} steps happened, in \d+\.\d s\.$", said.out, re.MULTILINE)
    assert "stories from 4 sources" in said.out
    assert [path.name for path in blank.folder.iterdir()] == ["temporary"]
    assert not list(folder.iterdir())


def test_data_is_kept_in_a_folder_that_may_be_used_again(blank: Desk) -> None:
    (blank.folder / "kept" / "tour-1").mkdir(parents=True)
    said = blank.ok("demo", "--exit", "--port", "0", "--data", "kept")
    assert said.out.endswith("\nThe data is in kept/tour-2.\n")
    blank.set(DATABASE__URL=f"sqlite:///{blank.folder / 'kept' / 'tour-2' / 'feedsvc.db'}")
    assert len(blank.ok("subscriber", "list", "--json").json) == 1
    assert not list((blank.folder / "kept" / "tour-1").iterdir())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_tour_that_is_stopped_cleans_up(blank: Desk, number: signal.Signals) -> None:
    folder = blank.folder / "temporary"
    folder.mkdir()
    blank.values["TMPDIR"] = str(folder)
    blank.values["PYTHONUNBUFFERED"] = "1"
    process = blank.start("demo", "--exit", "--port", "0", start_new_session=True)
    assert process.stdout is not None
    while "✓ Read the university's pages" not in process.stdout.readline():
        assert process.poll() is None
    # A terminal sends Ctrl+C to the whole group of processes.
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (exits.INTERRUPTED, "feedsvc: Stopped.\n")
    assert not list(folder.iterdir())


def test_a_port_in_use_says_how_to_take_another(blank: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = blank.run("demo", "--port", str(port))
    assert (said.code, said.sentence) == (
        exits.OS,
        f"Port {port} is in use. Give the tour another: `feedsvc demo --port 0` takes a free one.",
    )


def test_a_folder_that_is_a_file(blank: Desk) -> None:
    blank.write("file", "")
    assert blank.run("demo", "--data", "file").code == exits.USAGE
    said = blank.run("demo", "--port", "0", "--data", "file/below")
    assert said.code == exits.IO
    assert said.sentence.startswith("file/below")
