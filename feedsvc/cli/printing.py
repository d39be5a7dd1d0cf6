"""How a command tells things: on a terminal, in a pipe, and as JSON for a program."""

import difflib
import io
import re
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import ProgressColumn
from rich.table import Table

from feedsvc.cli.exits import UNANSWERED
from feedsvc.errors import NotFound

# What is printed comes from pages, mail servers and people: it is never read as rich's own markup.
console = Console(highlight=False, markup=False, emoji=False)
notes = Console(stderr=True, highlight=False, markup=False, emoji=False)

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Wide enough for any row: a pipe has no edge at which a table would have to be folded.
_PIPE_WIDTH = 10_000


def print_json(value: Any) -> None:
    """Write a value as JSON to standard output; dataclasses become objects, durations seconds."""
    print_bytes(orjson.dumps(_plain(value), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n")


def print_bytes(data: bytes) -> None:
    """Write what a program reads, in UTF-8 whatever the terminal speaks."""
    typer.echo(data, nl=False)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(item) for key, item in asdict(value).items()}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item) for item in value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value


def say(text: str = "", style: str = "") -> None:
    """Print a line or a paragraph: wrapped between words on a terminal, left whole in a pipe."""
    console.print(printable(text), style=style or None, soft_wrap=not console.is_terminal)


def agreed(question: str, *, default: bool, otherwise: str) -> bool:
    """Ask somebody at a terminal; a no is met with `otherwise`. No answer (Ctrl-C, or no more input) ends with code 1.

    Ask while no event loop runs: a loop would keep the first Ctrl-C for itself.
    """
    try:
        answer = typer.confirm(question, default=default)
    except typer.Abort:
        say()
        say(otherwise)
        raise typer.Exit(UNANSWERED) from None
    if not answer:
        say(otherwise)
    return answer


def printable(text: str) -> str:
    """Text without the characters that would move a terminal's cursor, colour it, or turn its direction."""
    return _CONTROLS.sub("", text)


def table(*columns: str, right: tuple[str, ...] = (), whole: tuple[str, ...] = ()) -> Table:
    """A quiet table; the columns named in `right` are numbers, those in `whole` are never folded. Print it with `show`."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(
            name, justify="right" if name in right else "left", overflow="fold", no_wrap=name in whole or name in right
        )
    return made


def add_row(made: Table, *cells: object) -> None:
    """A row of a table, of anything that prints."""
    made.add_row(*(printable(str(cell)) for cell in cells))


def show(made: Table) -> None:
    """Print a table: as wide as the terminal, or in a pipe one line a row, without blanks at its end."""
    if console.is_terminal:
        console.print(made)
        return
    wide = Console(file=io.StringIO(), width=_PIPE_WIDTH, highlight=False, markup=False, emoji=False)
    with wide.capture() as capture:
        wide.print(made)
    for line in capture.get().splitlines():
        typer.echo(line.rstrip())


def facts(of: dict[str, object]) -> None:
    """Names and values, one a line, the values below each other."""
    width = max(map(len, of)) + 3
    for name, value in of.items():
        say(f"{name + ':':<{width}}{value}")


def progress(*columns: ProgressColumn) -> Bar:
    """A bar on standard error that goes away when it is done; nothing where nobody sees it."""
    return Bar(*columns, console=notes, transient=True, disable=not notes.is_terminal)


def several(number: int, one: str, many: str = "") -> str:
    """`1 change`, `2 changes`; `many` where the plural is not made with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def when(instant: datetime | None, now: datetime) -> str:
    """How long ago, or until: `5 min ago`, `in 2 h`; a dash for never."""
    if instant is None:
        return "-"
    seconds = (now - instant).total_seconds()
    size = abs(seconds)
    if size < 45:
        return "just now" if seconds >= 0 else "in a moment"
    for limit, step, unit in ((5400, 60, "min"), (129_600, 3600, "h"), (float("inf"), 86_400, "d")):
        if size < limit:
            count = round(size / step)
            return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"
    return instant.isoformat()


def must_be_known(noun: str, name: str, known: Iterable[str]) -> None:
    """Raises NotFound, with the nearest of what is known, for a name that is not; an empty name asks for nothing."""
    names = list(known)
    if not name or name in names:
        return
    near = difflib.get_close_matches(name, names, 1, 0.5)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(names) or 'none yet'}."
    msg = f"There is no {noun} {name!r}. {hint}"
    raise NotFound(msg)


def must_be_file(path: Path) -> None:
    """Raises NotFound unless there is a file that can be read."""
    if not path.exists():
        msg = f"There is no file {path}. Give the path of one that there is."
        raise NotFound(msg)
