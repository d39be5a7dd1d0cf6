"""Many rows in one statement: a list of rows as a table that a statement can read from, on both engines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import BindParameter, Subquery, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Text, TypeEngine

from feedsvc.storage.types import Conn


def table_of(conn: Conn, columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Sequence[Any]], name: str) -> Subquery:
    """The rows as a subquery called `name` with these columns. Values are what JSON knows; instants are microseconds.

    One parameter holds them all, so the number of rows meets no limit and the statement's text never changes.
    """
    return _table(conn, columns, bindparam(f"{name}_rows", _document(rows), Text), name)


def table_for(conn: Conn, columns: Mapping[str, TypeEngine[Any]], name: str) -> Subquery:
    """As `table_of`, in a statement that is made once: its rows are given at each execution, by `rows_for`."""
    return _table(conn, columns, bindparam(f"{name}_rows", type_=Text), name)


def rows_for(name: str, rows: Iterable[Sequence[Any]]) -> dict[str, str]:
    """The parameter that gives the rows of `table_for(..., name)`."""
    return {f"{name}_rows": _document(rows)}


def _document(rows: Iterable[Sequence[Any]]) -> str:
    return orjson.dumps([list(row) for row in rows]).decode()


def _table(conn: Conn, columns: Mapping[str, TypeEngine[Any]], document: BindParameter[str], name: str) -> Subquery:
    if conn.dialect.name == "postgresql":
        each = func.jsonb_array_elements(cast(document, JSONB)).table_valued("value")
        parts = [each.c.value.op("->>")(i) for i in range(len(columns))]
        typed = [cast(part, kind).label(column) for part, (column, kind) in zip(parts, columns.items(), strict=True)]
    else:
        each = func.json_each(document).table_valued("value")
        typed = [
            func.json_extract(each.c.value, f"$[{i}]", type_=kind).label(column)
            for i, (column, kind) in enumerate(columns.items())
        ]
    return select(*typed).select_from(each).subquery(name)
