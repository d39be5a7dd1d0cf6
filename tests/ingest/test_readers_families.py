"""Families are known by sight, and their stories by address."""

import io
import pickle

import pytest

from feedsvc.errors import ReadError
from feedsvc.ingest.readers import child
from feedsvc.ingest.readers.clusters import cluster
from feedsvc.ingest.readers.dom import parse, words
from feedsvc.ingest.readers.families import FAMILIES, GENERIC, VSB, WEBPLUS, recognise, story_parts
from feedsvc.ingest.readers.wire import LENGTH
from feedsvc.model.newsroom import Source, SourceKind
from tests.ingest.pages import page


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("vsb_list.htm", VSB),
        ("vsb_article.htm", VSB),
        ("webplus_list.htm", WEBPLUS),
        ("webplus_article.htm", WEBPLUS),
        ("plain_list.htm", GENERIC),
    ],
)
def test_a_page_shows_its_family_and_a_preset_overrides_it(name: str, family: object) -> None:
    seen = parse(page(name), "", "https://x.example/")
    assert recognise(seen, Source("s", SourceKind.PAGE, "u")) is family
    for preset, chosen in FAMILIES.items():
        assert recognise(seen, Source("s", SourceKind.PAGE, "u", preset=preset)) is chosen


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://x/info/1023/1983.htm", ("vsb:1983", "1023")),
        ("http://x/info/1178/1983.htm#a", ("vsb:1983", "1178")),
        ("http://x/2020/0606/c1234a41983/page.htm", ("a41983", "1234")),
        ("http://x/2020/0606/c1234a41983/page.psp?x=1", ("a41983", "1234")),
        ("http://x/info/1023/list.htm", (None, None)),
        ("http://x/info/1023.htm", (None, None)),
        ("http://x/", (None, None)),
    ],
)
def test_the_cms_id_stands_in_the_address(url: str, parts: tuple[str | None, str | None]) -> None:
    assert story_parts(GENERIC, url) == parts


def test_one_familys_address_means_nothing_to_another() -> None:
    assert story_parts(WEBPLUS, "http://x/info/1023/1983.htm") == (None, None)


def test_the_main_list_is_neither_menu_nor_footer() -> None:
    menu = "".join(f"<li><a href=/m{n}>A menu entry of some length {n}</a></li>" for n in range(12))
    news = "".join(
        f"<tr><td><a href=/n{n}>A story of this very week {n}</a></td><td>2020-06-0{n}</td></tr>" for n in range(1, 5)
    )
    links = "".join(f"<p><a href=https://y{n}.example/>A friendly institute number {n}</a></p>" for n in range(12))
    html = f"<ul class=menu>{menu}</ul><table>{news}</table><div class=footer>{links}</div>"
    rows = cluster(parse(html.encode(), "", "https://x.example/"))
    assert [row.tag for row in rows] == ["tr"] * 4
    assert words(rows[0]).startswith("A story of this very week 1")


@pytest.mark.parametrize(
    "html",
    [
        "<p>No links",
        "<a href=/1>A single link of some length</a>",
        "<a href=/1>a</a>" * 9,
        "<a href='#x'>Only anchors here, really</a>" * 5,
    ],
)
def test_where_no_list_is_none_is_found(html: str) -> None:
    assert cluster(parse(html.encode(), "", "https://x.example/")) == []


def ask(*calls: tuple[str, tuple[object, ...]]) -> list[tuple[bool, object]]:
    messages = [pickle.dumps(call) for call in calls]
    answers = io.BytesIO()
    child.serve(io.BytesIO(b"".join(LENGTH.pack(len(message)) + message for message in messages)), answers)
    raw, found = answers.getvalue(), []
    while raw:
        (length,) = LENGTH.unpack(raw[: LENGTH.size])
        found.append(pickle.loads(raw[LENGTH.size : LENGTH.size + length]))
        raw = raw[LENGTH.size + length :]
    return found


def test_the_child_answers_in_turn_until_its_input_ends() -> None:
    assert ask(("operator:add", (1, 2)), ("operator:mul", (3, 4))) == [(True, 3), (True, 12)]
    assert ask() == []


def test_the_childs_errors_travel() -> None:
    (worked, error), (fine, _) = ask(("operator:truediv", (1, 0)), ("operator:add", (1, 2)))
    assert (worked, fine) == (False, True)
    assert isinstance(error, ReadError)
    assert "ZeroDivisionError" in str(error)
