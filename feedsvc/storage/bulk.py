"""Many rows in one statement: a list of rows as a table that a statement can read from, on both engines."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Subquery, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Text, TypeEngine

from feedsvc.storage.types import Conn


def table_of(conn: Conn, columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Sequence[Any]], name: str) -> Subquery:
    """The rows as a subquery called `name` with these columns. Values are what JSON knows; instants are microseconds.

    One parameter holds them all, so the number of rows meets no limit and the statement's text never changes.
    """
    document = orjson.dumps([list(row) for row in rows]).decode()
    if conn.dialect.name == "postgresql":
        each = func.jsonb_array_elements(cast(bindparam(f"{name}_rows", document, Text), JSONB)).table_valued("value")
        parts = [each.c.value.op("->>")(i) for i in range(len(columns))]
        typed = [cast(part, kind).label(column) for part, (column, kind) in zip(parts, columns.items(), strict=True)]
    else:
        each = func.json_each(bindparam(f"{name}_rows", document, Text)).table_valued("value")
        typed = [
            func.json_extract(each.c.value, f"$[{i}]", type_=kind).label(column)
            for i, (column, kind) in enumerate(columns.items())
        ]
    return select(*typed).select_from(each).subquery(name)
