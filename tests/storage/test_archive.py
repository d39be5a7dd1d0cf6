"""Which issues anyone may read, and in which order."""

from datetime import timedelta
from hashlib import sha256

import pytest

from feedsvc.clock import FixedClock
from feedsvc.model.issue import Edition, Issue, IssueState
from feedsvc.model.newsroom import Digest
from feedsvc.storage import archive, digests, issues
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn

WEEKLY = Digest("weekly", "Weekly", "0 8 * * mon")


async def issue(
    conn: Conn, clock: FixedClock, number: int | None, state: IssueState = IssueState.SENT, ids: tuple[str, ...] = ()
) -> Issue:
    """An issue with a public edition and one for readers."""
    clock.advance(timedelta(days=7))
    now = clock.now()
    made = await issues.begin(conn, WEEKLY, now.isoformat(), now, now, 0, IssueState.COMPOSING)
    assert made is not None
    await issues.change(conn, made.id, number=number, state=state, subject=f"Issue {number}")
    for public, articles in ((True, ids), (False, (*ids, "more"))):
        edition = Edition(0, made.id, "en", articles, len(articles), (), "", 0, "Subject", public)
        await issues.add_edition(conn, edition, sha256(repr(articles).encode()).hexdigest())
    return await issues.get(conn, made.id)


@pytest.fixture
async def numbered(db: Database, clock: FixedClock) -> Database:
    """Issues 1 to 4, of which the third is cancelled, and one that has no number yet."""
    async with db.write() as conn:
        await digests.put(conn, WEEKLY, 0, clock.now())
        for number in (1, 2, 3, 4, None):
            state = IssueState.CANCELLED if number == 3 else IssueState.SENT
            await issue(conn, clock, number, state, (f"story-{number}", "a"))
    return db


async def test_the_newest_come_first_without_what_nobody_got(numbered: Database) -> None:
    async with numbered.read() as conn:
        assert [one.number for one in await archive.latest(conn, "weekly", 10)] == [4, 2, 1]
        assert [one.number for one in await archive.latest(conn, "weekly", 1)] == [4]
        assert [one.number for one in await archive.latest(conn, "weekly", 10, before=4)] == [2, 1]
        assert await archive.latest(conn, "daily", 10) == []


async def test_one_by_its_number(numbered: Database) -> None:
    async with numbered.read() as conn:
        found = await archive.by_number(conn, "weekly", 2)
        assert found is not None
        assert found.subject == "Issue 2"
        assert await archive.by_number(conn, "weekly", 3) is None
        assert await archive.by_number(conn, "weekly", 9) is None
        assert await archive.by_number(conn, "daily", 2) is None


async def test_neighbours_pass_over_gaps(numbered: Database) -> None:
    async with numbered.read() as conn:
        assert await archive.neighbours(conn, "weekly", 1) == (None, 2)
        assert await archive.neighbours(conn, "weekly", 2) == (1, 4)
        assert await archive.neighbours(conn, "weekly", 4) == (2, None)


async def test_what_the_public_edition_holds_in_its_order(numbered: Database) -> None:
    async with numbered.read() as conn:
        shown = await archive.latest(conn, "weekly", 10)
        held = await archive.contents(conn, [one.id for one in shown])
        assert [held[one.id] for one in shown] == [("story-4", "a"), ("story-2", "a"), ("story-1", "a")]
        assert await archive.contents(conn, []) == {}
