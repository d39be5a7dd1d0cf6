"""The heartbeat: comes again, survives a job that fails, never doubles one that is slow."""

import asyncio

from feedsvc.errors import FetchError
from feedsvc.scheduler import Heartbeat, Job


async def test_a_job_comes_again_until_it_is_stopped() -> None:
    ticks = 0
    third = asyncio.Event()

    async def work() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 3:
            third.set()

    heartbeat = Heartbeat([Job("count", 0.01, work)])
    heartbeat.start()
    await asyncio.wait_for(third.wait(), 10)
    heartbeat.stop()
    # Whatever had begun may end; after that nothing comes.
    await asyncio.sleep(0.02)
    stopped = ticks
    await asyncio.sleep(0.05)
    assert ticks == stopped


async def test_a_job_that_fails_comes_again_and_so_do_the_others() -> None:
    came: dict[str, int] = {"expected": 0, "surprise": 0, "well": 0}
    done = asyncio.Event()

    async def expected() -> None:
        came["expected"] += 1
        msg = "The page is away."
        raise FetchError(msg)

    async def surprise() -> None:
        came["surprise"] += 1
        raise ZeroDivisionError

    async def well() -> None:
        came["well"] += 1
        if min(came.values()) >= 2:
            done.set()

    heartbeat = Heartbeat([Job("a", 0.01, expected), Job("b", 0.01, surprise), Job("c", 0.01, well)])
    heartbeat.start()
    await asyncio.wait_for(done.wait(), 10)
    heartbeat.stop()


async def test_a_slow_job_is_not_doubled() -> None:
    running = most = 0
    enough = asyncio.Event()
    turns = 0

    async def work() -> None:
        nonlocal running, most, turns
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        turns += 1
        if turns == 2:
            enough.set()

    heartbeat = Heartbeat([Job("slow", 0.01, work)])
    heartbeat.start()
    await asyncio.wait_for(enough.wait(), 10)
    heartbeat.stop()
    assert most == 1
