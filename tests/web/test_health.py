"""What machines ask: /healthz always answers, /readyz says what is wrong, /metrics is Prometheus's text."""

import asyncio
import sqlite3
from pathlib import Path

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from feedsvc import app as composition
from feedsvc.storage import migrate
from tests.web.rooms import Pages, put_away, put_back


async def test_a_healthy_service(both: Pages) -> None:
    alive = await both.get("/healthz")
    assert (alive.status, alive.body) == (200, b"ok\n")
    answer = await both.get("/readyz")
    assert answer.status == 200
    assert orjson.loads(answer.body) == {
        "ready": True,
        "checked_at": both.clock.now().isoformat(),
        "parts": {"database": "ok"},
    }
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await both.get(path)).headers["Cache-Control"] == "no-store"


async def test_a_database_that_is_away(pages: Pages) -> None:
    await pages.db.close()
    path = put_away(pages)
    answer = await pages.get("/readyz")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    body = orjson.loads(answer.body)
    assert body["ready"] is False
    assert "unable to open" in body["parts"]["database"]
    assert (await pages.get("/healthz")).status == 200
    put_back(path)
    assert (await pages.get("/readyz")).status == 200


@pytest.mark.parametrize(("revision", "words"), [("0000", "does not know"), ("", "feedsvc db migrate")])
async def test_a_schema_that_does_not_fit(pages: Pages, revision: str, words: str) -> None:
    path = Path(pages.settings.database.url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    other.close()
    answer = await pages.get("/readyz")
    assert answer.status == 503
    assert words in orjson.loads(answer.body)["parts"]["database"]


async def test_a_database_that_does_not_answer(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_db: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(migrate, "check", hang)
    monkeypatch.setattr(composition, "READY_SECONDS", 0.05)
    answer = await pages.get("/readyz")
    assert answer.status == 503
    assert "has not answered" in answer.text


async def test_metrics_are_well_formed(pages: Pages) -> None:
    await pages.get("/feeds/all.rss")
    answer = await pages.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name for family in text_string_to_metric_families(answer.text)}
    assert {"feedsvc_requests", "feedsvc_feed_renders", "feedsvc_feed_memory_bytes", "feedsvc_outbox_open"} <= families
