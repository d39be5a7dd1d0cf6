"""`source show`, the one line of trouble in `source list`, and `source poll --backfill`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.cli import exits
from feedsvc.cli.source_show import lasting, trend, troubles
from feedsvc.model.health import SourceHealth
from tests.cli.desk import Desk

NOW = datetime(2020, 6, 8, tzinfo=UTC)


def named(out: str) -> dict[str, str]:
    """The facts above the table, by their names."""
    lines = out.split("\n\n", maxsplit=1)[0].splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_show_tells_what_a_source_is_and_how_it_is_doing(full: Desk) -> None:
    said = full.ok("source", "show", "usst-news")
    facts = named(said.out)
    assert facts["source"].startswith("usst-news")
    assert facts["state"] == "healthy"
    assert facts["kind"].startswith("page, read as ")
    assert facts["address"].endswith("/News_Events.htm")
    assert facts["answered"].endswith(("just now", "ago"))
    assert facts["interval"].startswith("2 min (2 min while it brings news, up to ")
    assert facts["robots.txt"].startswith("allows this address (read ")
    header, newest, first = said.out.split("\n\n")[-2].splitlines()
    assert header.split() == ["poll", "outcome", "found", "new", "changed", "held", "failed"]
    assert "ok" in newest
    assert "ok" in first
    trends = said.out.split("\n\n")[-1].splitlines()
    assert [line.split(":")[0] for line in trends] == ["found", "new"]
    assert len(trends[1].split()[1]) == 2


def test_a_source_that_is_pushed_to_says_when_something_came(desk: Desk) -> None:
    desk.ok("apply", desk.write("newsroom.toml", '[[source]]\nslug = "cms"\nkind = "push"\n'))
    assert named(desk.ok("source", "show", "cms").out)["last push"] == "never"
    desk.ok("article", "new", "--title", "One", "--text", "Words.")
    assert named(desk.ok("source", "show", "cms").out)["last push"] == "just now"


def test_show_as_json(full: Desk) -> None:
    told = full.ok("source", "show", "usst-news", "--json").json
    assert (told["source"]["slug"], told["status"]) == ("usst-news", "healthy")
    assert len(told["polls"]) == 2
    assert told["polls"][0]["outcome"] == "ok"
    assert told["host"]["origin"].startswith("http://127.0.0.1:")
    assert (told["waits_until"], told["backfill"]) == (None, None)


def test_show_says_what_failed_and_that_a_pause_is_one(full: Desk) -> None:
    room = '[[source]]\nslug = "mute"\nkind = "feed"\nurl = "http://127.0.0.1:9/x"\ncategories = ["news"]\nallow_private = true\n'
    full.ok("apply", full.write("mute.toml", room))
    full.run("source", "poll", "mute")
    said = full.ok("source", "show", "mute")
    assert named(said.out)["state"] == "failing"
    assert "http://127.0.0.1:9/" in said.out.split("\n\n")[1]
    full.ok("source", "pause", "mute")
    assert full.ok("source", "list").out.splitlines()[5].split()[-1] == "never"
    assert named(full.ok("source", "show", "mute").out)["next"] == "never; `feedsvc source resume mute` polls it again"


def test_show_before_the_first_poll(desk: Desk) -> None:
    room = '[[source]]\nslug = "a"\nkind = "page"\nurl = "https://example.edu/"\n[source.list]\nitem = "li"\n'
    desk.ok("apply", desk.write("room.toml", room))
    said = desk.ok("source", "show", "a")
    facts = named(said.out)
    assert (facts["state"], facts["next"], facts["answered"]) == ("new", "at once", "-")
    assert facts["robots.txt"] == "not read yet"
    assert facts["rules"] == "list.item = 'li'"
    assert "poll " not in said.out


def test_an_unknown_source_gets_the_nearest_name(full: Desk) -> None:
    said = full.run("source", "show", "usst-new")
    assert (said.code, said.sentence) == (exits.NO_INPUT, "There is no source 'usst-new'. Did you mean 'usst-news'?")


def test_an_alarm_is_told_with_its_age() -> None:
    health = SourceHealth("usst", None, None, None, NOW, NOW, NOW, "It failed.", "fetch", 1)
    assert troubles(health, NOW) == ["It failed."]
    alarmed = SourceHealth(
        "usst", None, None, None, NOW, NOW, NOW, "", "", 0, "No dates.", "dates", NOW - timedelta(hours=5)
    )
    assert troubles(alarmed, NOW) == ["No dates. (since 5 h)"]
    both = replace(alarmed, alarm="A burst.\nNo dates.", alarm_code="burst dates", last_error="It failed.")
    assert troubles(both, NOW) == ["It failed.", "A burst.", "No dates. (since 5 h)"]
    assert troubles(SourceHealth("usst", None, None, None, NOW, NOW, NOW, "", "", 0), NOW) == []


@pytest.mark.parametrize(
    ("seconds", "told"), [(45, "45 s"), (600, "10 min"), (1980, "33 min"), (21_600, "6 h"), (259_200, "3 d")]
)
def test_spans(seconds: int, told: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == told


def test_trends() -> None:
    assert trend([0, 1, 4, 8]) == "▁▂▅█"
    assert trend([0, 0]) == "▁▁"
    assert trend([]) == ""


# ---------------------------------------------------------------- older pages


def test_backfill_reads_older_pages_and_then_nothing(full: Desk) -> None:
    said = full.ok("source", "poll", "usst-news", "--backfill")
    assert said.out.startswith("usst-news: ")
    assert said.out.splitlines()[-1] == "That was the last page."
    told = full.ok("source", "poll", "usst-news", "--backfill", "--json").json
    assert (told["new"], told["error"]) == (0, "")
    assert told["ended"] in ("last", "known")


def test_backfill_goes_on_where_it_was(full: Desk) -> None:
    said = full.ok("source", "poll", "usst-news", "--backfill", "--depth", "1")
    assert said.out.splitlines()[-1].startswith("There are older pages: run the same command again")
    assert named(full.ok("source", "show", "usst-news").out)["backfill"].startswith("1 page, 0 new; goes on with")
    assert full.ok("source", "poll", "usst-news", "--backfill", "--json").json["pages"] == 2


def test_backfill_is_of_one_source_that_has_older_pages(full: Desk) -> None:
    said = full.run("source", "poll", "--all", "--backfill")
    assert (said.code, said.sentence) == (exits.USAGE, "--backfill reads one source: name it.")
    said = full.run("source", "poll", "events", "--backfill")
    assert said.code == exits.DATA
    assert said.sentence.startswith("events is a sitemap source: it has no older pages to follow.")
