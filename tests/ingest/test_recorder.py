"""What waits is committed together; one work's fault is not another's."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from feedsvc.errors import StorageError
from feedsvc.ingest.intake.apply import Found, prepare
from feedsvc.ingest.intake.decide import Circumstances
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling import outcomes
from feedsvc.ingest.polling.claiming import Job, Leases
from feedsvc.ingest.polling.fronts import Front
from feedsvc.ingest.polling.looks import Look
from feedsvc.ingest.polling.outcomes import Tally
from feedsvc.ingest.polling.recorder import MOST_STORIES, Closing, Recorder, Results, Work
from feedsvc.model.article import Story
from feedsvc.model.newsroom import SourceKind
from feedsvc.storage import polls, sources
from feedsvc.storage.database import Database
from feedsvc.storage.types import Conn
from tests.ingest.conftest import AddSource
from tests.ingest.polling import rows
from tests.ingest.site import BODY


@contextmanager
def commits(db: Database) -> Iterator[list[str]]:
    """Every transaction that commits inside the block."""
    seen: list[str] = []

    def note(_conn: Any) -> None:
        """One more."""
        seen.append("commit")

    event.listen(db.engine.sync_engine, "commit", note)
    yield seen
    event.remove(db.engine.sync_engine, "commit", note)


async def claimed(kit: Kit, add_source: AddSource, count: int) -> list[Job]:
    for number in range(count):
        await add_source(slug=f"s{number}", kind=SourceKind.FEED, url=f"/{number}")
    return await Leases(kit).claim_due(count)


def ending(kit: Kit, job: Job, stories: int = 0) -> Work:
    found = [Found(Story(f"{job.source.url}/{n}", f"Story {n}", content_html=BODY.format(n))) for n in range(stories)]
    what = Circumstances(job.source, kit.clock.now())

    async def conclude(_conn: Conn, results: Results) -> Closing:
        """All went well."""
        return outcomes.success(job, Front(), Tally().after(results), Look(), kit.clock.now(), 0.5)

    return Work([prepare(one, what) for one in found], conclude)


async def test_what_waits_is_one_transaction(kit: Kit, add_source: AddSource) -> None:
    jobs, recorder = await claimed(kit, add_source, 20), Recorder(kit)
    with commits(kit.db) as seen:
        answers = await asyncio.gather(*(recorder.record(ending(kit, job)) for job in jobs))
    assert len(seen) == 1
    assert [closing.report.source for _, closing in answers if closing] == [job.source.slug for job in jobs]
    async with kit.db.read() as conn:
        assert {health.status.value for health in (await sources.healths(conn)).values()} == {"healthy"}
        assert len(await polls.history(conn, "s7")) == 1


async def test_a_transaction_holds_no_more_than_its_share_of_stories(kit: Kit, add_source: AddSource) -> None:
    jobs, recorder = await claimed(kit, add_source, 3), Recorder(kit)
    with commits(kit.db) as seen:
        await asyncio.gather(*(recorder.record(ending(kit, job, MOST_STORIES * 3 // 4)) for job in jobs))
    assert len(seen) == 3
    # The texts are alike from source to source: one article, three origins.
    assert len(await rows(kit.db)) == MOST_STORIES * 3 // 4


async def test_a_fault_is_its_own(kit: Kit, add_source: AddSource) -> None:
    jobs, recorder = await claimed(kit, add_source, 3), Recorder(kit)

    async def fail(_conn: Conn, _results: Results) -> Closing:
        """A fault of ours."""
        raise ZeroDivisionError

    works = [ending(kit, jobs[0], 1), Work(conclude=fail), ending(kit, jobs[2], 1)]
    first, second, third = await asyncio.gather(*map(recorder.record, works), return_exceptions=True)
    assert isinstance(second, ZeroDivisionError)
    for one in (first, third):
        assert not isinstance(one, BaseException)
        assert len(one[0]) == 1
    async with kit.db.read() as conn:
        assert [len(await polls.history(conn, slug)) for slug in ("s0", "s1", "s2")] == [1, 0, 1]


async def test_who_waits_is_told_that_the_database_is_gone(kit: Kit, add_source: AddSource) -> None:
    (job,), recorder = await claimed(kit, add_source, 1), Recorder(kit)
    async with kit.db.write() as conn:
        await conn.exec_driver_sql("DROP TABLE polls")
    with pytest.raises(StorageError, match="feedsvc db migrate"):
        await recorder.record(ending(kit, job, 1))
    # Nothing of it is there, and the source is still held.
    assert await rows(kit.db) == {}
    assert await Leases(kit).claim_due(1) == []


AN_HOUR = 3600.0


async def test_works_wait_for_others_that_are_being_made(kit: Kit, add_source: AddSource) -> None:
    jobs, recorder = await claimed(kit, add_source, 9), Recorder(kit, gather=AN_HOUR)
    with commits(kit.db) as seen:
        waiting = []
        with recorder.coming():
            for job in jobs:
                waiting.append(asyncio.create_task(recorder.record(ending(kit, job))))
                await asyncio.sleep(0.01)
            assert seen == []
        await asyncio.gather(*waiting)
    assert len(seen) == 1
    await recorder.close()


async def test_works_wait_no_longer_than_for_a_transactions_stories(kit: Kit, add_source: AddSource) -> None:
    jobs, recorder = await claimed(kit, add_source, 2), Recorder(kit, gather=AN_HOUR)
    with recorder.coming():
        half = [ending(kit, job, MOST_STORIES // 2) for job in jobs]
        answers = await asyncio.gather(*map(recorder.record, half))
    assert [len(results) for results, _ in answers] == [MOST_STORIES // 2] * 2


async def test_works_wait_no_longer_than_they_are_told_to(kit: Kit, add_source: AddSource) -> None:
    (job,), recorder = await claimed(kit, add_source, 1), Recorder(kit, gather=0.01)
    with recorder.coming():
        _, closing = await recorder.record(ending(kit, job))
    assert closing is not None


async def test_where_nothing_else_comes_nothing_waits(kit: Kit, add_source: AddSource) -> None:
    jobs, recorder = await claimed(kit, add_source, 2), Recorder(kit, gather=AN_HOUR)
    with commits(kit.db) as seen:
        for job in jobs:
            await recorder.record(ending(kit, job))
    assert len(seen) == 2
