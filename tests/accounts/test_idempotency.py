"""A key is claimed by one, answered once, and free again after a day, a refusal or a crash. On both engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from feedsvc.accounts import idempotency, tokens
from feedsvc.accounts.idempotency import IN_FLIGHT_FOR, KEPT_FOR, Clash, Request, fingerprint, read_key
from feedsvc.accounts.tokens import Wish
from feedsvc.clock import FixedClock
from feedsvc.storage.database import Database
from feedsvc.storage.idempotency import Answer, Claim
from feedsvc.storage.schema_access import idempotency as table

ANSWER = Answer(201, {"Location": "/x"}, '{"id": "1"}')


@pytest.fixture
async def request_(db: Database, clock: FixedClock) -> Request:
    """A request of a token that is there."""
    made = await tokens.create(db, [], Wish("cms"), clock.now())
    return Request(made.token.id, "k1", fingerprint("POST", "/a", b"body"))


@pytest.fixture
async def other(db: Database) -> AsyncIterator[Database]:
    """The same database, opened by somebody else."""
    opened = Database.open(db.url)
    yield opened
    await opened.close()


async def claim(db: Database, request: Request, clock: FixedClock) -> Claim:
    held = await idempotency.begin(db, request, clock.now())
    assert isinstance(held, Claim)
    return held


async def finish(db: Database, held: Claim) -> bool:
    async with db.write() as conn:
        return await idempotency.finish(conn, held, ANSWER)


async def test_the_first_answer_is_given_again(db: Database, clock: FixedClock, request_: Request) -> None:
    assert await finish(db, await claim(db, request_, clock))
    for _ in range(2):
        assert await idempotency.begin(db, request_, clock.now()) == ANSWER
    clock.advance(KEPT_FOR)
    assert await idempotency.begin(db, request_, clock.now()) == ANSWER


async def test_a_day_later_the_key_is_free_and_its_row_gone(db: Database, clock: FixedClock, request_: Request) -> None:
    await finish(db, await claim(db, request_, clock))
    clock.advance(KEPT_FOR + timedelta(seconds=1))
    assert await idempotency.look(db, request_, clock.now()) is None
    await claim(db, Request(request_.token_id, "k2", "x"), clock)
    async with db.read() as conn:
        assert (await conn.execute(select(func.count()).select_from(table))).scalar() == 1
    await claim(db, request_, clock)


async def test_another_request_under_the_key_is_refused(db: Database, clock: FixedClock, request_: Request) -> None:
    held = await claim(db, request_, clock)
    changed = Request(request_.token_id, "k1", fingerprint("POST", "/a", b"other"))
    assert await idempotency.begin(db, changed, clock.now()) is Clash.REUSED
    await finish(db, held)
    assert await idempotency.begin(db, changed, clock.now()) is Clash.REUSED
    assert await idempotency.look(db, changed, clock.now()) is Clash.REUSED


async def test_keys_belong_to_their_token(db: Database, clock: FixedClock, request_: Request) -> None:
    await finish(db, await claim(db, request_, clock))
    second = await tokens.create(db, [], Wish("other"), clock.now())
    await claim(db, Request(second.token.id, "k1", "anything"), clock)


async def test_in_flight_until_it_is_answered_given_back_or_given_up(
    db: Database, clock: FixedClock, request_: Request
) -> None:
    held = await claim(db, request_, clock)
    assert await idempotency.begin(db, request_, clock.now()) is Clash.IN_FLIGHT
    assert await idempotency.look(db, request_, clock.now()) is Clash.IN_FLIGHT
    await idempotency.give_back(db, held)
    again = await claim(db, request_, clock)
    clock.advance(IN_FLIGHT_FOR)
    assert await idempotency.begin(db, request_, clock.now()) is Clash.IN_FLIGHT
    clock.advance(timedelta(microseconds=1))
    # Its process has died: whoever comes takes it over, and the dead one, should it wake, may not finish.
    taken = await claim(db, Request(request_.token_id, "k1", "another request"), clock)
    assert not await finish(db, again)
    await idempotency.give_back(db, again)
    assert await finish(db, taken)
    await idempotency.give_back(db, taken)
    assert await idempotency.look(db, Request(request_.token_id, "k1", "another request"), clock.now()) == ANSWER


async def test_work_that_is_undone_leaves_no_answer(db: Database, clock: FixedClock, request_: Request) -> None:
    held = await claim(db, request_, clock)

    async def work() -> None:
        async with db.write() as conn:
            assert await idempotency.finish(conn, held, ANSWER)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await work()
    assert await idempotency.begin(db, request_, clock.now()) is Clash.IN_FLIGHT


async def test_of_many_at_once_one_gets_it(db: Database, other: Database, clock: FixedClock, request_: Request) -> None:
    asked = (idempotency.begin(each, request_, clock.now()) for each in (db, other) * 5)
    got = await asyncio.gather(*asked)
    assert sum(isinstance(one, Claim) for one in got) == 1
    assert got.count(Clash.IN_FLIGHT) == 9


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ('"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        ("8e03978e", "8e03978e"),
        (" x ", "x"),
        ("x" * 255, "x" * 255),
        ("x" * 256, None),
        ("", None),
        ('""', None),
        ("a b", None),
        ("键", None),
        ("a\x00", None),
    ],
)
def test_what_a_key_may_be(header: str, key: str | None) -> None:
    assert read_key(header) == key


parts = st.lists(st.one_of(st.text(max_size=5), st.binary(max_size=5)), max_size=4)


@given(parts, parts)
def test_two_requests_have_one_fingerprint_only_where_they_are_one(
    one: list[str | bytes], two: list[str | bytes]
) -> None:
    def as_bytes(given: list[str | bytes]) -> list[bytes]:
        return [part.encode("utf-8") if isinstance(part, str) else part for part in given]

    assert (fingerprint(*one) == fingerprint(*two)) is (as_bytes(one) == as_bytes(two))
