"""`article`: list and show."""

import re

import pytest

from feedsvc.cli import exits
from tests.cli.desk import Desk


def test_an_empty_list_says_how_to_fill_it(desk: Desk) -> None:
    assert desk.ok("article", "list").out == "No articles yet. `feedsvc source poll --all` reads the sources now.\n"
    assert desk.ok("article", "list", "--json").json == []


def test_list_shows_the_newest_first_with_the_days_of_the_site(full: Desk) -> None:
    header, *rows = full.ok("article", "list", "--limit", "100").out.splitlines()
    assert header.split() == ["date", "title", "categories", "id"]
    assert len(rows) == 18
    qingpu = next(row for row in rows if "USST Links Cooperation Agreement with Qingpu" in row)
    assert qingpu.startswith("2020-06-06  ")
    # The names of the columns, the rows, and how to go on.
    assert len(full.ok("article", "list", "--limit", "3").out.splitlines()) == 5


def test_list_of_a_category_as_json(full: Desk) -> None:
    told = full.ok("article", "list", "--category", "yaowen", "--json").json
    assert told
    assert all("yaowen" in article["categories"] and "content_html" not in article for article in told)


def test_an_unknown_category_gets_the_nearest_name(full: Desk) -> None:
    said = full.run("article", "list", "--category", "yaowenn")
    assert said.code == exits.NO_INPUT
    assert said.sentence == "There is no category 'yaowenn'. Did you mean 'yaowen'?"


def test_show_tells_everything_of_one(full: Desk) -> None:
    listed = full.ok("article", "list", "--limit", "100", "--json").json
    one = next(article for article in listed if "Qingpu" in article["title"])
    told = full.ok("article", "show", one["id"]).out
    assert told.startswith("USST Links Cooperation Agreement with Qingpu\nstate:       published\n")
    assert "published:   2020-06-06\n" in told
    assert f"link:        {one['url']}\n" in told
    assert full.ok("article", "show", one["id"], "--json").json["content_html"].startswith("<")


def test_a_corrected_story_shows_its_revisions(full: Desk) -> None:
    corrected = [article for article in full.ok("article", "list", "--json").json if article["revision"] > 1]
    assert len(corrected) == 1
    assert "revision 1, " in full.ok("article", "show", corrected[0]["id"]).out
    assert full.ok("article", "show", corrected[0]["id"], "--json").json["revisions"]


def test_an_unknown_article(full: Desk) -> None:
    said = full.run("article", "show", "nothing")
    assert (said.code, said.sentence) == (
        exits.NO_INPUT,
        "There is no article 'nothing'. `feedsvc article list` shows those there are.",
    )


def test_show_takes_the_end_of_an_id_as_list_prints_it(full: Desk) -> None:
    row = full.ok("article", "list", "--limit", "1").out.splitlines()[1]
    assert full.ok("article", "show", row.split()[-1], "--json").json["state"] == "published"


def test_show_an_earlier_wording_and_what_changed(full: Desk) -> None:
    (corrected,) = [article for article in full.ok("article", "list", "--json").json if article["revision"] > 1]
    key = corrected["id"]
    told = full.ok("article", "show", key, "--json").json
    assert [one["revision"] for one in told["revisions"]] == [1, 2]
    assert told["origins"][0]["source"] == corrected["source"]
    assert {place["placed_by"] for place in told["placed"]} == {"rule"}
    first = full.ok("article", "show", key, "--revision", "1").out
    assert first != full.ok("article", "show", key, "--revision", "2").out
    diff = full.ok("article", "show", key, "--diff").out
    assert any(line.startswith("+ ") for line in diff.splitlines())
    assert len(full.ok("article", "show", key, "--diff", "--json").json) == 2
    assert full.run("article", "show", key, "--revision", "9").sentence == "It has no revision 9. There are 1 to 2."
    assert full.ok("article", "show", key, "--revision", "2", "--diff").out == diff
    assert full.ok("article", "show", key, "--revision", "1", "--diff").out.startswith("It is the first revision")
    assert full.run("article", "show", key, "--revision", "3", "--diff").code == exits.NO_INPUT
    (second,) = full.ok("article", "show", key, "--revision", "2", "--json").json
    assert second["changed_at"] == told["revisions"][1]["changed_at"]


