"""Lists on pages of tables without any class or id: found, told from the menus beside them, pinned and read again."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement

from feedsvc.errors import ReadError
from feedsvc.ingest.check import check
from feedsvc.ingest.readers.dates import Moment
from feedsvc.ingest.readers.dom import Page, parse, select
from feedsvc.ingest.readers.families import GENERIC
from feedsvc.ingest.readers.listing import itemdates
from feedsvc.ingest.readers.listing.blocks import parted
from feedsvc.ingest.readers.listing.clusters import groups
from feedsvc.ingest.readers.listing.detection import detect
from feedsvc.ingest.readers.listing.lists import read_list
from feedsvc.ingest.readers.listing.selectors import by_place
from feedsvc.model.discovery import Method
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.model.reading import ListItem
from tests.fakes.news_site import NewsSite
from tests.ingest.list_shapes import CHINESE, ENGLISH, Row, Shape, rows
from tests.ingest.list_tables import SIDE, SIDE_ENGLISH, SPACER, here, layout, side, table
from tests.ingest.list_tables_mixed import MIXED_TABLES
from tests.ingest.looking import Looking, kit, look, proposed, upstream
from tests.ingest.test_list_detection import SHANGHAI, SOURCE, day_of, name_of

__all__ = ["kit", "upstream"]

HTML = "text/html; charset=utf-8"
Told = list[tuple[str, str, date | None]]


def told(items: tuple[ListItem, ...]) -> Told:
    return [(one.url, one.title, one.date.astimezone(SHANGHAI).date() if one.date else None) for one in items]


def wanted(found: tuple[Row, ...], url: str, *, dated: bool = True) -> Told:
    return [(urljoin(url, r.path), r.title, day_of(r).date() if dated else None) for r in found]


def page(html: str) -> Page:
    return parse(f"<html><body>{html}</body></html>".encode(), HTML, "https://x.example/news/")


@pytest.mark.parametrize("shape", MIXED_TABLES, ids=name_of)
def test_the_stories_are_found_and_nothing_else(shape: Shape) -> None:
    found = read_list(shape.html.encode(), HTML, shape.url, SOURCE).items
    assert told(found) == wanted(shape.rows, shape.url, dated=shape.dated)


@pytest.mark.parametrize("shape", MIXED_TABLES, ids=name_of)
def test_what_is_found_is_pinned_and_read_again(shape: Shape) -> None:
    best = next(detect(parse(shape.html.encode(), HTML, shape.url), GENERIC, SHANGHAI))
    pinned = replace(SOURCE, preset="generic", list_rules=best.rules.written())
    assert pinned.list_rules["item"]
    again = read_list(shape.html.encode(), HTML, shape.url, pinned)
    assert told(again.items) == wanted(shape.rows, shape.url, dated=shape.dated)
    assert again.next_url == read_list(shape.html.encode(), HTML, shape.url, SOURCE).next_url
    assert (again.next_url is None) is ("下一页" not in shape.html)


@pytest.mark.parametrize("encoding", ["gb2312", "gb18030"])
def test_pages_of_that_time_are_written_in_gb2312(encoding: str) -> None:
    shape = MIXED_TABLES[0]
    body = shape.html.replace("<head>", '<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">')
    found = read_list(body.encode(encoding), "text/html", shape.url, SOURCE).items
    assert told(found) == wanted(shape.rows, shape.url)


def test_the_block_beside_the_first_is_a_list_of_its_own() -> None:
    shape = next(one for one in MIXED_TABLES if one.name == "two blocks of news side by side")
    first, second = list(detect(parse(shape.html.encode(), HTML, shape.url), GENERIC, SHANGHAI))[:2]
    assert [item.title for item in second.items] == [f"关于第{n}批项目申报的通知公告" for n in range(1, 6)]
    assert not {item.url for item in first.items} & {item.url for item in second.items}


def test_menus_alone_are_no_list() -> None:
    with pytest.raises(ReadError, match="no list of articles was found"):
        read_list(layout(side(), here()).encode(), HTML, SOURCE.url, SOURCE)


def _line(form: str, found: Row) -> str:
    link = f'<a href="{found.path}">{found.title}</a>'
    forms = {
        "own cell": f"<tr><td>·</td><td>{link}</td><td>{found.day}</td></tr>",
        "first cell": f"<tr><td>[{found.day:%Y.%m.%d}]</td><td>{link}</td></tr>",
        "after": f"<tr><td><img src=d.gif></td><td>{link} ({found.day:%Y/%m/%d})</td></tr>",
        "font": f"<tr><td><font size=2>{link}</font></td><td><font>{found.day:%Y年%m月%d日}</font></td></tr>",
        "row below": f"<tr><td>{link}</td></tr><tr><td align=right>{found.day}</td></tr>",
        "break": f"{link} {found.day}<br>",
    }
    return forms[form]


BOTH = ((CHINESE, SIDE), (ENGLISH, SIDE_ENGLISH))


@st.composite
def pages(draw: st.DrawFn, written: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]) -> tuple[str, tuple[Row, ...]]:
    """A page of tables and the stories on it; `written`: titles and names of a menu."""
    titles, names = draw(st.sampled_from(written))
    found = rows(titles[: draw(st.integers(3, 8))], "/show.asp?id={number}")
    form = draw(st.sampled_from(["own cell", "first cell", "after", "font", "row below", "break"]))
    spacer = SPACER if form != "break" and draw(st.booleans()) else ""
    lines = "".join(_line(form, row) + spacer for row in found)
    news = lines if form == "break" else table(lines)
    for _ in range(draw(st.integers(0, 2))):
        news = table(f"<tr><td>{news}</td></tr>")
    menu = side(names[: draw(st.integers(1, 8))], "/show.asp?id={number}")
    cells = [menu, here() + news if draw(st.booleans()) else news]
    return layout(*(cells if draw(st.booleans()) else reversed(cells))), found


@settings(max_examples=60, deadline=None)
@given(pages(BOTH))
def test_whatever_stands_around_them_dated_stories_are_the_list(made: tuple[str, tuple[Row, ...]]) -> None:
    html, found = made
    assert told(read_list(html.encode(), HTML, SOURCE.url, SOURCE).items) == wanted(found, SOURCE.url)


@settings(max_examples=30, deadline=None)
@given(pages(((CHINESE, SIDE),)))
def test_without_dates_the_titles_tell_the_list_from_the_menu(made: tuple[str, tuple[Row, ...]]) -> None:
    html, found = made
    bare = re.sub(r"[\[(]?2020[-./年]\d\d[-./月]\d\d日?[)\]]?", "", html)
    assert told(read_list(bare.encode(), HTML, SOURCE.url, SOURCE).items) == wanted(found, SOURCE.url, dated=False)


async def test_source_add_proposes_such_a_list(kit: Looking, upstream: NewsSite) -> None:
    shape = MIXED_TABLES[0]
    upstream.put("/news/", shape.html)
    chosen = proposed(await look(kit, upstream, "/news/"))
    assert (chosen.method, chosen.stories, chosen.dated) == (Method.LIST, 8, 8)
    source = Source(
        "s", SourceKind.PAGE, chosen.url, preset=chosen.preset, list_rules=dict(chosen.rules), allow_private=True
    )
    # A page without any of its stories is a fault, never "no news".
    upstream.put("/news/", layout(side(), here() + table(SPACER)))
    report = await check(kit.fetcher, kit.reader, source, 1)
    assert (report.listed, len(report.problems)) == (0, 1)


def parts(html: str) -> list[list[str]]:
    """The links of a page of one frame, as they are parted."""
    links: dict[str, list[HtmlElement]] = {}
    for link in select(page(html).root, "a"):
        links.setdefault(link.get("href") or "", []).append(link)
    return [list(found) for found in parted(links, SHANGHAI)]


def cell(*links: int, title: str = "A story with a telling title") -> str:
    return "".join(f"<p><a href=/{n}>{title} {n}</a></p>" for n in links)


def test_cells_of_a_layout_are_parted_and_cells_of_a_grid_are_not() -> None:
    assert parts(f"<table><tr><td>{cell(1, 2, 3)}</td><td>{cell(4, 5, 6)}</td></tr></table>") == [
        ["/1", "/2", "/3"],
        ["/4", "/5", "/6"],
    ]
    grid = "".join(f"<tr><td>{cell(n)}</td><td>{cell(n + 1)}</td></tr>" for n in (1, 3, 5))
    assert parts(f"<table>{grid}</table>") == [["/1", "/2", "/3", "/4", "/5", "/6"]]


def test_blocks_are_parted_by_dates_and_by_names() -> None:
    news = "".join(f"<p><a href=/{n}>A story with a telling title {n}</a> 2020-06-0{n}</p>" for n in (1, 2, 3))
    names = cell(7, 8, 9, title="Name")
    assert parts(f"<div>{news}</div><div>{cell(4, 5, 6)}</div>") == [["/1", "/2", "/3"], ["/4", "/5", "/6"]]
    assert parts(f"<div>{cell(4, 5, 6)}</div><div>{names}</div>") == [["/4", "/5", "/6"], ["/7", "/8", "/9"]]
    # Blocks alike are one list, and too few links to judge by are no list of their own.
    assert len(parts(f"<div>{cell(1, 2, 3)}</div><div>{cell(4, 5, 6)}</div>")) == 1
    assert len(parts(f"<div>{cell(1, 2, 3)}</div><div>{cell(4, 5, 6)}</div><div>{cell(7, 8, title='Name')}</div>")) == 1


def test_a_link_with_words_stands_for_its_address() -> None:
    at = page("<p><a href=/1><img src=x></a></p><p><a href=/1>Words</a></p>")
    links = select(at.root, "a")
    assert next(parted({"/1": links}, SHANGHAI)) == {"/1": links[1]}


def test_places_tell_what_no_name_tells() -> None:
    at = page("<table><tr><td><p>a</p></td><td><p>b</p><p>c</p></td></tr></table>")
    found = select(at.root, "p")[1:]
    assert next(by_place(found)) == "td:nth-of-type(2) > p"
    assert all(select(at.root, one) == found for one in by_place(found))


@pytest.mark.parametrize(
    ("day", "path", "whole"),
    [
        ("06-06", "/n/20200606/1.htm", date(2020, 6, 6)),
        ("06-05", "/n/20200606/1.htm", None),
        ("06-06", "/n/1.htm", None),
        ("06-06", "/n/2019/1.htm", date(2019, 6, 6)),
    ],
)
def test_an_address_tells_the_year_of_a_day_only_where_it_tells_the_same_day(
    day: str, path: str, whole: date | None
) -> None:
    body = f"<ul><li><a href={path}>A story with a telling title</a><b>{day}</b></li></ul>".encode()
    source = replace(SOURCE, preset="generic", list_rules={"item": "li"})
    assert [one[2] for one in told(read_list(body, HTML, SOURCE.url, source).items)] == [whole]


@pytest.mark.parametrize("word", ["更多>>", "下一页", "尾页", "[3]", "more", "Next »", ">>", "« Previous", "首 页"])
def test_the_way_to_other_pages_is_no_story(word: str) -> None:
    source = replace(SOURCE, preset="generic", list_rules={"item": "a"})
    story = "<a href=/2>More students than ever</a>"
    assert [
        one.title for one in read_list(f"<p><a href=/1>{word}</a>{story}</p>".encode(), HTML, SOURCE.url, source).items
    ] == ["More students than ever"]


def test_names_as_most_of_the_titles_make_a_menu_unless_they_bear_dates() -> None:
    def worth(names: int, day: str = "") -> float:
        """What three telling titles are worth, of stories on a page by themselves, among so many names."""
        titles = [f"A story with a telling title {n}" for n in range(3)] + [f"Name {n}" for n in range(names)]
        items = "".join(f"<li><a href=/{n}>{title}</a> {day}</li>" for n, title in enumerate(titles))
        return groups(page(f"<ul>{items}</ul>"), SHANGHAI)[0].worth

    assert worth(0) == worth(3) > worth(4) > worth(5)
    assert worth(0, "2020-06-06") == worth(9, "2020-06-06")


def beside_links(html: str) -> list[str]:
    """The days of the links of a page by themselves, "" where one has none."""
    links = select(page(html).root, "a")
    days = itemdates.of_rows(links, [""] * len(links), SHANGHAI)
    return [f"{day.instant.astimezone(SHANGHAI):%m-%d}" if isinstance(day, Moment) else "" for day in days]


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        ("<a>A</a> 2020-06-06<br><a>B</a> 2020-06-05<br><a>C</a>", ["06-06", "06-05", ""]),
        ("<a>A</a><br>2020-06-06 <a>B</a><br>2020-06-05 <a>C</a>", ["", "06-06", "06-05"]),
        ("2020-06-06 <a>A</a><br><a>B</a><br>2020-06-05 <a>C</a>", ["06-06", "", "06-05"]),
        ("<a>A</a> [2020-06-06]<br><a>B</a> (2020/06/05)<br>", ["06-06", "06-05"]),
        ("<a>A</a><br>2020-06-06<br><br><a>B</a><br>2020-06-05", ["06-06", "06-05"]),
        ("<font>2020-06-06</font> - <a>A</a><br><font>2020-06-05</font> - <a>B</a>", ["06-06", "06-05"]),
        ("<a>A</a> 2020-06-0612<br><a>B</a> 12<br>", ["", ""]),
    ],
)
def test_a_date_in_the_line_of_a_link_is_its_own_and_no_others(lines: str, days: list[str]) -> None:
    assert beside_links(f"<td>{lines}</td>") == days


def test_what_holds_the_title_is_no_rule_for_the_date() -> None:
    def lines(*texts: str) -> str:
        """A list of one story a text."""
        return f"<ul>{''.join(f'<li><p><a href=/{n}.htm>{text}</p></li>' for n, text in enumerate(texts))}</ul>"

    story = "A story with a telling title</a> 2020-06-06"
    titles = [f"{n} {story}" for n in range(4)]
    best = next(detect(page(lines(*titles)), GENERIC, SHANGHAI))
    assert (best.rules.date, [one[2] for one in told(best.items)]) == ("", [date(2020, 6, 6)] * 4)
    pinned = replace(SOURCE, preset="generic", list_rules=best.rules.written())
    later = lines("Notes of the meeting on June 1, 2020</a>", *titles).encode()
    assert [one[2] for one in told(read_list(later, HTML, SOURCE.url, pinned).items)][:2] == [None, date(2020, 6, 6)]


def test_what_holds_the_rows_is_never_named_with_them() -> None:
    shape = next(one for one in MIXED_TABLES if one.name == "two blocks of news side by side")
    at = parse(shape.html.encode(), HTML, shape.url)
    for found in detect(at, GENERIC, SHANGHAI):
        named = set(select(at.root, found.rules.item))
        assert not any(up in named for row in named for up in row.iterancestors())
