"""Where each key of a TOML file stands: tomllib reads values and forgets their lines, so this finds the lines again.

The text must be valid TOML 1.0 (let tomllib read it first); nothing is checked twice here.
"""

import re
import tomllib

Path = tuple[str | int, ...]
"""From the root to a value: keys of tables, and numbers of array elements from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*("(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*""")
# A multi-line string may end with up to two quotation marks of its own before the three that close it.
_SCALAR = re.compile(
    r"""
      \"{3}(?:\\.|[^\\])*?\"{3,5}
    | '{3}.*?'{3,5}
    | \"(?:\\.|[^\"\\])*\"
    | '[^']*'
    | [^\s,\]}\#\"']+(?:[ ]\d[^\s,\]}\#]*)?   # a bare value; a date and its time may have a space between them
    """,
    re.DOTALL | re.VERBOSE,
)


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, key and array element of a valid TOML text."""
    return _Scanner(text.replace("\r\n", "\n")).run()


def nearest_line(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it that stands in the file; 1 where there is none."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


class _Scanner:
    """One walk through a text; lives as long as the walk."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.found: dict[Path, int] = {}
        self.sizes: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        """Walk statement by statement: a table's head, or a key and its value."""
        table: Path = ()
        self.skip_blank()
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self.head(2)
                number = self.sizes.get(table, 0)
                self.sizes[table] = number + 1
                self.found.setdefault(table, self.line)
                table = (*table, number)
            elif self.text[self.at] == "[":
                table = self.head(1)
            else:
                self.pair(table)
                self.skip_blank()
                continue
            self.found[table] = self.line
            self.skip_blank()
        return self.found

    def head(self, brackets: int) -> Path:
        """The path of `[a.b]` or `[[a.b]]`; a name of an array of tables on the way stands for its last element."""
        self.move(self.at + brackets)
        *parents, last = self.key()
        path: Path = ()
        for part in parents:
            path = self.last_of((*path, part))
        self.move(self.at + brackets)
        # The last name of `[a]` is a table, and that of `[[a]]` the array itself.
        return (*path, last)

    def last_of(self, path: Path) -> Path:
        """The last element so far, where `path` is an array of tables."""
        return (*path, self.sizes[path] - 1) if path in self.sizes else path

    def key(self) -> list[str]:
        """A dotted key, its quotation marks taken away."""
        parts = []
        while match := _KEY_PART.match(self.text, self.at):
            name = match[1]
            parts.append(tomllib.loads(f"key = {name}")["key"] if name[0] in "\"'" else name)
            self.move(match.end())
            if not self.text.startswith(".", self.at):
                break
            self.move(self.at + 1)
        return parts

    def pair(self, table: Path) -> None:
        """`key = value` within a table."""
        line = self.line
        path: Path = (*table, *self.key())
        for depth in range(len(table) + 1, len(path) + 1):
            self.found.setdefault(path[:depth], line)
        self.move(self.at + 1)
        self.value(path)

    def value(self, path: Path) -> None:
        """A value of any kind; those inside arrays and inline tables are noted too."""
        self.skip_blank()
        opening = self.text[self.at]
        if opening not in "[{":
            match = _SCALAR.match(self.text, self.at)
            self.move(match.end() if match else self.at + 1)
            return
        closing = "]" if opening == "[" else "}"
        self.move(self.at + 1)
        self.skip_blank()
        number = 0
        while self.text[self.at] != closing:
            if opening == "[":
                self.found[(*path, number)] = self.line
                self.value((*path, number))
                number += 1
            else:
                self.pair(path)
            self.skip_blank()
            if self.text[self.at] == ",":
                self.move(self.at + 1)
                self.skip_blank()
        self.move(self.at + 1)

    def skip_blank(self) -> None:
        """Over spaces, line ends and comments."""
        match = _BLANK.match(self.text, self.at)
        self.move(match.end() if match else self.at)

    def move(self, to: int) -> None:
        """Go on, counting lines."""
        self.line += self.text.count("\n", self.at, to)
        self.at = to