def test_hold_publish_and_withdraw_by_name(full: Desk) -> None:
    first, second = (one["id"] for one in full.ok("article", "list", "--limit", "2", "--json").json)
    said = full.ok("article", "hold", first[-12:], second, "--reason", "A wrong date").out.splitlines()
    assert [line.endswith(": It is held.") for line in said] == [True, True]
    assert "reason:      A wrong date\n" in full.ok("article", "show", first).out
    listed = full.ok("article", "list", "--state", "held").out
    assert first[-12:] in listed
    assert "2 articles held: `feedsvc article list --state held` shows them.\n" in full.ok("article", "list").out
    assert full.ok("article", "hold", first).out.endswith(": It is held already.\n")
    later = full.ok("article", "publish", first, "--at", "2199-06-06T08:00", "--json").json
    assert later[0]["after"] == "embargoed"
    assert later[0]["says"].startswith("It is embargoed until 2199-06-06 00:00 UTC.")
    assert " 2199-06-06 00:00 UTC  " in full.ok("article", "list", "--state", "embargoed").out
    assert full.run("article", "publish", second, "--at", "soon").code == exits.DATA
    assert full.run("article", "publish", second, "--at", "2001-01-01").code == exits.DATA
    assert full.ok("article", "publish", second, "--category", "yaowen").out.endswith("It is in yaowen.\n")
    assert full.run("article", "publish", second, "--category", "x").code == exits.NO_INPUT
    full.ok("article", "withdraw", second)
    assert re.search(
        r"^state: +withdrawn since 20\d\d-\d\d-\d\d \d\d:\d\d UTC$",
        full.ok("article", "show", second).out,
        re.MULTILINE,
    )
    assert full.ok("article", "publish", second).out.endswith(": It is published again: it was withdrawn.\n")


def test_all_of_one_state_are_moved_when_it_is_meant(full: Desk) -> None:
    assert full.run("article", "hold", "--all", "--source", "x").code == exits.NO_INPUT
    said = full.run("article", "hold", "--all")
    assert (said.code, said.sentence) == (
        exits.USAGE, "This concerns 18 articles that are published. Say --yes to go on.",
    )  # fmt: skip
    assert full.run("article", "hold").code == full.run("article", "hold", "x", "--all").code == exits.USAGE
    assert full.ok("article", "hold", "--all", "--yes").out == "18 articles held.\n"
    assert full.ok("article", "hold", "--all", "--yes").out == "There are none: nothing was changed.\n"
    assert full.ok("article", "publish", "--all", "--yes").out.startswith("18 articles published.\n")


def test_a_list_in_a_pipe_cuts_long_titles(desk: Desk) -> None:
    title = "Glass " * 30 + "end"
    desk.ok("article", "new", "--title", title, "--text", "Words.")
    row = desk.ok("article", "list").out.splitlines()[1]
    cut = row.partition("  ")[2].partition("…")[0]
    assert len(cut) == 99
    assert title.startswith(cut)
    assert desk.ok("article", "list", "--json").json[0]["title"] == title


@pytest.mark.parametrize(("act", "default"), [("hold", "published"), ("publish", "held"), ("withdraw", "held")])
def test_help_says_which_articles_all_are(desk: Desk, act: str, default: str) -> None:
    assert f"default: {default}." in " ".join(desk.ok("article", act, "--help").out.split())


def test_new_from_a_file_then_the_same_again(full: Desk) -> None:
    file = full.write("story.md", "# A laser that cools glass\n\nIt *works* in air.\n")
    made = full.ok("article", "new", "--file", file, "--category", "yaowen")
    assert made.out.startswith("The source editors was made, for what is written here.\n")
    key = full.ok("article", "new", "--file", file, "--json").json["id"]
    told = full.ok("article", "show", key, "--json").json
    assert (told["title"], told["revision"], told["categories"]) == ("A laser that cools glass", 1, ["yaowen"])
    assert told["content_html"] == "<p>It <em>works</em> in air.</p>"


