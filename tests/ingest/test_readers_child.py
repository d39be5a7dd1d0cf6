"""The reader process's own side: calls in, framed answers out, whatever happens in between."""

import io
from dataclasses import dataclass

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import InputError
from feedsvc.ingest.readers.child import answer, serve
from feedsvc.ingest.readers.upstream.tolerant import entry_of
from feedsvc.ingest.readers.wire import LENGTH, pack_call


@dataclass(frozen=True, slots=True)
class Pair:
    one: int
    two: tuple[str, ...] = ()


def refuse(sentence: str) -> None:
    raise InputError(sentence)


def recurse() -> None:
    recurse()


HERE = __name__


def test_calls_are_answered_in_order_until_the_input_ends() -> None:
    calls = io.BytesIO(pack_call(f"{HERE}:Pair", (1, ("a",))) + pack_call("operator:add", (2, 3)) + b"\x00")
    answers = io.BytesIO()
    serve(calls, answers)
    expected = [b'\x01{"one":1,"two":["a"]}', b"\x015"]
    assert answers.getvalue() == b"".join(LENGTH.pack(len(one)) + one for one in expected)


@pytest.mark.parametrize(
    ("target", "arguments", "sentence"),
    [
        (f"{HERE}:refuse", ("That is no date.",), b"That is no date."),
        (f"{HERE}:recurse", (), b"too deeply nested"),
        ("operator:truediv", (1, 0), b"ZeroDivisionError"),
        ("no.such.module:f", (), b"ModuleNotFoundError"),
        ("operator:nothing", (), b"AttributeError"),
        ("builtins:object", (), b"TypeError"),
        ("builtins:str", (b"\xff", "utf-8", "surrogateescape"), b"could not be read"),
    ],
)
def test_whatever_goes_wrong_is_a_sentence(target: str, arguments: tuple[object, ...], sentence: bytes) -> None:
    said = answer(target, arguments)[LENGTH.size :]
    assert said[:1] == b"\x00"
    assert sentence in said


def test_nothing_that_could_be_run_is_ever_answered() -> None:
    assert answer("builtins:list", ((1, "two", None),))[LENGTH.size :] == b"\x01" + orjson.dumps([1, "two", None])
    assert answer("builtins:eval", ("lambda: 0",))[LENGTH.size :][:1] == b"\x00"


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["href", "rel", "name", "value", "url"]), inner)
    ),
    max_leaves=6,
)
_KEYS = st.sampled_from(
    [
        "id",
        "link",
        "links",
        "title_detail",
        "content",
        "summary_detail",
        "authors",
        "tags",
        "media_content",
        "image",
        "published",
    ]
)


@given(st.dictionaries(_KEYS, _ODD))
def test_whatever_feedparser_gives_becomes_an_entry(given_entry: dict[str, object]) -> None:
    entry = entry_of(given_entry)
    assert isinstance(entry.link, str)
    assert all(isinstance(name, str) for name in entry.authors)
