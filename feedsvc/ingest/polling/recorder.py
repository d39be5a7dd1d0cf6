"""One writer for all polls of a tick: what waits while a transaction commits goes into the next one together.

An outcome that found nothing new so costs a row in a statement that writes many, and no transaction of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from feedsvc.errors import DatabaseBusy
from feedsvc.ingest.intake.apply import Applied, Refused, enter
from feedsvc.ingest.intake.planning import Prepared
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.report import PollReport
from feedsvc.model.health import PollOutcome, PollRecord, Validators
from feedsvc.storage import polls, sources, validators
from feedsvc.storage.sources import Settlement
from feedsvc.storage.types import Conn

MOST_STORIES = 20
"""Stories that one transaction writes (a single poll's batch may bring more): others wait no longer than for these."""

Results = list[Applied | Refused]


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a poll: what is told of it, what its source's row keeps, and what it remembers of URLs.

    `prune`: it is this source's turn to forget its oldest polls.
    """

    report: PollReport
    settlement: Settlement
    kept: tuple[Validators, ...] = ()
    prune: bool = False


Conclude = Callable[[Conn, Results], Awaitable[Closing]]


@dataclass(frozen=True, slots=True)
class Work:
    """Stories to bring in, in their order, and (with the poll's last ones) how to conclude it from what became of them.

    `conclude` reads what it needs within the transaction. It may be called again where a transaction had to be undone.
    """

    stories: Sequence[Prepared | Refused] = ()
    conclude: Conclude | None = None


@dataclass(slots=True)
class _Waiting:
    work: Work
    done: "asyncio.Future[tuple[Results, Closing | None]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Recorder:
    """Commits works in the order in which they come; waits up to `gather` seconds for more of them that are `coming`.

    Close it when nothing waits any more.
    """

    def __init__(self, kit: Kit, gather: float = 0.0) -> None:
        self._kit = kit
        self._gather = gather
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._coming = 0
        # There is a transaction's worth of stories, or no other work is on its way.
        self._enough = asyncio.Event()

    @contextmanager
    def coming(self) -> Iterator[None]:
        """While the block runs, a work is being made: others wait for it to be committed with them."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._weigh()

    async def record(self, work: Work) -> tuple[Results, Closing | None]:
        """Write a work; returns when it is committed. Raises StorageError; another work's fault is not this one's."""
        mine = _Waiting(work)
        self._waiting.append(mine)
        self._weigh()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await mine.done

    async def close(self) -> None:
        """Wait until everything that was handed in is committed."""
        if self._writing is not None:
            await self._writing

    async def _write_all(self) -> None:
        while self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._enough.wait(), self._gather)
            group = self._take()
            try:
                await self._commit(group)
            except DatabaseBusy as error:
                _fail(group, error)
            except Exception as error:
                if len(group) == 1:
                    _fail(group, error)
                    continue
                # One of them is at fault: each for itself.
                for one in group:
                    try:
                        await self._commit([one])
                    except Exception as own:
                        _fail([one], own)

    def _take(self) -> list[_Waiting]:
        count = stories = 0
        for one in self._waiting:
            stories += len(one.work.stories)
            if count and stories > MOST_STORIES:
                break
            count += 1
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        self._weigh()
        return group

    def _weigh(self) -> None:
        if not self._coming or sum(len(one.work.stories) for one in self._waiting) >= MOST_STORIES:
            self._enough.set()
        else:
            self._enough.clear()

    async def _commit(self, group: list[_Waiting]) -> None:
        answers: list[tuple[Results, Closing | None]] = []
        async with self._kit.db.write() as conn:
            stories = [story for one in group for story in one.work.stories]
            entered = await enter(conn, stories, self._kit.settings.site.base_url, self._kit.clock.now())
            start = 0
            for one in group:
                end = start + len(one.work.stories)
                results = entered[start:end]
                closing = await one.work.conclude(conn, results) if one.work.conclude else None
                answers.append((results, closing))
                start = end
            await _close(conn, [closing for _, closing in answers if closing])
        for one, answer in zip(group, answers, strict=True):
            if not one.done.done():
                one.done.set_result(answer)


async def _close(conn: Conn, closings: Sequence[Closing]) -> None:
    await sources.settle(conn, [closing.settlement for closing in closings])
    done = [closing for closing in closings if closing.report.outcome != PollOutcome.WAITING]
    await polls.add(conn, [_record(closing.report) for closing in done])
    await validators.put_all(conn, [(each.report.source, kept) for each in closings for kept in each.kept])
    for closing in closings:
        if closing.prune:
            await polls.prune(conn, closing.report.source, closing.report.finished_at)


def _record(report: PollReport) -> PollRecord:
    return PollRecord(**{name: getattr(report, name) for name in PollRecord.__slots__})


def _fail(group: Sequence[_Waiting], error: Exception) -> None:
    for one in group:
        if not one.done.done():
            one.done.set_exception(error)
