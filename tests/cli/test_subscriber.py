"""`subscriber`: list, show, add, import, export."""

import csv
import io

import pytest

from feedsvc.cli import exits
from tests.cli.conftest import READER
from tests.cli.desk import Desk

PEOPLE = """\
email,name,lists,colour
ann@example.edu,Ann,alumni,red
bob@example.edu,=1+1,alumni,
not an address,,alumni,
ann@example.edu,,campus,
"""


@pytest.fixture
def room(desk: Desk) -> Desk:
    lists = "".join(f'[[list]]\nslug = "{slug}"\ntitle = "{slug}"\n' for slug in ("alumni", "campus"))
    desk.ok("apply", desk.write("room.toml", lists))
    return desk


def test_an_empty_list_says_how_to_fill_it(desk: Desk) -> None:
    assert desk.ok("subscriber", "list").out == (
        "No subscribers yet. `feedsvc subscriber import people.csv` brings some.\n"
    )
    assert desk.ok("subscriber", "list", "--json").json == []


def test_add_asks_first_unless_told_that_they_agreed(room: Desk) -> None:
    asked = room.ok("subscriber", "add", "wu@example.edu", "--list", "alumni")
    assert asked.out == "wu@example.edu is added. A mail asks them to confirm that they want alumni.\n"
    added = ("subscriber", "add", "li@example.edu", "--list", "alumni", "--status", "active", "--name", "Li Wei")
    assert room.ok(*added).out == "li@example.edu is on alumni and gets its next digest.\n"
    assert room.ok(*added).out == "li@example.edu is on alumni already.\n"
    assert room.ok("subscriber", "add", "li@example.edu", "--list", "campus").out == (
        "li@example.edu was there already, and has joined campus.\n"
    )
    assert room.ok("subscriber", "list").out.splitlines()[1:] == [
        " 1  wu@example.edu  pending  -               en",
        " 2  li@example.edu  active   alumni, campus  en",
        "In all: 1 active, 1 pending.",
    ]
    assert room.ok("delivery", "status", "--json").json["statistics"]["by_state"] == {"queued": 1}


def test_add_as_json_and_with_what_is_wrong(room: Desk) -> None:
    told = room.ok("subscriber", "add", "li@example.edu", "--list", "alumni", "--json").json
    assert (told["added"], told["confirmations"]) == (1, 1)
    wrong = room.run("subscriber", "add", "li", "--list", "alumni")
    assert wrong.code == exits.DATA
    assert wrong.sentence.startswith("This is not an e-mail address")
    unknown = room.run("subscriber", "add", "li@example.edu", "--list", "alumi")
    assert unknown.code == exits.NO_INPUT
    assert unknown.sentence.startswith("There is no list 'alumi'.")


def test_show_tells_everything_but_the_key_to_their_page(full: Desk) -> None:
    lines = full.ok("subscriber", "show", READER).out.splitlines()
    assert lines[0] == f"address:    {READER}"
    assert "state:      active" in lines
    assert "consent:    admin" in lines
    assert lines[-1] == "on alumni: every topic, as it comes"
    told = full.ok("subscriber", "show", READER, "--json").json
    assert told["email"] == READER
    assert "nonce" not in told


def test_a_slip_in_an_address_gets_the_nearest(full: Desk) -> None:
    said = full.run("subscriber", "show", "lii@example.edu")
    assert (said.code, said.sentence) == (
        exits.NO_INPUT,
        f"There is no subscriber 'lii@example.edu'. Did you mean {READER}?",
    )
    said = full.run("subscriber", "show", "zz@example.com")
    assert said.sentence.endswith("`feedsvc subscriber list --search TEXT` looks for one.")


def test_list_can_be_narrowed(room: Desk) -> None:
    room.ok("subscriber", "import", room.write("people.csv", PEOPLE.replace("not an address", "cy@example.edu")))
    assert [one["email"] for one in room.ok("subscriber", "list", "--search", "b@", "--json").json] == [
        "bob@example.edu"
    ]
    assert room.ok("subscriber", "list", "--state", "active").out == "Nobody is like that.\nIn all: 3 pending.\n"
    first = room.ok("subscriber", "list", "--limit", "1").out.splitlines()
    assert first[-2:] == ["The first 1: --limit shows more, --search looks for some.", "In all: 3 pending."]
    said = room.run("subscriber", "list", "--list", "zz")
    assert (said.code, said.sentence) == (exits.NO_INPUT, "There is no list 'zz'. There are: alumni, campus.")


def test_a_dry_run_of_an_import_says_what_would_happen_and_does_nothing(room: Desk) -> None:
    said = room.run("subscriber", "import", room.write("people.csv", PEOPLE), "--dry-run")
    assert said.code == exits.DATA
    assert said.out.splitlines()[1:] == [
        "Columns that are not known were passed over: colour.",
        "4 rows: 2 new, 1 joined to people who were there, 0 unchanged, 0 suppressed, 1 not usable.",
        "2 people would be asked to confirm by mail.",
        "Nothing was changed. Run it without --dry-run to bring them in.",
    ]
    assert said.out.startswith("line 4: This is not an e-mail address")
    assert room.ok("subscriber", "list", "--json").json == []


def test_an_import_takes_what_is_good_and_may_be_run_again(room: Desk) -> None:
    imported = ("subscriber", "import", room.write("people.csv", PEOPLE), "--status", "active")
    first = room.run(*imported, "--json")
    assert (first.code, first.err) == (exits.DATA, "")
    assert (first.json["added"], first.json["failed"], first.json["errors"][0]["line"]) == (2, 1, 4)
    again = room.run(*imported, "--json").json
    assert (again["added"], again["unchanged"], again["confirmations"]) == (0, 3, 0)


def test_a_good_file_ends_with_0_and_one_row_is_one_row(room: Desk) -> None:
    said = room.ok("subscriber", "import", room.write("one.csv", "email\nann@example.edu\n"), "--list", "campus")
    assert said.out.splitlines() == [
        "1 row: 1 new, 0 joined to people who were there, 0 unchanged, 0 suppressed, 0 not usable.",
        "1 person is asked to confirm by mail.",
    ]


def test_files_that_cannot_be_used(room: Desk) -> None:
    missing = room.run("subscriber", "import", "nope.csv", "--list", "alumni")
    assert (missing.code, missing.sentence) == (
        exits.NO_INPUT,
        "There is no file nope.csv. Give the path of one that there is.",
    )
    headless = room.run("subscriber", "import", room.write("odd.csv", "mail\nann@example.edu\n"), "--list", "alumni")
    assert headless.code == exits.DATA
    assert "email" in headless.sentence


def test_an_export_is_csv_that_imports_without_a_change(room: Desk) -> None:
    room.run("subscriber", "import", room.write("people.csv", PEOPLE), "--status", "active")
    exported = room.ok("subscriber", "export").out
    rows = list(csv.DictReader(io.StringIO(exported)))
    assert [(row["email"], row["name"]) for row in rows] == [("ann@example.edu", "Ann"), ("bob@example.edu", "'=1+1")]
    room.write("exported.csv", exported)
    assert room.ok("subscriber", "import", "exported.csv", "--json").json["unchanged"] == 2
    narrowed = room.ok("subscriber", "export", "--list", "campus", "--state", "active").out
    assert [row["email"] for row in csv.DictReader(io.StringIO(narrowed))] == ["ann@example.edu"]
    said = room.run("subscriber", "export", "--list", "campu")
    assert (said.code, said.sentence, said.out) == (
        exits.NO_INPUT,
        "There is no list 'campu'. Did you mean 'campus'?",
        "",
    )
