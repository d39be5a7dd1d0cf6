"""The shapes of addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text.shapes import shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/info/1023/7.htm", "https://x.example/info/1178/1234.htm"),
        ("https://x.example/2020/0606/c11a99/page.htm", "https://x.example/2019/1224/c9a1/page.htm"),
        ("https://x.example/news/bees-and-honey/", "https://x.example/news/a-bridge-of-paper"),
        ("https://x.example/show.asp?id=3&c=1", "https://x.example/show.asp?c=2&id=88"),
        ("https://x.example/2020/06/07/one.html", "https://x.example/2021/11/30/another.html"),
    ],
)
def test_stories_of_one_site_have_one_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/news/bees", "https://x.example/about/bees"),
        ("https://x.example/news/bees", "https://y.example/news/bees"),
        ("https://x.example/news/bees", "https://x.example/news/2020/bees"),
        ("https://x.example/info/1/2.htm", "https://x.example/files/1/2.pdf"),
        ("https://x.example/show?id=1", "https://x.example/show?page=1"),
    ],
)
def test_other_pages_have_others(one: str, other: str) -> None:
    assert shape(one) != shape(other)


@given(st.text())
def test_nothing_breaks_it(text: str) -> None:
    assert isinstance(shape(text), str)
