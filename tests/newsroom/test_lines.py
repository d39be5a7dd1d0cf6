"""Lines of keys: on hand-made files with every kind of TOML value, and on any document of a known shape."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.newsroom.lines import Path, lines_of, nearest_line

TEXT = '''# a comment [not] = "a table"
top = 1

[[source]]
slug = "one"   # [[source]]
"quoted key" = 'a # no comment'
many = [
  "first",  # with "marks"
  """
  [[source]]
  second = "of three lines"""",
  ["nested", { deep = "x", "deeper" = [1,
    2] }],
]
when = 2020-06-06 08:00:00
  [source.map]
  "1178" = "banner"
  dotted.inside = true

[[ source ]]
slug = \'\'\'
two
\'\'\'
[source.list]
item = """a \\""" [x]
y"""
item2 = { }
[source.list.deep]
a = -1.5e3
[[source.rows]]
b = 1
[[source.rows]]
b = 2
[plain.table]
c = []
'''

EXPECTED: dict[Path, int] = {
    ("top",): 2,
    ("source",): 4,
    ("source", 0): 4,
    ("source", 0, "slug"): 5,
    ("source", 0, "quoted key"): 6,
    ("source", 0, "many"): 7,
    ("source", 0, "many", 0): 8,
    ("source", 0, "many", 1): 9,
    ("source", 0, "many", 2): 12,
    ("source", 0, "many", 2, 0): 12,
    ("source", 0, "many", 2, 1, "deep"): 12,
    ("source", 0, "many", 2, 1, "deeper", 1): 13,
    ("source", 0, "when"): 15,
    ("source", 0, "map"): 16,
    ("source", 0, "map", "1178"): 17,
    ("source", 0, "map", "dotted"): 18,
    ("source", 0, "map", "dotted", "inside"): 18,
    ("source", 1): 20,
    ("source", 1, "slug"): 21,
    ("source", 1, "list"): 24,
    ("source", 1, "list", "item"): 25,
    ("source", 1, "list", "item2"): 27,
    ("source", 1, "list", "deep", "a"): 29,
    ("source", 1, "rows", 0, "b"): 31,
    ("source", 1, "rows", 1, "b"): 33,
    ("plain", "table"): 34,
    ("plain", "table", "c"): 35,
}


@pytest.mark.parametrize(("path", "line"), EXPECTED.items())
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_key_is_found_on_its_line(path: Path, line: int, ending: str) -> None:
    assert lines_of(TEXT.replace("\n", ending))[path] == line


def test_every_value_that_tomllib_reads_has_a_line() -> None:
    def walk(value: Any, path: Path) -> set[Path]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return {path}.union(*(walk(child, (*path, key)) for key, child in inner))

    # The root, and a table that only a longer name mentions, have no line of their own.
    without: set[Path] = {(), ("plain",)}
    assert walk(tomllib.loads(TEXT), ()) - without <= lines_of(TEXT).keys()
    assert EXPECTED.items() <= lines_of(TEXT).items()


def test_what_is_missing_is_found_at_what_is_around_it() -> None:
    found = lines_of(TEXT)
    assert nearest_line(found, ("source", 1, "timezone")) == 20
    assert nearest_line(found, ("source", 0, "map", "missing")) == 16
    assert nearest_line(found, ("nowhere",)) == 1


def test_an_empty_file_has_no_lines() -> None:
    assert lines_of("") == {}
    assert lines_of("# only this\n\n") == {}


_scalars = st.one_of(
    st.booleans().map(lambda value: str(value).lower()),
    st.integers(-999, 999).map(str),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8).map(
        lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
    st.text('ab#[]{}="\n.,', max_size=8).map(lambda text: "'''\n" + text + "'''"),
    st.text("ab#[]{}='\n.,", max_size=8).map(lambda text: '"""' + text + '"""'),
    st.just("2020-06-06T08:00:00Z"),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3).map(lambda parts: "[ # a comment ]\n" + ",\n".join(parts) + "\n]"),
    max_leaves=5,
)


@given(st.lists(_values, max_size=8), st.lists(st.sampled_from(["", "\n", "# [x] = '\n"]), min_size=8, max_size=8))
def test_keys_after_any_value_are_found(values: list[str], fillers: list[str]) -> None:
    text, expected = "[[row]]\n", {}
    for number, (value, filler) in enumerate(zip(values, fillers, strict=False)):
        text += filler
        expected[("row", 0, f"k{number}")] = text.count("\n") + 1
        text += f"k{number} = {value} # after\n"
    assert set(tomllib.loads(text)["row"][0]) == {path[2] for path in expected}
    found = lines_of(text)
    assert {path: found[path] for path in expected} == expected
