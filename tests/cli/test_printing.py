"""How things are told: whole lines in a pipe, safe on a terminal, in words that count right."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from feedsvc.cli import printing
from feedsvc.errors import NotFound

NOW = datetime(2020, 6, 8, tzinfo=UTC)
LONG = "The Network Cultural Festival Concluded and 2019 Campus Cultural Projects Launched at USST " * 3


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    file = io.StringIO()
    made = Console(file=file, width=60, force_terminal=True, color_system=None, markup=False, emoji=False)
    monkeypatch.setattr(printing, "console", made)
    return file


def test_in_a_pipe_a_row_is_a_line_without_blanks_at_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    made = printing.table("title", "words", "id", right=("words",))
    printing.add_row(made, LONG.strip(), 12, "x")
    printing.add_row(made, "[bold]Not markup[/bold] :warning:", 7, "y")
    printing.show(made)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1] == f"{LONG.strip()}     12  x"
    assert lines[2].startswith("[bold]Not markup[/bold] :warning:")
    assert [line.index(cell) for line, cell in zip(lines, ("id", "x", "y"), strict=True)].count(
        lines[1].rindex("x")
    ) >= 1


def test_on_a_terminal_ids_are_never_folded(terminal: io.StringIO) -> None:
    made = printing.table("title", "id", whole=("id",))
    identity = "01a2042d-5242-7109-9ae0-d4da3958aba9"
    printing.add_row(made, LONG, identity)
    printing.show(made)
    assert identity in terminal.getvalue()
    assert all(len(line) <= 60 for line in terminal.getvalue().splitlines())


def test_a_paragraph_is_wrapped_on_a_terminal_and_whole_in_a_pipe(
    terminal: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    printing.say(LONG)
    assert terminal.getvalue().count("\n") > 3
    printing.console = Console(highlight=False, markup=False, emoji=False)
    printing.say(LONG)
    assert capsys.readouterr().out == f"{LONG}\n"


@given(st.text())
def test_nothing_printed_can_steer_a_terminal(text: str) -> None:
    safe = printing.printable(text)
    assert not any((ord(letter) < 32 and letter not in "\t\n") or 0x7F <= ord(letter) <= 0x9F for letter in safe)
    assert printing.printable(safe) == safe


def test_steering_and_turning_are_taken_out() -> None:
    assert printing.printable("a\x1b[2Jb\rc\u202ed\te\n") == "a[2Jbcd\te\n"


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=-3), "in a moment"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(minutes=-31), "in 31 min"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=-6), "in 6 d"),
    ],
)
def test_when(ago: timedelta, told: str) -> None:
    assert printing.when(NOW - ago, NOW) == told
    assert printing.when(None, NOW) == "-"


def test_several() -> None:
    assert [printing.several(number, "change") for number in (0, 1, 2)] == ["0 changes", "1 change", "2 changes"]
    assert printing.several(2, "story", "stories") == "2 stories"


def test_json_is_utf_8_whatever_the_values_are(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    printing.print_json({"title": "要闻", 1: {"b", "a"}, "for": timedelta(minutes=2), "at": NOW, "pair": (1, None)})
    told = capsysbinary.readouterr().out
    assert '"title": "要闻"'.encode() in told
    assert b'"for": 120.0' in told
    assert b'"at": "2020-06-08T00:00:00+00:00"' in told


def test_a_name_that_is_not_known_gets_the_nearest() -> None:
    printing.must_be_known("list", "", ["alumni"])
    printing.must_be_known("list", "alumni", ["alumni"])
    for name, hint in (("alumi", "Did you mean 'alumni'?"), ("zz", "There are: alumni, staff.")):
        with pytest.raises(NotFound) as caught:
            printing.must_be_known("list", name, ["alumni", "staff"])
        assert str(caught.value) == f"There is no list {name!r}. {hint}"
    with pytest.raises(NotFound, match="none yet"):
        printing.must_be_known("list", "zz", [])
