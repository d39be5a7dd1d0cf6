"""What holds for every answer, whatever it is: headers, plain words, problem documents, nothing from the inside."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from feedsvc import metrics
from feedsvc.errors import FeedsvcError, RenderError, SecretMissing, all_errors
from feedsvc.model.article import ArticleState
from feedsvc.pages import render
from feedsvc.pages.addresses import article_path
from feedsvc.storage import reading
from feedsvc.web.middleware import SECURITY_HEADERS
from feedsvc.web.problems import PROBLEMS, problem_of
from feedsvc.web.public import forms
from tests.fakes.answers import Answer
from tests.subscribers.people import preferences_token, reader
from tests.web.rooms import BASE, Pages, put_away, put_back, story


def is_guarded(answer: Answer) -> None:
    assert {name: answer.headers.getall(name) for name in SECURITY_HEADERS if name != "Referrer-Policy"} == {
        name: [value] for name, value in SECURITY_HEADERS.items() if name != "Referrer-Policy"
    }
    assert answer.headers["Referrer-Policy"] in ("no-referrer", "strict-origin-when-cross-origin")
    assert answer.headers.getall("Server") == ["feedsvc"]
    assert "Set-Cookie" not in answer.headers
    assert "Python" not in str(answer.headers)
    assert "aiohttp" not in str(answer.headers)


def broken(pages: Pages, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """From now on, every list of stories fails."""

    async def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(reading, "latest", fail)


async def test_every_kind_of_answer_is_guarded(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await story(pages.db, pages.clock.now(), "One")
    gone = await story(pages.db, pages.clock.now(), "Gone", state=ArticleState.WITHDRAWN)
    asked = [
        *[("GET", path, 200) for path in ("/", "/subscribe", "/docs", "/feeds/all.rss", "/feeds.opml", "/robots.txt")],
        *[
            ("HEAD", path, 200)
            for path in ("/", "/feeds/all.json", "/static/site.css", "/healthz", "/readyz", "/metrics")
        ],
        ("GET", f"/articles/{one.id}", 301),
        ("GET", "/feeds/research+news.rss", 308),
        ("GET", "/docs/", 301),
        ("GET", "/nothing", 404),
        ("POST", "/", 405),
        ("OPTIONS", "/subscribe", 405),
        ("GET", article_path(gone), 410),
        ("GET", "/confirm/x", 410),
        ("GET", "/%00", 400),
        ("POST", "/subscribe", 422),
    ]
    for method, path, status in asked:
        answer = await pages.ask(method, path)
        assert answer.status == status, path
        is_guarded(answer)
    large = await pages.ask("POST", "/subscribe", data=[("email", "x" * 100_000)])
    assert large.status == 413
    is_guarded(large)
    unmodified = await pages.get("/feeds/all.rss", If_None_Match="*")
    assert unmodified.status == 304
    is_guarded(unmodified)
    expecting = await pages.ask("POST", "/subscribe", headers={"Expect": "nonsense"}, data=b"")
    assert expecting.status == 417
    is_guarded(expecting)
    broken(pages, monkeypatch, RuntimeError("x"))
    failed = await pages.get("/")
    assert failed.status == 500
    is_guarded(failed)


async def test_pages_are_in_no_frame_and_run_no_script_of_others(pages: Pages) -> None:
    policy = (await pages.get("/")).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


async def test_405_says_what_there_is(pages: Pages) -> None:
    for method, path, allowed in (
        ("DELETE", "/subscribe", {"GET", "HEAD", "POST"}),
        ("PUT", "/confirm/x", {"GET", "HEAD", "POST"}),
        ("POST", "/docs/guide", {"GET", "HEAD"}),
        ("POST", "/static/accent.css", {"GET", "HEAD"}),
    ):
        answer = await pages.ask(method, path)
        assert answer.status == 405
        assert set(answer.headers["Allow"].split(",")) == allowed
        assert "This page does not do that" in answer.text


async def test_a_slow_form_is_408(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "READ_SECONDS", 0.05)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"email=a"
        await asyncio.sleep(0.5)
        yield b"b"

    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": "8"}
    answer = await pages.ask("POST", "/subscribe", data=trickle(), headers=headers)
    assert answer.status == 408
    assert "took too long" in answer.text
    assert answer.headers["Connection"] == "close"
    is_guarded(answer)


# ---------------------------------------------------------------- problem documents


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/problem+json", True),
        ("APPLICATION/JSON", True),
        ("text/html,application/json", False),
        ("*/*", False),
        ("", False),
    ],
)
async def test_programs_get_a_problem_document(pages: Pages, accept: str, is_json: bool) -> None:
    answer = await pages.get("/nothing", Accept=accept)
    assert answer.status == 404
    assert answer.headers["Vary"] == "Accept"
    assert (answer.headers["Content-Type"] == "application/problem+json") is is_json
    if is_json:
        body = orjson.loads(answer.body)
        assert body == {"type": "about:blank", "title": "There is nothing here", "status": 404, "code": "http"}


async def test_under_api_everything_is_for_programs(pages: Pages, below: Pages) -> None:
    for service, path in ((pages, "/api/v1/articles"), (below, "/press/news/api/v1/articles")):
        assert (await service.get(path)).headers["Content-Type"] == "application/problem+json"
    assert (await pages.get("/docs/api/x")).headers["Content-Type"].startswith("text/html")


async def test_a_problem_leads_to_its_explanation(pages: Pages) -> None:
    answer = await pages.get("/archive/nothing", Accept="application/json")
    body = orjson.loads(answer.body)
    assert (answer.status, body["code"], body["type"]) == (404, "not_found", f"{BASE}/docs/errors#not_found")
    assert "There is no digest" in body["detail"]


def test_every_error_has_a_problem_and_those_below_it_too() -> None:
    for error in all_errors():
        if error.__module__ == "feedsvc.errors":
            assert PROBLEMS[error].title

    class Unknown(SecretMissing):
        pass

    assert problem_of(Unknown("x")) == PROBLEMS[SecretMissing]


# ---------------------------------------------------------------- failures


async def test_a_fault_of_ours_is_told_plainly_and_logged_whole(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(pages, monkeypatch, RuntimeError("the inside of things"))
    with capture_logs() as logs:
        page = await pages.get("/")
        problem = await pages.get("/", Accept="application/json")
    assert page.status == problem.status == 500
    reference = logs[0]["reference"]
    assert reference in page.text
    assert orjson.loads(problem.body)["reference"] == logs[1]["reference"] != reference
    for answer in (page, problem):
        assert "inside of things" not in answer.text
        assert "Traceback" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert logs[0]["exc_info"] is True
    assert logs[0]["route"] == "home"


async def test_even_a_broken_error_page_ends_in_plain_words(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        msg = "the inside of things"
        raise RenderError(msg)

    monkeypatch.setattr(render, "error", fail)
    with capture_logs() as logs:
        answer = await pages.get("/nothing")
    assert (answer.status, answer.text) == (500, "Something broke on our side. Try again.\n")
    is_guarded(answer)
    assert logs[0]["exc_info"] is True


async def test_an_error_of_ours_names_its_cause_in_the_log_alone(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(pages, monkeypatch, FeedsvcError("the inside of things"))
    with capture_logs() as logs:
        answer = await pages.get("/", Accept="application/json")
    assert answer.status == 500
    assert "inside" not in answer.text
    assert logs[0]["cause"] == "the inside of things"


async def test_what_takes_too_long_is_503_and_noted(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(pages, monkeypatch, TimeoutError())
    with capture_logs() as logs:
        answer = await pages.get("/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert logs[0]["reference"] in answer.text


async def test_a_busy_database_is_503_and_readers_go_on(pages: Pages) -> None:
    path = pages.settings.database.url.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        refused = await pages.sign_up("ada@example.edu")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        assert "Back in a moment" in refused.text
        problem = await pages.sign_up("ada@example.edu", headers={"Accept": "application/json"})
        assert orjson.loads(problem.body)["code"] == "database_busy"
        assert (await pages.get("/")).status == 200
        assert (await pages.get("/feeds/all.rss")).status == 200
    finally:
        other.close()
    assert (await pages.sign_up("ada@example.edu")).status == 200


async def test_a_database_that_is_away_leaves_warm_feeds(pages: Pages) -> None:
    await story(pages.db, pages.clock.now(), "A treaty is signed")
    warm = await pages.get("/feeds/news.rss")
    await pages.db.close()
    path = put_away(pages)
    for target in ("/", "/subscribe", "/categories/news", "/feeds/research.rss", "/archive/weekly", "/confirm/x"):
        answer = await pages.get(target)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5"), target
        assert str(path) not in answer.text
        is_guarded(answer)
    again = await pages.get("/feeds/news.rss")
    assert (again.status, again.body) == (200, warm.body)
    for target in ("/docs", "/static/site.css", "/healthz", "/metrics"):
        assert (await pages.get(target)).status == 200
    put_back(path)
    assert (await pages.get("/")).status == 200


# ---------------------------------------------------------------- nothing leaks


async def test_no_token_and_no_address_in_metrics_or_logs(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    with capture_logs() as logs:
        await reader(pages.db, pages.settings, pages.clock.now(), "secret.reader@example.edu")
        token = await preferences_token(pages.db, pages.settings, "secret.reader@example.edu")
        for path in (f"/preferences/{token}", f"/unsubscribe/{token}", f"/nothing/{token}", f"/{token}?{token}"):
            for method in ("GET", "POST", "DELETE"):
                await pages.ask(method, path, data=[("action", "pause")] if method == "POST" else None)
        broken(pages, monkeypatch, RuntimeError("x"))
        await pages.get(f"/?before=0-{token}")
        await pages.sign_up("secret.reader@example.edu")
    told = metrics.exposition().decode() + str(logs)
    assert token not in told
    assert token[:20] not in told
    assert "secret.reader" not in told


async def test_each_route_is_counted_under_its_own_name(pages: Pages) -> None:
    def counted(route: str, status: int) -> float:
        return metrics.registry.get_sample_value("feedsvc_requests_total", {"route": route, "status": str(status)}) or 0

    asked = [
        ("GET", "/subscribe", "subscribe", 200),
        ("POST", "/subscribe", "join", 422),
        ("GET", "/feeds/research+news.rss", "feed", 308),
        ("GET", "/nothing", "none", 404),
        ("PUT", "/subscribe", "none", 405),
        ("HEAD", "/confirm/x", "confirm", 410),
    ]
    for method, path, route, status in asked:
        before = counted(route, status)
        await pages.ask(method, path)
        assert counted(route, status) == before + 1, route
