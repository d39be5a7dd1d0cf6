"""Lists found by themselves: on pages of many makes, and pinned as rules that read them again."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.dom import parse
from feedsvc.ingest.readers.families import GENERIC
from feedsvc.ingest.readers.listing.detection import detect
from feedsvc.ingest.readers.listing.lists import read_list
from feedsvc.model.newsroom import Source, SourceKind
from tests.ingest.list_pages import SHAPES
from tests.ingest.list_shapes import Row, Shape

SHANGHAI = ZoneInfo("Asia/Shanghai")
SOURCE = Source("s", SourceKind.PAGE, "https://news.lake.example/news/", preset="auto", timezone="Asia/Shanghai")


def name_of(shape: Shape) -> str:
    return shape.name


def day_of(row: Row) -> datetime:
    return datetime(row.day.year, row.day.month, row.day.day, tzinfo=SHANGHAI)


@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
def test_the_list_of_news_is_found_with_its_titles_and_dates(shape: Shape) -> None:
    found = read_list(shape.html.encode(), "text/html; charset=utf-8", shape.url, SOURCE).items
    assert [(item.url, item.title) for item in found] == [(urljoin(shape.url, r.path), r.title) for r in shape.rows]
    days = [item.date.astimezone(SHANGHAI).date() if item.date else None for item in found]
    assert days == [day_of(row).date() if shape.dated else None for row in shape.rows]


@pytest.mark.parametrize("shape", SHAPES, ids=name_of)
def test_what_is_found_is_pinned_and_read_again(shape: Shape) -> None:
    page = parse(shape.html.encode(), "text/html; charset=utf-8", shape.url)
    best = next(detect(page, GENERIC, SHANGHAI))
    pinned = replace(SOURCE, preset="generic", list_rules=best.rules.written())
    assert {"item", "link", "min_items"} <= set(pinned.list_rules)
    again = read_list(shape.html.encode(), "text/html; charset=utf-8", shape.url, pinned)
    assert again.items == best.items
    assert again.next_url == (None if shape.url.endswith("example/") else "https://news.lake.example/news/?page=2")


def test_a_page_that_was_rebuilt_is_an_error_and_no_other_list_takes_its_place() -> None:
    old, new = SHAPES[0], next(shape for shape in SHAPES if shape.name == "WordPress")
    best = next(detect(parse(old.html.encode(), "", old.url), GENERIC, SHANGHAI))
    pinned = replace(SOURCE, preset="generic", list_rules=best.rules.written())
    with pytest.raises(ReadError, match=r"rebuilt.*source add"):
        read_list(new.html.encode(), "text/html; charset=utf-8", new.url, pinned)
