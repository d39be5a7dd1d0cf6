"""The command line itself: help, mistakes in it, exit codes, and endings that are nobody's fault."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from feedsvc import __version__
from feedsvc.cli import exits, main
from feedsvc.errors import FeedsvcError, all_errors
from tests.cli.desk import Desk
from tests.walls.reference import commands

COMMANDS = [path.split()[1:] for path, _ in commands()]
NOUNS = sorted({words[0] for words in COMMANDS if len(words) > 1})


def test_help_names_every_command_and_imports_none_of_them(desk: Desk) -> None:
    said = desk.ok("--help")
    assert [line.split()[0] for line in said.out.partition("Commands:\n")[2].splitlines() if line[2:3].strip()] == list(
        main.COMMANDS
    )
    script = "import sys, feedsvc.cli.main as main\ntry: main.run()\nfinally: print('feedsvc.app' in sys.modules)"
    apart = subprocess.run([sys.executable, "-c", script, "-h"], capture_output=True, text=True, check=True)
    assert apart.stdout.endswith("False\n")


def test_the_version_is_told(desk: Desk) -> None:
    assert desk.ok("--version").out == f"feedsvc {__version__}\n"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_a_command_shows_its_example_on_one_line(desk: Desk, words: list[str]) -> None:
    told = desk.ok(*words, "--help").out
    assert re.search(rf"^  Example: feedsvc {' '.join(words)}( |$)", told, re.MULTILINE)
    example = re.findall(r"^  Example: .*\n(.*)\n", told, re.MULTILINE)
    assert example == [""], "the example is wrapped: it cannot be copied"
    assert "--install-completion" not in told


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_examples_parse(desk: Desk, words: list[str]) -> None:
    told = desk.ok(*words, "--help").out
    example = re.findall(r"Example: feedsvc ([^>\n]+)", told)[0].split()
    said = desk.run(*example, "--no-such-option")
    assert said.sentence.startswith("No such option: --no-such-option"), "an option before it is not known"


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_alone_lists_what_can_be_done_each_in_a_whole_sentence(desk: Desk, noun: str) -> None:
    said = desk.run(noun)
    assert said.code == exits.USAGE
    listed = said.err.partition("Commands:\n")[2]
    assert [line.split()[0] for line in listed.splitlines()] == [words[1] for words in COMMANDS if words[0] == noun]
    assert "..." not in listed


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sourc"], "There is no command 'sourc'. Did you mean `feedsvc source`?"),
        (["xyzzy"], "There is no command 'xyzzy'. `feedsvc --help` lists those that there are."),
        (["source", "lst"], "No such command 'lst'. Did you mean 'list'? See `feedsvc source --help`."),
        (["source", "check"], "Missing argument 'NAME'. See `feedsvc source check --help`."),
        (["subscriber", "add", "li@example.edu"], "Missing option '--list'. See `feedsvc subscriber add --help`."),
        (["source", "poll"], "Name one source, or say --all."),
        (["source", "poll", "a", "--all"], "Name one source, or say --all."),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_wrong_command_line_is_one_sentence(desk: Desk, words: list[str], sentence: str) -> None:
    said = desk.run(*words)
    assert (said.code, said.sentence, said.out) == (exits.USAGE, sentence, "")


@pytest.mark.parametrize(
    "words",
    [["article", "list", "--limit", "0"], ["issue", "show", "x"], ["subscriber", "list", "--state", "odd"]],
    ids=" ".join,
)
def test_a_wrong_value_names_its_option(desk: Desk, words: list[str]) -> None:
    said = desk.run(*words)
    assert said.code == exits.USAGE
    assert re.match(r"Invalid value for '(--limit|ID|--state)': .*\. See `feedsvc \w+ \w+ --help`\.$", said.sentence)


def test_every_error_has_an_exit_code_of_its_own_kind() -> None:
    assert set(exits.EXITS) == set(all_errors())
    assert all(64 <= code <= 78 for code in exits.EXITS.values())
    assert exits.exit_code(FeedsvcError("x")) == exits.SOFTWARE


@pytest.mark.parametrize("words", [["settings", "--json"], ["--help"]], ids=" ".join)
def test_a_closed_pipe_ends_a_command_quietly(desk: Desk, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    said = desk.apart(*words, stdout=writing)
    os.close(writing)
    assert (said.code, said.err) == (exits.BROKEN_PIPE, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_one_sentence(blank: Desk) -> None:
    with Path("/dev/full").open("w") as full:
        said = blank.apart("settings", stdout=full)
    assert (said.code, said.sentence) == (exits.IO, "No space left on device. Mend that, then run it again.")


def test_a_terminal_without_chinese_gets_question_marks(blank: Desk) -> None:
    blank.values["PYTHONIOENCODING"] = "ascii"
    blank.set(SITE__TITLE="要闻")
    said = blank.apart("settings")
    assert said.code == 0
    assert 'title = "??"' in said.out


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (KeyboardInterrupt(), exits.INTERRUPTED, "feedsvc: Stopped.\n"),
        (typer.Abort(), exits.INTERRUPTED, "\nfeedsvc: Stopped.\n"),
        (PermissionError(13, "Permission denied", "x.html"), exits.IO, "x.html: Permission denied."),
        (ZeroDivisionError("none"), exits.SOFTWARE, "feedsvc: This is a fault of feedsvc itself."),
    ],
)
def test_endings(desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int, told: str) -> None:
    def fail(*_args: Any) -> None:
        raise fault

    monkeypatch.setattr("feedsvc.cli.settings.visible", fail)
    said = desk.run("settings")
    assert said.code == code
    assert told in said.err
    assert ("Traceback" in said.err) is (code == exits.SOFTWARE)
