"""The same request twice, at once, at two processes, signed or not: it happens once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from feedsvc.accounts import idempotency
from feedsvc.accounts.signatures import HEADER, secret_for, sign
from feedsvc.app import listening, open_app, web_application
from feedsvc.clock import FixedClock
from feedsvc.errors import StorageError
from feedsvc.ingest.submit import push
from feedsvc.settings import Settings
from feedsvc.storage.idempotency import Claim
from feedsvc.storage.schema import articles
from tests.fakes.answers import Answer
from tests.web.pushing import ARTICLES, TREATY, Program, program, pusher, told
from tests.web.rooms import SECRET, Pages, everything, serve, settings_for

KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
BODY = orjson.dumps(TREATY)


@pytest.fixture
async def patient(database_url: str, clock: FixedClock) -> AsyncIterator[Pages]:
    """The service on each engine in turn, where who writes at once waits for each other however busy the machine is."""
    settings = settings_for(database_url)
    database = settings.database.model_copy(update={"busy_timeout": 30.0})
    async with serve(settings.model_copy(update={"database": database}), clock) as made:
        yield made


@asynccontextmanager
async def second_process(cms: Program) -> AsyncIterator[Program]:
    """The same program at another instance of the service on the same database."""
    pages = cms.pages
    async with (
        open_app(pages.settings, pages.clock) as app,
        listening(web_application(app), "127.0.0.1", 0) as address,
    ):
        yield replace(cms, pages=replace(pages, address=address, db=app.db))


async def count(pages: Pages) -> int:
    async with pages.db.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(articles))).scalar_one())


def same(one: Answer, other: Answer) -> bool:
    kept = ("Location", "Content-Type", "Cache-Control")
    return (one.status, one.body) == (other.status, other.body) and all(
        one.headers.get(name) == other.headers.get(name) for name in kept
    )


async def test_the_first_answer_is_given_again_by_either_process(both: Pages) -> None:
    cms = await pusher(both)
    first = await cms.send(headers=KEY)
    assert (first.status, "Idempotency-Replayed" in first.headers) == (201, False)
    both.clock.advance(timedelta(hours=23))
    before = await everything(both.db)
    async with second_process(cms) as other:
        for caller in (cms, other):
            again = await caller.send(headers=KEY)
            assert same(first, again)
            assert again.headers["Idempotency-Replayed"] == "true"
    assert await everything(both.db) == before
    both.clock.advance(timedelta(hours=1, seconds=1))
    late = await cms.send(headers=KEY)
    assert (late.status, told(late)["happened"]) == (200, "unchanged")


async def test_another_body_under_the_key_is_422(both: Pages) -> None:
    cms = await pusher(both)
    await cms.send(headers=KEY)
    answers = [
        await cms.send(headers=KEY, title="Another"),
        await cms.send(f"{ARTICLES}?dry_run=1", headers=KEY),
        await cms.ask("POST", ARTICLES, BODY + b" ", KEY),
    ]
    assert [(answer.status, told(answer)["code"]) for answer in answers] == [(422, "key_reused")] * 3
    # Another program's keys are its own.
    assert (await (await program(both)).send(headers=KEY, title="Another")).status == 200


async def test_a_refused_request_leaves_its_key_free(pages: Pages) -> None:
    cms = await pusher(pages)
    before = await everything(pages.db)
    assert (await cms.send(headers=KEY, title="")).status == 422
    assert (await cms.send(headers=KEY, published_at="soon")).status == 422
    assert (await cms.send(headers=KEY, source="nothing")).status == 422
    assert await everything(pages.db) == before
    assert (await cms.send(headers=KEY)).status == 201


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "a b"])
async def test_a_key_that_is_none_is_400(pages: Pages, key: str) -> None:
    cms = await pusher(pages)
    assert (await cms.send(headers={"Idempotency-Key": key})).status == 400


async def test_ten_at_once_at_two_processes_are_one(patient: Pages) -> None:
    cms = await pusher(patient)
    async with second_process(cms) as other:
        answers = await asyncio.gather(*(caller.send(headers=KEY) for caller in (cms, other) * 5))
        assert {answer.status for answer in answers} <= {201, 409}
        made = [answer for answer in answers if answer.status == 201]
        assert made
        assert all(same(made[0], answer) for answer in made)
        assert sum("Idempotency-Replayed" not in answer.headers for answer in made) == 1
        for answer in answers:
            if answer.status == 409:
                assert (told(answer)["code"], answer.headers["Retry-After"]) == ("in_flight", "1")
        assert same(made[0], await other.send(headers=KEY))
    assert await count(patient) == 1


async def test_ten_new_ones_at_once_without_a_key_are_one(patient: Pages) -> None:
    cms = await pusher(patient)
    async with second_process(await program(patient)) as other:
        answers = await asyncio.gather(*(caller.send() for caller in (cms, other) * 5))
    assert sorted(answer.status for answer in answers) == [200] * 9 + [201]
    assert len({told(answer)["id"] for answer in answers}) == 1
    assert await count(patient) == 1


async def test_while_the_first_is_worked_on_the_second_is_409(both: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    cms = await pusher(both)
    begun, go_on, real = asyncio.Event(), asyncio.Event(), push._understood

    async def wait(*given: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await real(*given)

    monkeypatch.setattr(push, "_understood", wait)
    first = asyncio.create_task(cms.send(headers=KEY))
    await begun.wait()
    second = await cms.send(headers=KEY)
    other = await cms.send(headers=KEY, title="Another")
    go_on.set()
    assert (second.status, other.status) == (409, 422)
    assert (await first).status == 201
    assert same(await first, await cms.send(headers=KEY))


async def test_a_failure_frees_the_key_and_a_crash_does_after_a_minute(
    both: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    cms = await pusher(both)

    async def fail(*_: object) -> None:
        msg = "the disk is full"
        raise StorageError(msg)

    with monkeypatch.context() as broken:
        broken.setattr(push, "enter", fail)
        before = await everything(both.db)
        assert (await cms.send(headers=KEY)).status == 503
        assert await everything(both.db) == before
    with monkeypatch.context() as killed:

        async def nothing(*_: object) -> None:
            """A process that is dead gives nothing back."""

        killed.setattr(push, "enter", fail)
        killed.setattr(idempotency, "give_back", nothing)
        assert (await cms.send(headers=KEY)).status == 503
    assert (await cms.send(headers=KEY)).status == 409
    both.clock.advance(timedelta(minutes=1, seconds=1))
    assert (await cms.send(headers=KEY)).status == 201


async def test_a_claim_that_was_lost_undoes_the_work(both: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    cms = await pusher(both)
    real = push._understood

    async def slept(*given: Any) -> Any:
        # Stopped for two minutes, in which somebody else took the key over.
        both.clock.advance(timedelta(minutes=2))
        wanted = idempotency.Request(cms.made.token.id, KEY["Idempotency-Key"].strip('"'), "another")
        assert isinstance(await idempotency.begin(both.db, wanted, both.clock.now()), Claim)
        return await real(*given)

    monkeypatch.setattr(push, "_understood", slept)
    answer = await cms.send(headers=KEY)
    assert (answer.status, told(answer)["code"]) == (409, "in_flight")
    assert await count(both) == 0


# ---------------------------------------------------------------- signatures


async def test_a_signed_program(both: Pages) -> None:
    cms = await pusher(both, signed=True)
    secret, now = cms.made.signing_secret, both.clock.now()

    async def send(header: str) -> Answer:
        return await cms.ask("POST", ARTICLES, BODY, {HEADER: header} if header else {})

    refused = {
        "": "must be signed",
        "nonsense": "cannot be read",
        sign(secret, BODY + b" ", now): "does not fit",
        sign(cms.made.text, BODY, now): "does not fit",
        sign(secret, BODY, now - timedelta(seconds=301)): "more than five minutes off",
    }
    for header, says in refused.items():
        answer = await send(header)
        assert (answer.status, told(answer)["code"]) == (401, "signature")
        assert says in told(answer)["detail"]
    good = sign(secret, BODY, now)
    assert (await send(good)).status == 201
    # Again within five minutes: an article enters once.
    assert told(await send(good))["happened"] == "unchanged"


async def test_what_has_no_body_is_signed_by_method_and_path(pages: Pages) -> None:
    cms = await pusher(pages, signed=True)
    secret, now = cms.made.signing_secret, pages.clock.now()
    made = await cms.ask("POST", ARTICLES, BODY, {HEADER: sign(secret, BODY, now)})
    path = f"{ARTICLES}/{told(made)['id']}"
    get = {HEADER: sign(secret, f"GET {path}".encode(), now)}
    assert (await cms.ask("GET", path, headers=get)).status == 200
    assert (await cms.ask("DELETE", path, headers=get)).status == 401
    assert (await cms.ask("DELETE", path, headers={HEADER: sign(secret, b"", now)})).status == 401
    assert (await cms.ask("DELETE", path, headers={HEADER: sign(secret, f"DELETE {path}".encode(), now)})).status == 200


async def test_a_signature_that_need_not_be_there_must_fit_where_it_is(pages: Pages) -> None:
    cms = await pusher(pages)
    assert (await cms.send(headers={HEADER: f"t=1,v1={'0' * 64}"})).status == 401
    secret = secret_for(SECRET.encode(), cms.made.token.id)
    assert (await cms.ask("POST", ARTICLES, BODY, {HEADER: sign(secret, BODY, pages.clock.now())})).status == 201


async def test_a_new_secret_key_leaves_old_secrets_good(pages: Pages) -> None:
    cms = await pusher(pages, signed=True)
    changed = {"secret_key": "another-key-for-tests-0123456789abcdef", "old_secret_keys": [SECRET]}
    values = pages.settings.model_dump() | {"security": changed}
    renewed = replace(pages, settings=Settings.model_validate(values))
    async with second_process(replace(cms, pages=renewed)) as other:
        header = {HEADER: sign(cms.made.signing_secret, BODY, pages.clock.now())}
        assert (await other.ask("POST", ARTICLES, BODY, header)).status == 201
