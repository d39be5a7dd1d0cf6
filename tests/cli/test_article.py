"""`article`: list and show."""

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
    assert len(full.ok("article", "list", "--limit", "3").out.splitlines()) == 4


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
    said = full.run("article", "show", "x")
    assert (said.code, said.sentence) == (
        exits.NO_INPUT,
        "There is no article x. `feedsvc article list` shows those that there are.",
    )
