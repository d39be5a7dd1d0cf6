"""A newsroom file, read strictly: every fault is one sentence that names file, line and key."""

import difflib
import tomllib
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from feedsvc.errors import InputError, NewsroomError
from feedsvc.model.newsroom import Newsroom, Source
from feedsvc.newsroom.checks import Fault, faults
from feedsvc.newsroom.lines import Path, lines_of, nearest_line
from feedsvc.newsroom.tables import NOT_YET, TABLES, ArticleRules, ListRules, Table, keys_of

# What a value must be, in words, by pydantic's name for what it is not.
_MUST_BE = {
    "string_type": 'must be text in quotation marks, such as "news"',
    "int_type": "must be a whole number without quotation marks",
    "bool_type": "must be true or false, without quotation marks",
    "list_type": 'must be an array, such as ["news"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "missing": "is missing: add it",
    "too_short": "is empty: name at least one",
    "string_too_short": "is empty: write something or remove the line",
}


def read(file: FilePath, known: Newsroom = Newsroom()) -> Newsroom:  # noqa: B008 (frozen)
    """The newsroom in a TOML file (UTF-8). References may also name what is in `known`.

    Raises NewsroomError.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        msg = f"{file} cannot be read ({error.strerror}): give the path of a newsroom file."
        raise NewsroomError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{file}: byte {error.start} is not UTF-8: save the file as UTF-8."
        raise NewsroomError(msg) from error
    return parse(text, str(file), known)


def parse(text: str, name: str, known: Newsroom = Newsroom()) -> Newsroom:  # noqa: B008 (frozen)
    """The newsroom in a TOML text; `name` is what error messages call it. Raises NewsroomError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NewsroomError(_syntax(str(error), name, text)) from error
    newsroom, found = _shaped(data)
    if not found:
        found = faults(newsroom, known)
    if found:
        lines = lines_of(text)
        first = min(found, key=lambda fault: nearest_line(lines, fault.path))
        msg = f"{name}, line {nearest_line(lines, first.path)}, {_place(first.path, data)}: {first.says}"
        raise NewsroomError(msg if msg.endswith("?") else f"{msg}.")
    return newsroom


def one_source(values: dict[str, Any], known: Newsroom) -> Source:
    """A source told by the keys of a [[source]] table, by the same rules. Raises InputError that names the key."""
    newsroom, found = _shaped({"source": [values]})
    found = found or faults(newsroom, known)
    if found:
        key = ".".join(str(part) for part in found[0].path[2:] if isinstance(part, str))
        msg = f"The source's {key}: {found[0].says}"
        raise InputError(msg if msg.endswith("?") else f"{msg}.")
    return newsroom.sources[0]


def _syntax(says: str, name: str, text: str) -> str:
    """tomllib's `Invalid value (at line 3, column 5)` as one of our sentences."""
    what, _, where = says.rstrip(")").rpartition(" (at ")
    if where.startswith("line "):
        line, _, column = where.removeprefix("line ").partition(", column ")
        where = f"line {line}, column {column}"
    else:
        where = f"line {text.count(chr(10)) + 1}"
    return f"{name}, {where}: not valid TOML ({what[:1].lower()}{what[1:]}): mend that line."


def _shaped(data: dict[str, Any]) -> tuple[Newsroom, list[Fault]]:
    found: list[Fault] = []
    read_tables: dict[str, list[Any]] = {table: [] for table in TABLES}
    for table, rows in data.items():
        if table not in TABLES:
            found.append(Fault((table,), _no_table(table, rows)))
        elif not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            found.append(Fault((table,), f"must stand in double brackets: write [[{table}]]"))
        else:
            for number, row in enumerate(rows):
                try:
                    read_tables[table].append(TABLES[table].model_validate(row).model())
                except ValidationError as error:
                    found.extend(_fault(table, number, detail) for detail in _telling(error.errors()))
    return Newsroom(*(tuple(read_tables[table]) for table in TABLES)), found


def _telling(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """What is to be told of a table: where a key is unknown, a missing one may just be misspelt there."""
    misspelt = {detail["loc"][:-1] for detail in details if detail["type"] == "extra_forbidden"}
    return [detail for detail in details if detail["type"] != "missing" or detail["loc"][:-1] not in misspelt]


def _fault(table: str, number: int, detail: ErrorDetails) -> Fault:
    # A bad key of a dictionary comes as (..., key, "[key]").
    keys = tuple(part for part in detail["loc"] if part != "[key]")
    path: Path = (table, number, *keys)
    if detail["type"] == "extra_forbidden":
        says = NOT_YET.get((table, str(keys[-1]))) or _unknown(str(keys[-1]), keys_of(_shape(table, keys)))
    elif detail["type"] == "literal_error":
        says = f"must be one of {detail['ctx']['expected'].replace(' or ', ', ')}"
    elif detail["type"] == "value_error":
        says = str(detail["ctx"]["error"])
    else:
        says = _MUST_BE.get(detail["type"]) or f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return Fault(path, says)


def _shape(table: str, keys: tuple[int | str, ...]) -> type[Table]:
    if table == "source" and len(keys) > 1:
        return ListRules if keys[0] == "list" else ArticleRules
    return TABLES[table]


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    return "there is no such key: " + (f"did you mean {near[0]}?" if near else f"it may be {', '.join(known)}")


def _no_table(name: str, value: object) -> str:
    tables = ", ".join(f"[[{table}]]" for table in TABLES)
    if not isinstance(value, list | dict):
        return f"is not a known table: a newsroom file has the tables {tables}"
    near = difflib.get_close_matches(name, TABLES, 1, 0.7)
    return "there is no such table: " + (f"did you mean [[{near[0]}]]?" if near else f"it may be {tables}")


def _place(path: Path, data: dict[str, Any]) -> str:
    """`[[source]] usst-news, list.item`."""
    table, *rest = path
    if not rest:
        return f"[[{table}]]" if isinstance(data[str(table)], list | dict) else str(table)
    number, *keys = rest
    row = data[str(table)][number]
    slug = row.get("slug")
    name = slug if isinstance(slug, str) and slug else f"number {int(number) + 1}"
    key = ".".join(str(part) for part in keys if isinstance(part, str))
    return f"[[{table}]] {name}, {key}" if key else f"[[{table}]] {name}"
