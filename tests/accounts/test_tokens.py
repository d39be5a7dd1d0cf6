"""Tokens: kept as hashes, recognised while they are good, named by their first letters."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from feedsvc.accounts import tokens
from feedsvc.accounts.signatures import secret_for
from feedsvc.accounts.tokens import Made, Wish
from feedsvc.clock import FixedClock
from feedsvc.errors import InputError, NotFound, UsageError
from feedsvc.model.newsroom import Newsroom, Source, SourceKind
from feedsvc.model.token import Scope, Token, TokenState
from feedsvc.newsroom.apply import apply
from feedsvc.storage import tokens as token_rows
from feedsvc.storage.database import Database
from feedsvc.storage.schema_access import tokens as table

KEY = b"a-key-for-tests-only-0123456789abcdef"


async def make(db: Database, clock: FixedClock, wish: Wish = Wish("cms")) -> Made:  # noqa: B008 (frozen)
    return await tokens.create(db, [KEY], wish, clock.now())


async def whose(db: Database, clock: FixedClock, text: str) -> Token | None:
    async with db.read() as conn:
        return await tokens.authenticate(conn, text, clock.now())


async def test_only_its_hash_and_its_first_letters_are_kept(db: Database, clock: FixedClock) -> None:
    made = await make(db, clock, Wish("cms", signed=True))
    assert made.text.startswith("fsv_")
    assert len(made.text) == 47
    async with db.read() as conn:
        row = (await conn.execute(select(table))).mappings().one()
    assert row["hash"] == sha256(made.text.encode()).hexdigest()
    assert row["prefix"] == made.text[:12]
    for secret in (made.text, made.signing_secret):
        assert secret
        assert not any(secret in str(value) for value in row.values())
        assert secret not in repr(made)
    assert made.signing_secret == secret_for(KEY, made.token.id)


async def test_it_is_recognised_whole_and_only_so(db: Database, clock: FixedClock) -> None:
    made = await make(db, clock)
    assert await whose(db, clock, made.text) == made.token
    for text in (
        "",
        "fsv_",
        made.text[:-1],
        made.text + "x",
        made.text.lower(),
        made.text.upper(),
        "\udce9",
        "x" * 9999,
    ):
        assert await whose(db, clock, text) is None


async def test_no_two_are_alike(db: Database, clock: FixedClock) -> None:
    made = [await make(db, clock) for _ in range(5)]
    assert len({one.text for one in made}) == len({one.token.id for one in made}) == 5
    async with db.read() as conn:
        assert [one.id for one in await token_rows.every(conn)] == sorted(one.token.id for one in made)


async def test_it_is_good_until_it_expires(db: Database, clock: FixedClock) -> None:
    made = await make(db, clock, Wish("cms", lifetime=timedelta(days=90)))
    clock.advance(timedelta(days=90) - timedelta(microseconds=1))
    assert await whose(db, clock, made.text)
    clock.advance(timedelta(microseconds=1))
    assert await whose(db, clock, made.text) is None
    assert made.token.state(clock.now()) is TokenState.EXPIRED


async def test_it_is_good_until_it_is_revoked_and_the_first_time_stays(db: Database, clock: FixedClock) -> None:
    made, other = await make(db, clock), await make(db, clock)
    first = await tokens.revoke(db, made.token.prefix[:8], clock.now())
    assert await whose(db, clock, made.text) is None
    assert await whose(db, clock, other.text)
    clock.advance(timedelta(days=1))
    assert (
        await tokens.revoke(db, made.token.id, clock.now()) == first == replace(made.token, revoked_at=first.revoked_at)
    )
    assert (await tokens.revoke(db, made.text, clock.now())).state(clock.now()) is TokenState.REVOKED


async def test_a_name_that_says_nothing_revokes_nothing(db: Database, clock: FixedClock) -> None:
    made = await make(db, clock)
    for named in ("", "fsv_", "fsv_x", "nothing", made.token.id[:8], "%"):
        with pytest.raises(NotFound, match=r"token list"):
            await tokens.revoke(db, named, clock.now())
    assert await whose(db, clock, made.text)


async def test_first_letters_that_fit_several_revoke_none(db: Database, clock: FixedClock) -> None:
    made = await make(db, clock)
    async with db.write() as conn:
        await token_rows.add(conn, replace(made.token, id="other"), "0" * 64)
    with pytest.raises(UsageError, match=r"2 tokens begin"):
        await tokens.revoke(db, made.token.prefix, clock.now())
    assert await whose(db, clock, made.text)


async def test_it_speaks_for_sources_that_are_pushed(db: Database, clock: FixedClock) -> None:
    read = Source("site", SourceKind.PAGE, "https://www.example.edu/news.htm")
    await apply(db, Newsroom(sources=(Source("cms", SourceKind.PUSH), read)), clock.now())
    made = await make(db, clock, Wish("cms", sources=("cms", "cms")))
    assert made.token.sources == ("cms",)
    assert made.token.speaks_for("cms")
    assert not made.token.speaks_for("site")
    with pytest.raises(NotFound, match=r"Did you mean 'cms'"):
        await make(db, clock, Wish("cms", sources=("cmss",)))
    with pytest.raises(UsageError, match=r"kind push"):
        await make(db, clock, Wish("cms", sources=("site",)))


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
async def test_it_has_a_name(db: Database, clock: FixedClock, name: str) -> None:
    with pytest.raises(InputError, match=r"name"):
        await make(db, clock, Wish(name))


async def test_who_may_write_may_look(clock: FixedClock) -> None:
    token = Token("1", "x", "fsv_x", frozenset({Scope.WRITE}), (), False, clock.now())
    assert token.may(Scope.READ)
    assert token.may(Scope.WRITE)
    assert token.speaks_for("any")
    reader = replace(token, scopes=frozenset({Scope.READ}))
    assert reader.may(Scope.READ)
    assert not reader.may(Scope.WRITE)


async def test_its_use_is_noted_once_a_minute(db: Database, clock: FixedClock) -> None:
    made = await make(db, clock)

    async def use() -> None:
        known = await whose(db, clock, made.text)
        assert known
        async with db.write() as conn:
            await token_rows.used(conn, known, clock.now())

    async def noted() -> float:
        known = await whose(db, clock, made.text)
        assert known
        assert known.last_used_at
        return (clock.now() - known.last_used_at).total_seconds()

    await use()
    assert await noted() == 0
    clock.advance(timedelta(seconds=59))
    await use()
    assert await noted() == 59
    clock.advance(timedelta(seconds=1))
    await use()
    assert await noted() == 0
