"""Nothing grows beyond what can be read at once: modules of 300 lines, functions of 50."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walls import ROOT

MODULE_LINES = 300
FUNCTION_LINES = 50


def modules() -> list[Path]:
    # Migrations are written by Alembic, one for each change, and never grow.
    found = [*ROOT.glob("feedsvc/**/*.py"), *ROOT.glob("tests/**/*.py")]
    return sorted(path for path in found if "versions" not in path.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_can_be_read_at_once(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MODULE_LINES, f"{path.name} has {lines} lines: divide it by what its parts are about"
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions(path) if f.end_lineno is not None}
    long = {name: length for name, length in long.items() if length > FUNCTION_LINES}
    assert not long, f"functions of more than {FUNCTION_LINES} lines: {long}"
