"""The pattern of a source's writers is checked when the file is read."""

import pytest

from feedsvc.errors import NewsroomError
from feedsvc.newsroom.read import parse

FILE = """\
[[category]]
slug = "news"
title = "News"
[[source]]
slug = "s"
kind = "page"
url = "https://en.usst.edu.cn/News_Events.htm"
categories = ["news"]
[source.article]
byline = '{}'
"""


def test_a_pattern_with_names_is_kept() -> None:
    pattern = "Words: (?P<names>[^|]+)"
    assert parse(FILE.format(pattern), "n.toml").sources[0].article_rules == {"byline": pattern}


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("Words: (", "not a regular expression"),
        ("Words: (.+)", "no group that is called names"),
        ("(?P<names>" + "a" * 300 + ")", "more than 300 characters"),
    ],
)
def test_a_pattern_that_cannot_serve_is_refused(pattern: str, fault: str) -> None:
    with pytest.raises(NewsroomError, match=fault):
        parse(FILE.format(pattern), "n.toml")
