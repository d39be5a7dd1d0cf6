"""List pages of both families and of none."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.listing.lists import NO_LIST, read_list
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListPage
from tests.ingest.pages import page

SHANGHAI = ZoneInfo("Asia/Shanghai")
VSB = "http://en.lake.example/News.htm"
WEBPLUS = "http://news.lake.example/yw/list.htm"
PLAIN = "https://inst.example/news"


def source(preset: str = "auto", **rules: Any) -> Source:
    return Source("s", SourceKind.PAGE, "http://x.example", preset=preset, timezone="Asia/Shanghai", list_rules=rules)


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=SHANGHAI).astimezone(UTC)


def vsb(**rules: Any) -> ListPage:
    return read_list(page("vsb_list.htm"), "text/html", VSB, source(**rules))


def test_vsb_items_stand_in_page_order_with_whole_titles_and_real_dates() -> None:
    assert [(item.url, item.title, item.date) for item in vsb().items] == [
        ("http://en.lake.example/info/1023/204.htm", "The library stays open", day(2020, 5, 2)),
        (
            "http://en.lake.example/info/1023/210.htm",
            "A very long title that the list page cuts short in the middle of it",
            day(2020, 6, 9),
        ),
        ("http://en.lake.example/info/1178/211.htm", "2020 Spring term ends", day(2020, 6, 8)),
        ("http://en.lake.example/files/report.pdf", "Annual report 2019", day(2020, 6, 7)),
        ("https://mp.weixin.example/s/abc?utm_source=x", "A story elsewhere", day(2020, 6, 6)),
        ("http://en.lake.example/info/1023/207.htm", "Written in early June", day(2020, 6, 5)),
        ("http://en.lake.example/info/1023/206.htm", "Research Match-making Meeting", None),
        ("http://en.lake.example/info/1023/199.htm", "An older story of May", day(2020, 5, 30)),
    ]


def test_vsb_ids_next_and_preset() -> None:
    found = vsb()
    assert found.preset == "vsb"
    assert found.next_url == "http://en.lake.example/News/4.htm"
    ids = {item.url.rsplit("/", 1)[1]: item.upstream_id for item in found.items}
    assert ids["211.htm"] == "vsb:211"
    assert ids["report.pdf"] is None
    assert all(item.date_is_date for item in found.items)


def test_webplus_in_gb18030_that_calls_itself_gb2312() -> None:
    body = page("webplus_list.htm", "gb18030")
    for content_type in ("text/html", "text/html; charset=gb2312"):
        found = read_list(body, content_type, WEBPLUS, source())
        assert found.preset == "webplus"
        assert [(item.title, item.date, item.upstream_id) for item in found.items] == [
            ("图书馆延长开放时间", day(2020, 5, 30), "a97"),
            ("副校长张镕喆一行赴企业调研并签署全面战略合作协议", day(2020, 6, 6), "a99"),
            ("工作计划", day(2020, 6, 5), None),
        ]


def test_a_scripted_next_leads_nowhere() -> None:
    assert read_list(page("webplus_list.htm"), "", WEBPLUS, source()).next_url is None


def test_a_page_of_no_family() -> None:
    found = read_list(page("plain_list.htm"), "text/html", PLAIN, source())
    assert found.preset == "generic"
    assert [(item.url, item.title) for item in found.items][:3] == [
        ("https://inst.example/base/one", "First story of the summer"),
        ("https://inst.example/base/two", "Second story of the summer"),
        ("https://inst.example/2020/06/07/three.html", "Third story of the summer"),
    ]
    assert found.items[0].date == datetime(2020, 6, 9, 8, tzinfo=UTC)
    assert not found.items[0].date_is_date
    assert found.items[2].date == day(2020, 6, 7)
    assert found.next_url == "https://inst.example/base/?page=2"


def test_rules_rule() -> None:
    rules = {"item": "article.card", "title": "h3", "date": "time", "exclude": ".ad", "next": "footer a"}
    found = read_list(page("plain_list.htm"), "", PLAIN, source("generic", **rules))
    assert [item.title for item in found.items] == [
        "First story of the summer",
        "Second story of the summer",
        "Third story of the summer",
    ]
    assert found.next_url == "https://inst.example/imprint"


def test_rules_also_bend_a_family() -> None:
    found = vsb(exclude="#line_u8_0", next="a.nothing")
    assert found.items[0].title.startswith("A very long title")
    assert found.next_url is None


def test_items_may_be_the_links_themselves() -> None:
    body = b"<p class=l><a href=/1>One</a> <a href=/2>Two</a></p>"
    assert len(read_list(body, "", PLAIN, source(item="p.l a")).items) == 2


@pytest.mark.parametrize("name", ["item", "link", "title", "date", "next", "exclude"])
def test_a_bad_selector_is_named(name: str) -> None:
    with pytest.raises(ReadError, match=rf"list\.{name}"):
        vsb(**{name: "li[["})


@pytest.mark.parametrize(
    "body",
    [
        b"<h1>503 Service Unavailable</h1>",
        b"<html><body><p>Database error</p><a href=/>Home</a></body></html>",
        b"plain words",
        b"<a href=/1>Alone on this whole page</a>",
        b"{}",
    ],
)
def test_a_page_without_a_list_says_so(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_list(body, "text/html", PLAIN, source())
    assert str(caught.value) == NO_LIST


def test_the_sentence_names_a_feed_that_the_page_names() -> None:
    body = b'<link rel=alternate type="application/rss+xml" href="/feed.xml"><p>Nothing here'
    with pytest.raises(ReadError, match=r"this feed: https://inst\.example/feed\.xml"):
        read_list(body, "", PLAIN, source())


@pytest.mark.parametrize("body", [b"", b"  \n "])
def test_an_empty_page_says_so(body: bytes) -> None:
    with pytest.raises(ReadError, match="nothing on it"):
        read_list(body, "", PLAIN, source())


def test_a_login_page_is_called_one() -> None:
    with pytest.raises(ReadError, match="login"):
        read_list(b"<form><input name=u><input type=PASSWORD name=p></form>", "", PLAIN, source())


def test_too_few_items_are_no_list() -> None:
    with pytest.raises(ReadError, match="holds 8 articles where at least 20"):
        vsb(min_items=20)


@pytest.mark.parametrize(
    ("rows", "dates"),
    [
        (["2021-01-03", "12-30", "2020-12-28"], [day(2021, 1, 3), day(2020, 12, 30), day(2020, 12, 28)]),
        (["2020-06-09", "06-08", "2020-06-07"], [day(2020, 6, 9), day(2020, 6, 8), day(2020, 6, 7)]),
        (["06-09", "06-08", "06-07"], [None, None, None]),
        (["2020-06-09", "06-08", "06-07"], [day(2020, 6, 9), None, None]),
        (["2020-06-09", "02-30", "2020-01-07"], [day(2020, 6, 9), None, day(2020, 1, 7)]),
        (["2020-06-09", "13-45", "03/04/2020"], [day(2020, 6, 9), None, None]),
    ],
)
def test_a_year_comes_from_the_neighbours_or_not_at_all(rows: list[str], dates: list[datetime | None]) -> None:
    items = "".join(f"<li><a href=/{n}>Story number {n}</a><b>{text}</b></li>" for n, text in enumerate(rows))
    found = read_list(f"<ul id=l>{items}</ul>".encode(), "", PLAIN, source(item="#l li"))
    assert [item.date for item in found.items] == dates


def test_day_and_month_in_separate_boxes() -> None:
    body = b"<ul><li class=n><a href=/1>A story with a boxed date</a><div><b>06</b><i>2020-06</i></div></li></ul>"
    assert read_list(body, "", PLAIN, source(item="li.n")).items[0].date == day(2020, 6, 6)


def test_a_deep_page_is_read_or_refused_but_never_fatal() -> None:
    body = b"<div>" * 20_000 + b"<a href=/1>Deep down</a>"
    with pytest.raises(ReadError):
        read_list(body, "", PLAIN, source())


def test_a_table_in_a_table_of_webplus() -> None:
    rows = "".join(
        f'<tr><td><table><tr><td><a href="/2020/06{n:02}/c1a{n}/page.htm" title="工作会议之{n}">工作会议</a></td>'
        f"<td><div>2020-06-{n:02}</div></td></tr></table></td></tr>"
        for n in range(9, 5, -1)
    )
    body = f'<div id="wp_news_w25"><table>{rows}</table></div>'.encode()
    assert [
        (item.title, item.date) for item in read_list(body, "text/html; charset=utf-8", WEBPLUS, source()).items
    ] == [(f"工作会议之{n}", day(2020, 6, n)) for n in range(9, 5, -1)]


@pytest.mark.parametrize("preset", ["vsb", "webplus"])
def test_a_chosen_preset_takes_no_other_list_for_its_own(preset: str) -> None:
    with pytest.raises(ReadError, match=f"its preset {preset}.*rebuilt"):
        read_list(page("plain_list.htm"), "text/html", PLAIN, source(preset))


def test_a_title_attribute_that_only_announces_the_title() -> None:
    items = "".join(
        f'<li><a href="/{n}" title="Permalink to Story of the bees, {n}"><i></i></a></li>' for n in range(3)
    )
    found = read_list(f"<ul>{items}</ul>".encode(), "", PLAIN, source())
    assert [item.title for item in found.items] == [f"Story of the bees, {n}" for n in range(3)]
