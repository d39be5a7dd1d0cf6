"""`feedsvc token`: made and shown once, listed by its first letters, revoked."""

import re
import sqlite3
from pathlib import Path

import pytest

from tests.cli.desk import Desk

ROOM = """
[[category]]
slug = "news"
title = "News"

[[source]]
slug = "cms"
kind = "push"
categories = ["news"]

[[source]]
slug = "site"
kind = "page"
url = "https://www.example.edu/news.htm"
"""


@pytest.fixture
def room(desk: Desk) -> Desk:
    """A desk with a source that is pushed to and one that is read."""
    desk.ok("apply", desk.write("newsroom.toml", ROOM))
    return desk


def test_a_token_is_shown_once_and_kept_nowhere(room: Desk) -> None:
    out = room.ok("token", "create", "cms").out
    text = re.search(r"^token:\s+(fsv_[\w-]{43})$", out, re.MULTILINE)
    assert text
    assert "not shown again" in out
    assert "signing secret" not in out
    listed = room.ok("token", "list").out
    assert text[1][:12] in listed
    assert text[1][:13] not in listed
    path = Path(room.values["FEEDSVC_DATABASE__URL"].removeprefix("sqlite:///"))
    with sqlite3.connect(path) as db:
        assert text[1] not in "\n".join(db.iterdump())


def test_all_of_it_for_a_program(room: Desk) -> None:
    scopes = ("--scope", "articles:read", "--scope", "articles:write")
    made = room.ok("token", "create", "cms", *scopes, "--source", "cms", "--expires", "90d", "--signed", "--json").json
    assert made["token"].startswith(made["prefix"])
    assert made["signing_secret"].startswith("fss_")
    assert made["scopes"] == ["articles:read", "articles:write"]
    assert (made["sources"], made["signed"], made["last_used_at"]) == (["cms"], True, None)
    assert made["expires_at"][:4] >= made["created_at"][:4]
    (listed,) = room.ok("token", "list", "--json").json
    assert listed == {key: made[key] for key in made if key not in ("token", "signing_secret")} | {"state": "good"}
    row = room.ok("token", "list").out.splitlines()[1]
    assert row.split()[:5] == [made["prefix"], "cms", "articles:read,", "articles:write", "cms"]
    assert "good, signed" in row


def test_revoking_is_for_good(room: Desk) -> None:
    assert room.ok("token", "list").out == "No tokens yet. `feedsvc token create NAME` makes one.\n"
    made = room.ok("token", "create", "cms", "--json").json
    said = room.ok("token", "revoke", made["prefix"])
    assert said.out == f"{made['prefix']} (cms) is revoked. Articles that it brought stay.\n"
    assert room.ok("token", "revoke", made["id"], "--json").json["state"] == "revoked"
    assert room.ok("token", "list", "--json").json[0]["state"] == "revoked"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["revoke", "fsv_nothing"], 66, "There is no token 'fsv_nothing'. `feedsvc token list`"),
        (["create", " "], 65, "Give the token a name"),
        (["create", "x", "--source", "cmss"], 66, "Did you mean 'cms'?"),
        (["create", "x", "--source", "site"], 64, "Name one of kind push."),
        (["create", "x", "--scope", "everything"], 64, "articles:read"),
        (["create", "x", "--expires", "soon"], 64, "write a number and a unit"),
        (["create", "x", "--expires", "0d"], 64, "between a second and 3650d"),
        (["create", "x", "--expires", "9999999999999d"], 64, "between a second and 3650d"),
        (["create", "x", "--expires", "99999999999d"], 64, "between a second and 3650d"),
        (["create"], 64, "NAME"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(room: Desk, words: list[str], code: int, says: str) -> None:
    said = room.run("token", *words)
    assert (said.code, says in said.sentence) == (code, True), said
    assert room.ok("token", "list", "--json").json == []


def test_only_signing_needs_the_secret_key(room: Desk) -> None:
    room.set(SECURITY__SECRET_KEY="")
    assert room.run("token", "create", "x", "--signed").code == 78
    room.ok("token", "create", "x")
