"""Questions, asked at a real terminal."""

import contextlib
import fcntl
import os
import pty
import select
import termios
import time

import pytest

from feedsvc.cli import exits
from tests.cli.desk import Desk

PAUSE = 0.5
"""Seconds after which a question surely waits for its answer."""
CTRL_C, CTRL_D = b"\x03", b"\x04"


def at_terminal(desk: Desk, keys: bytes, *words: str) -> tuple[int, str]:
    """Give a command at a terminal and press keys once it asks: its exit code, and all that the terminal showed."""
    terminal, theirs = pty.openpty()
    process = desk.start(
        *words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, preexec_fn=_takes_the_terminal
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # so Linux tells that nobody holds the other end any more
        while select.select([terminal], [], [], 60)[0]:
            shown += os.read(terminal, 4096)
            if keys and shown.endswith(b"[y/N]: "):
                # The last blank comes when it begins to listen. A key in that very instant would be lost in readline.
                time.sleep(PAUSE)
                os.write(terminal, keys)
                keys = b""
    process.kill()  # does nothing to what has ended
    os.close(terminal)
    return process.wait(), shown.decode()


def _takes_the_terminal() -> None:
    """Make standard input the terminal whose Ctrl-C ends this process."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [(CTRL_C, exits.UNANSWERED), (CTRL_D, exits.UNANSWERED), (b"\r", 0), (b"n\r", 0)],
    ids=["ctrl-c", "ctrl-d", "enter", "no"],
)
def test_no_answer_is_a_no_and_one_key_is_enough(full: Desk, keys: bytes, expected: int) -> None:
    code, shown = at_terminal(full, keys, "article", "hold", "--all")
    assert code == expected == (keys in (CTRL_C, CTRL_D))
    assert "Hold 18 articles that are published? [y/N]:" in shown
    assert shown.rstrip().endswith("Nothing was changed.")
    assert full.ok("article", "hold", "--all", "--yes").out == "18 articles held.\n"


def test_a_yes_is_carried_out(full: Desk) -> None:
    code, shown = at_terminal(full, b"y\r", "article", "hold", "--all")
    assert (code, shown.rstrip().endswith("18 articles held.")) == (0, True)
