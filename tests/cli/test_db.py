"""`db`, and what every command says of a database that cannot be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedsvc.cli import exits
from feedsvc.storage import migrate
from tests.cli.desk import Desk

USERS = [["source", "list"], ["db", "check"], ["export"]]


@contextmanager
def locked(path: Path, how: str) -> Iterator[None]:
    """Somebody else holds the lock."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"BEGIN {how}")
    yield
    connection.close()


def put_at(path: Path, revision: str) -> None:
    """Make the database one of another version."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


def test_migrate_makes_the_database_once(blank: Desk) -> None:
    head = migrate.head()
    assert blank.ok("db", "migrate").out == f"The database is made, with the schema {head}.\n"
    assert blank.ok("db", "migrate").out == f"Nothing to do: the schema is at {head}.\n"


def test_check_says_where_it_stands(desk: Desk) -> None:
    assert desk.ok("db", "check").out.endswith(f"test.db is at revision {migrate.head()}, as this version needs it.\n")
    told = desk.ok("db", "check", "--json").json
    assert told["ok"] is True
    assert told["revision"] == told["needed"] == migrate.head()
    assert told["database"] == desk.values["FEEDSVC_DATABASE__URL"]


@pytest.mark.parametrize("words", USERS, ids=" ".join)
def test_a_new_database_is_behind(blank: Desk, words: list[str]) -> None:
    said = blank.run(*words)
    assert (said.code, said.out) == (exits.CONFIG, "")
    assert "has no tables yet. Run `feedsvc db migrate`" in said.sentence


@pytest.mark.parametrize("words", [*USERS, ["db", "migrate"], ["serve"]], ids=" ".join)
def test_a_newer_database_is_left_alone(desk: Desk, words: list[str]) -> None:
    put_at(desk.folder / "test.db", "9999")
    said = desk.run(*words)
    assert said.code == exits.CONFIG
    assert said.sentence == (
        "The database is at revision 9999, which this version does not know. Install the newer feedsvc."
    )


@pytest.mark.parametrize(
    "words", [["apply", "room.toml"], ["source", "pause", "library"], ["delivery", "freeze"]], ids=" ".join
)
def test_a_database_that_another_process_holds(full: Desk, words: list[str]) -> None:
    full.write("room.toml", '[[list]]\nslug = "new"\ntitle = "New"\n')
    with locked(full.folder / "full.db", "IMMEDIATE"):
        said = full.run(*words)
        full.ok("source", "list")
    assert said.code == exits.TEMPORARY
    assert "is locked by another process" in said.sentence
    assert said.sentence.endswith("Wait and try again.")


@pytest.mark.parametrize("words", [["db", "migrate"], ["serve"]], ids=" ".join)
def test_a_new_database_that_another_process_holds(blank: Desk, words: list[str]) -> None:
    (blank.folder / "data").mkdir()
    with locked(blank.folder / "data" / "feedsvc.db", "EXCLUSIVE"):
        said = blank.run(*words)
    assert said.code == exits.TEMPORARY
    assert "is locked by another process" in said.sentence


def test_a_folder_that_cannot_be_made(blank: Desk) -> None:
    blank.write("data", "a file where the folder should be")
    for words in (["serve"], ["db", "migrate"]):
        said = blank.run(*words)
        assert said.code == exits.IO
        assert "feedsvc.db cannot be made" in said.sentence


def test_a_file_that_is_no_database(desk: Desk) -> None:
    (desk.folder / "test.db").write_text("Dear diary, " * 100)
    said = desk.run("db", "migrate")
    assert said.code == exits.IO
    assert "is not a sound SQLite file" in said.sentence


def test_a_server_that_does_not_answer_keeps_its_password(blank: Desk) -> None:
    pytest.importorskip("asyncpg")
    blank.set(DATABASE__URL="postgresql://feedsvc:hunter2@127.0.0.1:9/news")
    said = blank.run("db", "check")
    assert said.code == exits.IO
    assert "does not let us in" in said.sentence
    assert "hunter2" not in said.err
