"""`source`: list, check, poll, pause, resume."""

import pytest

from feedsvc.cli import exits
from tests.cli.desk import Desk

NONE_YET = "No sources yet. `feedsvc source add URL` adds one, `feedsvc apply FILE` a whole newsroom.\n"
NOBODY = "http://127.0.0.1:9/feed.xml"


def broken(desk: Desk) -> None:
    """Give the newsroom a source that nobody answers for."""
    room = f'[[source]]\nslug = "gone"\nkind = "feed"\nurl = "{NOBODY}"\ncategories = ["news"]\nallow_private = true\n'
    desk.ok("apply", desk.write("gone.toml", room))


def test_an_empty_newsroom_says_how_to_fill_it(desk: Desk) -> None:
    for words in (["list"], ["poll", "--all"]):
        said = desk.ok("source", *words)
        assert (said.out, said.err) == (NONE_YET, "")
    assert desk.ok("source", "list", "--json").json == []
    assert desk.ok("source", "poll", "--all", "--json").json == []


def test_list_tells_how_each_is_doing(full: Desk) -> None:
    lines = full.ok("source", "list").out.splitlines()
    assert lines[0].split() == ["source", "kind", "state", "answered", "next"]
    assert [line.split()[:3] for line in lines[1:]] == [
        ["usst-news", "page", "healthy"],
        ["usst-yaowen", "page", "healthy"],
        ["library", "feed", "healthy"],
        ["events", "sitemap", "healthy"],
    ]
    told = full.ok("source", "list", "--json").json
    assert [one["source"]["slug"] for one in told] == ["usst-news", "usst-yaowen", "library", "events"]
    assert told[0]["source"]["interval"] == 120.0


def test_a_source_that_fails_is_told_below_the_table(full: Desk) -> None:
    broken(full)
    said = full.run("source", "poll", "gone")
    assert said.code == exits.DATA
    assert said.out.splitlines()[1].split() == ["gone", "failed", "0", "0", "0", "0"]
    assert said.out.splitlines()[2].startswith("gone: ")
    assert full.ok("source", "list").out.splitlines()[-1].startswith("gone: http://127.0.0.1:9/")


def test_poll_reads_what_is_new_and_then_nothing(full: Desk) -> None:
    said = full.ok("source", "poll", "library", "--json")
    assert (said.err, [one["outcome"] for one in said.json]) == ("", ["unchanged"])
    lines = full.ok("source", "poll", "--all").out.splitlines()
    assert lines[0].split() == ["source", "outcome", "found", "new", "changed", "failed"]
    assert [line.split()[1] for line in lines[1:]] == ["unchanged"] * 4


def test_one_bad_source_does_not_keep_the_others_from_being_read(full: Desk) -> None:
    broken(full)
    said = full.run("source", "poll", "--all", "--json")
    assert said.code == exits.DATA
    assert [one["outcome"] for one in said.json] == ["unchanged"] * 4 + ["failed"]


def test_check_shows_and_stores_nothing(full: Desk) -> None:
    before = full.ok("source", "list", "--json").json
    said = full.ok("source", "check", "usst-news", "--limit", "2")
    first, header, *rows = said.out.splitlines()
    assert first.endswith("News_Events.htm: 6 stories, read as vsb, the first 2 below")
    assert header.split() == ["date", "title", "writers", "categories", "words"]
    assert len(rows) == 2
    assert full.ok("source", "list", "--json").json == before


def test_check_as_json(full: Desk) -> None:
    told = full.ok("source", "check", "usst-yaowen", "--json").json
    assert told["preset"] == "webplus"
    assert all(item["title"] and not item["problem"] for item in told["items"])
    broken(full)
    said = full.run("source", "check", "gone", "--json")
    assert said.code == exits.DATA
    assert said.json["items"] == []
    assert said.json["problems"]


def test_pause_and_resume(full: Desk) -> None:
    said = full.ok("source", "pause", "library")
    assert said.out == "library is paused. `feedsvc source resume library` lets it go on.\n"
    assert [one["status"] for one in full.ok("source", "list", "--json").json][2] == "paused"
    assert full.ok("source", "resume", "library").out == "library is polled again.\n"
    assert [one["status"] for one in full.ok("source", "list", "--json").json][2] == "healthy"


@pytest.mark.parametrize("verb", ["check", "poll", "pause", "resume"])
def test_an_unknown_source_gets_the_nearest_name(full: Desk, verb: str) -> None:
    said = full.run("source", verb, "usst-new")
    assert (said.code, said.sentence) == (exits.NO_INPUT, "There is no source 'usst-new'. Did you mean 'usst-news'?")


def test_stories_that_another_source_brought_are_told(full: Desk) -> None:
    known = {one["source"]["slug"]: one["source"]["url"] for one in full.ok("source", "list", "--json").json}
    room = f'[[source]]\nslug = "copy"\nkind = "feed"\nurl = "{known["library"]}"\ncategories = ["news"]\nallow_private = true\n'
    full.ok("apply", full.write("copy.toml", room))
    said = full.ok("source", "poll", "copy")
    found, new = said.out.splitlines()[1].split()[2:4]
    assert int(found) > 0 == int(new)
    assert said.out.splitlines()[2] == f"copy: {found} of them were known already, from another source or address."
