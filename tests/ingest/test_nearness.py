"""Near-copies are found after their articles came in: by the job of its own, and by a poll that a person asked for."""

import asyncio

from feedsvc.clock import FixedClock
from feedsvc.ingest.intake import nearness
from feedsvc.storage import reading
from feedsvc.storage.database import Database
from tests.ingest.stories import bring, furnish, story
from tests.text import press


async def copies(db: Database, article_id: str) -> list[str]:
    async with db.read() as conn:
        return [one.id for one in await reading.near_copies(conn, article_id, 5)]


async def test_what_came_in_is_compared_once(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    first, second, other, *_ = await bring(
        db, now, [story(1, now, press.EN), story(2, now, press.EN_ELSEWHERE), *(story(n, now) for n in range(3, 15))]
    )
    assert await copies(db, first) == []
    assert await nearness.tick(db) == 14
    assert (await copies(db, first), await copies(db, second)) == ([second], [first])
    assert await copies(db, other) == []
    assert await nearness.tick(db) == 0


async def test_several_processes_come_to_the_same_end(db: Database, clock: FixedClock) -> None:
    now = clock.now()
    await furnish(db, now)
    ids = await bring(db, now, [story(n, now, f"{press.EN} {n}") for n in range(12)])
    other = Database.open(db.url)
    await asyncio.gather(*(nearness.tick(each) for each in (db, other)))
    await other.close()
    assert await nearness.tick(db) == 0
    assert set(await copies(db, ids[0])) < set(ids)
    assert len(await copies(db, ids[0])) == 5
