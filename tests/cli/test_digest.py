"""`digest`, `issue` and `delivery`: from what would be sent to what became of it."""

import pytest

from feedsvc.cli import exits
from tests.cli.conftest import READER
from tests.cli.desk import Desk


def test_empty_states_say_how_to_fill_them(desk: Desk, full: Desk) -> None:
    assert desk.ok("digest", "list").out == (
        "No digests yet. Add one to a newsroom file and run `feedsvc apply FILE`.\n"
    )
    assert full.ok("digest", "issues", "weekly").out == (
        "No issues yet. `feedsvc digest list` says when the first is due.\n"
    )
    assert desk.ok("delivery", "status").out.startswith("The outbox is empty. ")
    assert desk.ok("digest", "list", "--json").json == []
    assert full.ok("digest", "issues", "weekly", "--json").json == []


def test_list_says_when_each_comes_next(full: Desk) -> None:
    header, weekly, daily = full.ok("digest", "list").out.splitlines()
    assert header.split() == ["digest", "title", "schedule", "next", "last", "issue"]
    assert "0 8 * * mon (Asia/Shanghai)" in weekly
    assert " 08:00 CST " in weekly
    assert " 07:30 CST " in daily
    assert [one["digest"]["slug"] for one in full.ok("digest", "list", "--json").json] == ["weekly", "daily"]


def test_preview_is_the_mail_and_its_html_goes_to_a_file(full: Desk) -> None:
    said = full.ok("digest", "preview", "weekly", "--html", "preview.html")
    assert said.out.startswith("Subject: USST weekly, ")
    assert "A night among the books" in said.out
    assert said.err == "The HTML part is in preview.html.\n"
    assert (full.folder / "preview.html").read_text("utf-8").lstrip().lower().startswith("<!doctype html")


def test_preview_as_a_reader_and_as_json(full: Desk) -> None:
    said = full.ok("digest", "preview", "weekly", "--as", READER, "--json")
    assert said.err == ""
    assert said.json["article_ids"]
    nobody = full.run("digest", "preview", "weekly", "--as", "nobody@example.edu")
    assert (nobody.code, nobody.out) == (exits.NO_INPUT, "")
    assert nobody.sentence.startswith("There is no subscriber nobody@example.edu.")


def test_a_preview_that_cannot_be_written(full: Desk) -> None:
    said = full.run("digest", "preview", "weekly", "--html", "no/such/folder.html")
    assert (said.code, said.sentence) == (
        exits.IO,
        "no/such/folder.html: No such file or directory. Mend that, then run it again.",
    )


def test_a_test_goes_to_one_address_and_counts_for_nothing(full: Desk) -> None:
    said = full.ok("digest", "test", "weekly", "--to", "editor@example.edu")
    assert said.out == "Queued as message 1. It leaves within seconds where `feedsvc serve` runs.\n"
    assert full.ok("digest", "issues", "weekly", "--json").json == []
    assert full.ok("delivery", "status", "--json").json["statistics"]["by_state"] == {"queued": 1}
    wrong = full.run("digest", "test", "weekly", "--to", "editor")
    assert wrong.code == exits.DATA
    assert wrong.sentence.startswith("This is not an e-mail address")


def test_send_makes_an_issue_that_can_be_looked_at(full: Desk) -> None:
    assert full.ok("digest", "send", "weekly").out.splitlines() == [
        "Issue 1 (number 1), for 1 reader, is sending.",
        "`feedsvc issue show 1` says what became of it.",
    ]
    listed = full.ok("digest", "issues", "weekly").out.splitlines()
    assert listed[0].split() == ["id", "number", "period", "state", "subject", "or", "reason"]
    assert listed[1].split()[:2] == ["1", "1"]
    shown = full.ok("issue", "show", "1").out
    assert shown.startswith("USST weekly, ")
    assert "for 1 reader:" in shown
    assert "  A night among the books\n" in shown
    assert shown.endswith("state   messages\nqueued         1\n")
    told = full.ok("issue", "show", "1", "--json").json
    assert told["issue"]["number"] == 1
    assert told["counts"]["by_state"] == {"queued": 1}


def test_send_twice_in_a_minute_and_send_of_nothing(full: Desk) -> None:
    assert full.ok("digest", "send", "daily", "--json").json["readers"] == 0
    full.ok("digest", "send", "weekly")
    again = full.run("digest", "send", "weekly")
    if again.code == 0:  # the minute has just passed: nothing is left to send
        assert "skipped" in again.out
    else:
        assert again.code == exits.DATA
        assert "weekly already has an issue of this minute" in again.sentence


@pytest.mark.parametrize(
    "words",
    [["preview", "wekly"], ["test", "wekly", "--to", READER], ["send", "wekly"], ["issues", "wekly"]],
    ids=" ".join,
)
def test_an_unknown_digest_gets_the_nearest_name(full: Desk, words: list[str]) -> None:
    said = full.run("digest", *words)
    assert (said.code, said.sentence) == (exits.NO_INPUT, "There is no digest 'wekly'. Did you mean 'weekly'?")


def test_an_unknown_issue(full: Desk) -> None:
    said = full.run("issue", "show", "99")
    assert (said.code, said.sentence) == (
        exits.NO_INPUT,
        "There is no issue 99. `feedsvc digest issues NAME` lists a digest's issues.",
    )


def test_freeze_and_thaw(full: Desk) -> None:
    full.ok("digest", "test", "weekly", "--to", "editor@example.edu")
    assert full.ok("delivery", "freeze", "--why", "wrong link").out.startswith("Frozen: no mail leaves.")
    assert full.ok("delivery", "status").out.splitlines() == [
        "Frozen: wrong link. `feedsvc delivery thaw` lets mail leave again.",
        "state   messages",
        "queued         1",
        "The oldest that waits was queued just now.",
    ]
    assert full.ok("delivery", "status", "--json").json["frozen"] == "wrong link"
    assert full.ok("delivery", "thaw").out == "Mail leaves again.\n"
    assert full.ok("delivery", "thaw").out == "Nothing was frozen.\n"
