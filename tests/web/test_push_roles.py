"""Who may do what: the table of roles and routes, and what is told to those who may not."""

import re
from datetime import timedelta
from typing import Any

import pytest

from feedsvc.accounts import tokens
from feedsvc.accounts.paces import PER_MINUTE
from feedsvc.model.token import Scope
from feedsvc.web.routes import ROUTES
from tests.web.pushing import ARTICLES, Program, faults, program, pusher, told
from tests.web.rooms import Pages, everything

READ, WRITE = frozenset({Scope.READ}), frozenset({Scope.WRITE})
OWN = "/api/v1/sources/cms/articles/1983"
# role: its token, and what it is answered on each route.
ROLES: dict[str, tuple[dict[str, Any] | None, tuple[int, int, int, int, int]]] = {
    #                                              POST  GET  GET own  DELETE  DELETE own
    "anonymous": (None, (401, 401, 401, 401, 401)),
    "unknown": (None, (401, 401, 401, 401, 401)),
    "expired": ({"lifetime": timedelta(seconds=1)}, (401, 401, 401, 401, 401)),
    "revoked": ({}, (401, 401, 401, 401, 401)),
    "reader": ({"scopes": READ}, (403, 200, 200, 403, 403)),
    "reader of its source": ({"scopes": READ, "sources": ("cms",)}, (403, 200, 200, 403, 403)),
    "reader of another": ({"scopes": READ, "sources": ("press",)}, (403, 403, 403, 403, 403)),
    "writer": ({"scopes": WRITE}, (200, 200, 200, 200, 200)),
    "writer of its source": ({"scopes": WRITE, "sources": ("cms",)}, (200, 200, 200, 200, 200)),
    "writer of another": ({"scopes": WRITE, "sources": ("press",)}, (403, 403, 403, 403, 403)),
    "both scopes": ({"scopes": READ | WRITE}, (200, 200, 200, 200, 200)),
    "unsigned": ({"signed": True}, (401, 401, 401, 401, 401)),
}


async def as_role(pages: Pages, role: str) -> Program:
    wish = ROLES[role][0]
    made = await program(pages, **(wish or {}))
    if role == "anonymous":
        made.headers["Authorization"] = ""
    elif role == "unknown":
        made.headers["Authorization"] = "Bearer fsv_" + "x" * 43
    elif role == "revoked":
        await tokens.revoke(pages.db, made.made.token.id, pages.clock.now())
    elif role == "expired":
        pages.clock.advance(timedelta(seconds=1))
    return made


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_on_each_route(pages: Pages, role: str) -> None:
    article = (await (await pusher(pages)).sent())["id"]
    caller = await as_role(pages, role)
    before = await everything(pages.db)
    asked = [
        caller.send(),
        caller.ask("GET", f"{ARTICLES}/{article}"),
        caller.ask("GET", OWN),
        caller.ask("DELETE", f"{ARTICLES}/{article}?dry_run=1"),
        caller.ask("DELETE", f"{OWN}?dry_run=1"),
    ]
    answers = [await one for one in asked]
    assert tuple(answer.status for answer in answers) == ROLES[role][1]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        challenge = answer.headers.get("WWW-Authenticate", "")
        assert challenge.startswith('Bearer realm="feedsvc"') is (answer.status in (401, 403))
    if ROLES[role][1][0] != 200:
        assert await everything(pages.db) == before


def test_every_route_of_the_api_is_in_the_table() -> None:
    assert [(route.method, route.path) for route in ROUTES if route.path.startswith("/api/")] == [
        ("POST", "/api/v1/articles"),
        ("GET", "/api/v1/articles/{id}"),
        ("DELETE", "/api/v1/articles/{id}"),
        ("GET", "/api/v1/sources/{source}/articles/{id}"),
        ("DELETE", "/api/v1/sources/{source}/articles/{id}"),
    ]


async def test_nobody_learns_why_a_token_is_not_good(pages: Pages) -> None:
    await pusher(pages)
    answers = [await (await as_role(pages, role)).send() for role in ("anonymous", "unknown", "expired", "revoked")]
    assert len({(answer.status, answer.body, answer.headers["WWW-Authenticate"]) for answer in answers}) == 1


async def test_who_is_refused_is_told_what_is_missing(pages: Pages) -> None:
    await pusher(pages)
    scope = await (await as_role(pages, "reader")).send()
    assert "articles:write" in told(scope)["detail"]
    assert scope.headers["WWW-Authenticate"].endswith('error="insufficient_scope", scope="articles:write"')
    foreign = await (await as_role(pages, "writer of another")).send()
    assert told(foreign)["detail"] == "This token speaks for press alone, not for cms."
    # Whether a source is there at all is not told to who may not speak for it.
    nothing = await (await as_role(pages, "writer of another")).send(source="nothing")
    assert (nothing.status, faults(nothing)) == (403, {})


@pytest.mark.parametrize("header", ["", "Bearer", "Basic {}", "{}", "Bearer {} x", "Token {}", "bearer\t"])
async def test_a_token_stands_in_its_header_alone(pages: Pages, header: str) -> None:
    cms = await pusher(pages)
    path = f"{ARTICLES}?access_token={cms.made.text}&token={cms.made.text}"
    answer = await cms.send(path, headers={"Authorization": header.format(cms.made.text)})
    assert answer.status == 401
    cookie = await cms.send(headers={"Authorization": "", "Cookie": f"token={cms.made.text}"})
    assert cookie.status == 401


async def test_the_schemes_name_may_be_written_in_any_letters(pages: Pages) -> None:
    cms = await pusher(pages)
    assert (await cms.send(headers={"Authorization": f"bEARER   {cms.made.text}"})).status == 201


async def test_who_asks_too_fast_waits(pages: Pages) -> None:
    cms = await pusher(pages)
    other = await program(pages)
    for _ in range(PER_MINUTE):
        pages_wait = await cms.ask("GET", OWN)
        assert pages_wait.status == 404
    refused = await cms.send()
    assert (refused.status, refused.headers["Retry-After"], told(refused)["code"]) == (429, "1", "too_fast")
    assert (await other.send()).status == 201
    pages.clock.advance(timedelta(seconds=1))
    assert (await cms.send()).status == 200


async def test_reading_leaves_no_trace_and_writing_notes_when(pages: Pages) -> None:
    cms = await pusher(pages)
    await cms.sent()
    pages.clock.advance(timedelta(hours=1))
    before = await everything(pages.db)
    assert (await cms.ask("GET", OWN)).status == 200
    assert await everything(pages.db) == before
    await cms.sent()
    assert await everything(pages.db) != before


async def test_no_token_stands_in_a_log(pages: Pages, capfd: pytest.CaptureFixture[str]) -> None:
    cms = await pusher(pages, signed=True)
    await cms.send()
    await cms.send(headers={"Feedsvc-Signature": f"t=1,v1={'0' * 64}"})
    shown = "".join(capfd.readouterr())
    assert not re.search(r"fsv_\w{12}|fss_", shown)
