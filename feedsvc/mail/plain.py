"""Plain text for mails: wrapped by the width that a screen gives to each character."""

import re
import unicodedata

WIDTH = 72
"""Columns of a line; a Chinese character takes two."""

# Words with the space before them; wide characters with the marks that must not end or begin a line.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(rf"\s*(?:[（《「『“‘]*[{_WIDE}][，。、；：？！）》」』”’…％]*|[^\s{_WIDE}]+)")


def width(text: str) -> int:
    """Columns of a text in a monospaced font (Unicode Standard Annex 11)."""
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in text
    )


def wrap(text: str, columns: int = WIDTH) -> str:
    """Each line of a text folded to `columns`; what cannot be broken, such as an address, stays whole."""
    return "\n".join(_wrap_line(line, columns) for line in text.split("\n"))


def rule(text: str) -> str:
    """A line of hyphens as wide as a heading."""
    return "-" * min(width(text), WIDTH)


def _wrap_line(line: str, columns: int) -> str:
    lines = [""]
    for piece in _PIECES.findall(line):
        if lines[-1] and width(lines[-1]) + width(piece) > columns:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece if lines[-1] else piece.lstrip()
    return "\n".join(lines)


def clip(text: str, columns: int) -> str:
    """A text of at most `columns`; a longer one is cut between words and ends in an ellipsis."""
    if width(text) <= columns:
        return text
    kept = ""
    for piece in _PIECES.findall(text):
        if width(kept) + width(piece) > columns - 1:
            break
        kept += piece
    return (kept or text[: (columns - 1) // 2]).rstrip(" ,;:，、；：") + "…"
