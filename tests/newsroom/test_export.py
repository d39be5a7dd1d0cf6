"""Export: what is written reads back to the same newsroom, whatever is in it."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.newsroom import Category, Newsroom
from feedsvc.newsroom.export import export, plain, value
from feedsvc.newsroom.read import parse
from tests.newsroom.rooms import newsrooms


@given(newsrooms())
def test_a_newsroom_reads_back_as_it_was(newsroom: Newsroom) -> None:
    assert parse(export(newsroom), "exported.toml") == newsroom


@given(newsrooms())
def test_the_text_depends_on_the_newsroom_alone(newsroom: Newsroom) -> None:
    assert export(parse(export(newsroom), "exported.toml")) == export(newsroom)


_plain_values = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(_plain_values)
def test_any_value_is_written_as_toml_reads_it(of: Any) -> None:
    assert tomllib.loads(f"key = {value(of)}")["key"] == of


def test_keys_with_their_default_are_left_out() -> None:
    text = export(Newsroom(categories=(Category("news", 'The "News"', description="\x7f"),)))
    assert text.endswith('\n[[category]]\nslug = "news"\ntitle = "The \\"News\\""\ndescription = "\\u007F"\n')


def test_plain_values_bear_the_names_of_the_file() -> None:
    newsroom = parse(
        '[[source]]\nslug = "s"\nkind = "feed"\nurl = "https://a.example.edu/"\n[source.list]\nitem = "li"\n', "n.toml"
    )
    shown = plain(newsroom.sources[0])
    assert shown["interval"] == "30m"
    assert shown["list"] == {"item": "li"}
    assert shown["kind"] == "feed"
    assert shown["categories"] == []
    assert "list_rules" not in shown
