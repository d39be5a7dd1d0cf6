"""Every periodic job in one table. It holds no state: each tick asks the database what is due.

APScheduler is a heartbeat in UTC and nothing more; what is due, and when, is worked out from rows (see
digests.schedule). A tick that is still running when the next would come is not doubled.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from feedsvc.errors import FeedsvcError
from feedsvc.logs import get_logger

log = get_logger(__name__)
Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done every so many seconds."""

    name: str
    seconds: float
    work: Work


class Heartbeat:
    """Runs a table of jobs from `start` to `stop`; a job that fails is logged and comes again."""

    def __init__(self, jobs: list[Job]) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for job in jobs:
            trigger = IntervalTrigger(seconds=job.seconds, timezone="UTC")
            self._scheduler.add_job(
                _guarded(job), trigger, id=job.name, max_instances=1, coalesce=True, misfire_grace_time=None
            )

    def start(self) -> None:
        """Begin ticking; each job comes for the first time after its interval."""
        self._scheduler.start()

    def stop(self) -> None:
        """No further ticks."""
        self._scheduler.shutdown(wait=False)


def _guarded(job: Job) -> Work:
    async def run() -> None:
        """Do the work once; a fault is logged and ends there, so that the next tick comes."""
        try:
            await job.work()
        except FeedsvcError as error:
            log.error("job failed", job=job.name, code=error.code, cause=str(error))
        except Exception:
            log.exception("job failed", job=job.name)

    return run
