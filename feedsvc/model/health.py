"""How a source is doing, and what its polls found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PollOutcome(StrEnum):
    """How a poll ended.

    `busy`: another process was at it; `waiting`: the site asked us to wait, and that is not over. Both asked for nothing,
    and no row is kept.
    """

    OK = "ok"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"
    BUSY = "busy"
    WAITING = "waiting"


class SourceStatus(StrEnum):
    """One word for a source's condition. `new`: it was never polled; `alarm`: it answers, but a person must look."""

    NEW = "new"
    HEALTHY = "healthy"
    FAILING = "failing"
    ALARM = "alarm"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why a person should look at a source that answers. `code`: burst, bodies or dates; `sentence` says what to do."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What polling has found out about a source. Instants are aware, in UTC; empty ones have not happened.

    `last_error` is a sentence for a person and stays empty while the source works; `failures` counts polls that failed
    since the last success. `alarm` has a sentence a line (`alarms`): the polls go well, but what they bring needs a person's
    look (`alarm_code`: `burst`, `bodies`, `dates`, with blanks between). `current_interval_seconds` is the adaptive
    interval, None before there is one. `first_polled_at` empty: what comes in still counts as the first poll's.
    """

    slug: str
    paused_at: datetime | None
    gone_at: datetime | None
    next_poll_at: datetime | None
    first_polled_at: datetime | None
    last_polled_at: datetime | None
    last_success_at: datetime | None
    last_error: str
    last_error_code: str
    failures: int
    alarm: str = ""
    alarm_code: str = ""
    alarm_since: datetime | None = None
    current_interval_seconds: int | None = None

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Each alarm that stands, as `joined` wrote them."""
        return tuple(map(Alarm, self.alarm_code.split(), self.alarm.split("\n")))

    @property
    def status(self) -> SourceStatus:
        """The condition in one word; what an admin decided comes before what polling found."""
        if self.paused_at:
            return SourceStatus.PAUSED
        if self.gone_at:
            return SourceStatus.GONE
        if self.last_error:
            return SourceStatus.FAILING
        if self.alarm:
            return SourceStatus.ALARM
        return SourceStatus.HEALTHY if self.last_success_at else SourceStatus.NEW


def joined(alarms: Iterable[Alarm]) -> tuple[str, str]:
    """Alarms as the row of their source keeps them: their codes, and their sentences."""
    several = list(alarms)
    return " ".join(one.code for one in several), "\n".join(one.sentence for one in several)


@dataclass(frozen=True, slots=True)
class StoriesRead:
    """How many stories a poll read in full, how many of them had a date of their own, and a body; `new`: its new articles."""

    read: int = 0
    dated: int = 0
    bodied: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One poll as it is remembered: how many stories it found, and what became of them.

    Of the stories that were read in full (of pages the new ones, or those asked for again where none is new), `read` says
    how many, `dated` how many bore a date of their own, `bodied` how many a body: the drift alarm compares them with
    earlier polls.
    """

    source: str
    started_at: datetime
    finished_at: datetime
    outcome: PollOutcome
    found: int = 0
    new: int = 0
    changed: int = 0
    held: int = 0
    failed: int = 0
    read: int = 0
    dated: int = 0
    bodied: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a URL's last full answer said about itself, for conditional requests (RFC 9110, section 13).

    `fetched_at` is the instant of that answer, UTC. `moved_to` is the target of a permanent redirect that was seen
    `moved_seen` times in a row.
    """

    url: str
    etag: str | None
    last_modified: str | None
    fetched_at: datetime
    moved_to: str | None = None
    moved_seen: int = 0


@dataclass(frozen=True, slots=True)
class HostStanding:
    """What a site asked of us. `origin` is scheme and authority; instants are aware, in UTC.

    `robots` is the part of its robots.txt that means us, "" where everything is allowed, None where it was never read.
    `asked_at` is kept only for sites that want time between two requests.
    """

    origin: str
    robots: str | None
    robots_read_at: datetime | None
    asked_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackfillStanding:
    """How far a walk back through a source's older pages is: it goes on at `next_url`. Instants are aware, in UTC.

    `pages` list pages were read in full so far; they showed `found` stories, `new` of them unknown before.
    """

    source: str
    next_url: str
    pages: int
    found: int
    new: int
    started_at: datetime
    updated_at: datetime
