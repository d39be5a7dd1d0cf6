"""`apply` and `export`: what they print, and that nothing happens twice or by halves."""

import pytest

from feedsvc.cli import exits
from tests.cli.desk import Desk

ROOM = """\
[[category]]
slug = "news"
title = "News [of the day]"

[[source]]
slug = "usst-news"
kind = "page"
url = "https://en.usst.edu.cn/News_Events.htm"
categories = ["news"]

[[list]]
slug = "alumni"
title = "Alumni"

[[digest]]
slug = "weekly"
title = "USST weekly"
schedule = "0 8 * * mon"
lists = ["alumni"]
"""


@pytest.fixture
def room(desk: Desk) -> str:
    return desk.write("newsroom.toml", ROOM)


def test_a_dry_run_shows_the_changes_and_makes_none(desk: Desk, room: str) -> None:
    said = desk.ok("apply", room, "--dry-run")
    assert said.out.splitlines() == [
        "+ category news",
        "+ source usst-news",
        "+ list alumni",
        "+ digest weekly",
        "4 changes, none made. Run it without --dry-run to make them.",
    ]
    assert "usst-news" not in desk.ok("export").out


def test_applying_twice_changes_nothing_and_says_so(desk: Desk, room: str) -> None:
    assert desk.ok("apply", room).out.endswith("4 changes made.\n")
    said = desk.ok("apply", room)
    assert (said.out, said.err) == ("Nothing to change: the newsroom is as the file says.\n", "")


def test_one_change_is_one_change(desk: Desk, room: str) -> None:
    desk.ok("apply", room)
    other = desk.write("other.toml", ROOM.replace('title = "Alumni"', 'title = "Old friends"'))
    assert desk.ok("apply", other).out == '~ list alumni: title "Alumni" -> "Old friends"\n1 change made.\n'


def test_prune_removes_what_the_file_does_not_name(desk: Desk, room: str) -> None:
    desk.ok("apply", room)
    short = desk.write("short.toml", ROOM.partition("[[list]]")[0])
    assert desk.ok("apply", short).out.startswith("Nothing to change")
    assert desk.ok("apply", short, "--prune").out.splitlines()[-1] == "2 changes made."


def test_the_changes_as_json(desk: Desk, room: str) -> None:
    told = desk.ok("apply", room, "--dry-run", "--json").json
    assert told["dry_run"] is True
    assert [change["slug"] for change in told["changes"]] == ["news", "usst-news", "alumni", "weekly"]


def test_an_export_applied_changes_nothing_here_and_makes_the_same_elsewhere(full: Desk, blank: Desk) -> None:
    exported = full.ok("export").out
    full.write("exported.toml", exported)
    assert full.ok("apply", "exported.toml", "--prune").out.startswith("Nothing to change")
    blank.ok("db", "migrate")
    blank.ok("apply", "exported.toml")
    assert blank.ok("export").out == exported
    assert "要闻" in exported


@pytest.mark.parametrize(
    ("wrong", "right", "line", "told"),
    [
        (
            "categorys",
            "categories",
            9,
            "[[source]] usst-news, categorys: there is no such key: did you mean categories?",
        ),
        ('["alumn"]', '["alumni"]', 19, "[[digest]] weekly, lists: there is no list 'alumn': did you mean 'alumni'?"),
        ('"8"', '"0 8 * * mon"', 18, "[[digest]] weekly, schedule: a schedule has five fields"),
    ],
)
def test_a_bad_file_names_file_line_and_key_and_changes_nothing(
    desk: Desk, wrong: str, right: str, line: int, told: str
) -> None:
    bad = desk.write("bad.toml", ROOM.replace(right, wrong, 1))
    said = desk.run("apply", bad)
    assert said.code == exits.DATA
    assert said.sentence.startswith(f"bad.toml, line {line}, {told}")
    assert "usst-news" not in desk.ok("export").out


def test_a_file_that_is_not_there(desk: Desk) -> None:
    said = desk.run("apply", "nope.toml")
    assert said.code == exits.NO_INPUT
    assert said.sentence == "There is no file nope.toml. Give the path of one that there is."
    assert desk.run("apply", ".").code == exits.DATA


def test_an_empty_newsroom_is_exported_as_a_file_that_says_what_it_is(desk: Desk) -> None:
    assert desk.ok("export").out.startswith("# A feedsvc newsroom")


def test_a_changed_rule_says_whom_it_moves(full: Desk) -> None:
    room = full.ok("export").out
    file = full.write("room.toml", room.replace('slug = "yaowen"\n', 'slug = "yaowen"\nkeywords = ["Qingpu"]\n', 1))
    told = full.ok("apply", file, "--dry-run")
    assert "yaowen: 1 article comes in\n  + USST Links Cooperation Agreement with Qingpu" in told.out
    assert full.ok("apply", file, "--dry-run", "--json").json["moves"][0]["come"] == 1
    assert "yaowen: 1 article comes in\n" in full.ok("apply", file).out
    assert full.ok("apply", file).out == "Nothing to change: the newsroom is as the file says.\n"
    back = full.ok("apply", full.write("old.toml", room)).out
    assert "yaowen: 1 article leaves\n  - USST Links" in back