def test_new_refuses_in_a_sentence_what_would_break(desk: Desk) -> None:
    for words, code in (
        (("--title", "T"), exits.DATA),
        (("--text", "Words."), exits.DATA),
        (("--title", "T", "--url", "nowhere"), exits.DATA),
        (("--title", "T", "--text", "W", "--image", "x.jpg"), exits.DATA),
        (("--title", "T", "--text", "W", "--published", "June"), exits.DATA),
        (("--title", "T", "--text", "W", "--category", "x"), exits.NO_INPUT),
        (("--title", "T", "--text", "W", "--state", "gone"), exits.USAGE),
        (("--title", "T", "--text", "W", "--state", "held", "--embargo", "2999-01-01"), exits.USAGE),
        (("--title", "T", "--text", "W", "--embargo", "2001-01-01"), exits.DATA),
        (("--title", "T", "--text", "W", "--file", "x.md"), exits.USAGE),
        (("--title", "T", "--file", "x.md"), exits.NO_INPUT),
    ):
        said = desk.run("article", "new", *words)
        assert (said.code, bool(said.sentence)) == (code, True), words
    assert desk.ok("article", "list", "--json").json == []


def test_import_says_each_line_and_then_does_it(desk: Desk) -> None:
    record = (
        '{"url": "https://cms.example.edu/1", "title": "One", "content_text": "Words.", "published_at": "2019-05-01"}'
    )
    file = desk.write("archive.jsonl", f"{record}\nnonsense\n")
    dry = desk.run("article", "import", file, "--dry-run")
    assert dry.code == exits.DATA
    assert dry.out.splitlines() == [
        "line 1: new: One",
        "line 2: bad: It is no JSON: expecting value.",
        "The source editors would be made, for what is brought in by hand.",
        "editors: 2 articles in JSON lines: 1 new, 0 known already, 1 not usable.",
        "Nothing was changed. Run it without --dry-run to bring them in.",
    ]
    assert desk.run("article", "import", file, "--json").json["new"] == 1
    assert desk.run("article", "import", file, "--json").json["known"] == 1
    assert "mail:        never" in desk.ok("article", "show", desk.ok("article", "list", "--json").json[0]["id"]).out
    assert desk.run("article", "import", "no.jsonl").code == exits.NO_INPUT


def test_import_says_which_entries_of_a_feed_are_left_out(desk: Desk) -> None:
    item = "<item><title>One</title><link>https://cms.example.edu/1</link></item>"
    entries = f"{item}<item><title>Two</title></item>"
    file = desk.write("feed.xml", f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>')
    said = desk.run("article", "import", file)
    assert said.code == exits.DATA
    assert "1 entry of the feed left out: without an address, or broken off at the end.\n" in said.out


def test_new_refuses_what_is_no_text(desk: Desk) -> None:
    for body, says in (
        (b"# T\n\nA\0b", "x.md is no text (it has NUL"),
        (b"# T\n\n\xff\xfe", "x.md is no text in UTF-8"),
    ):
        (desk.folder / "x.md").write_bytes(body)
        said = desk.run("article", "new", "--file", "x.md")
        assert (said.code, said.sentence.startswith(says)) == (exits.DATA, True), said


def test_new_says_whose_article_it_is(desk: Desk) -> None:
    sources = "".join(f'[[source]]\nslug = "{name}"\nkind = "push"\n' for name in ("cms", "press"))
    desk.ok("apply", desk.write("newsroom.toml", sources))
    words = ("article", "new", "--url", "https://www.example.edu/1", "--title", "One", "--text")
    assert "not taken" not in desk.ok(*words, "Words.", "--source", "cms").out
    said = desk.ok(*words, "Other words.", "--source", "press").out.splitlines()[-1]
    assert said == ("Your text was not taken: the article belongs to the source cms, and only that one corrects it.")
    assert desk.ok(*words, "Other words.", "--source", "press", "--json").json["owner"] == "cms"


def test_list_narrows_and_goes_on(full: Desk) -> None:
    first = full.ok("article", "list", "--limit", "17").out.splitlines()
    last = first[-2].split()[-1]
    assert first[-1] == f"Older ones: the same command with --before {last}"
    assert len(full.ok("article", "list", "--limit", "17", "--before", last).out.splitlines()) == 2
    assert len(full.ok("article", "list", "--search", "qingpu", "--json").json) == 1
    assert full.ok("article", "list", "--state", "withdrawn").out.startswith("No article fits.")
    assert full.run("article", "list", "--state", "gone").code == exits.NO_INPUT
    assert full.ok("article", "list", "--state", "any").out.splitlines()[0].split()[:2] == ["date", "state"]
