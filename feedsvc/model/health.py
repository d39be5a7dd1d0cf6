"""How a source is doing, and what its polls found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PollOutcome(StrEnum):
    """How a poll ended. `busy`: another process was at it, nothing was done and no row is kept."""

    OK = "ok"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"
    BUSY = "busy"


class SourceStatus(StrEnum):
    """One word for a source's condition. `new`: it was never polled."""

    NEW = "new"
    HEALTHY = "healthy"
    FAILING = "failing"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """What polling has found out about a source. Instants are aware, in UTC; empty ones have not happened.

    `last_error` is a sentence for a person and stays empty while the source works; `failures` counts polls that failed
    since the last success. `first_polled_at` empty: what comes in still counts as the first poll's.
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

    @property
    def status(self) -> SourceStatus:
        """The condition in one word; what an admin decided comes before what polling found."""
        if self.paused_at:
            return SourceStatus.PAUSED
        if self.gone_at:
            return SourceStatus.GONE
        if self.last_error:
            return SourceStatus.FAILING
        return SourceStatus.HEALTHY if self.last_success_at else SourceStatus.NEW


@dataclass(frozen=True, slots=True)
class PollRecord:
    """One poll as it is remembered: how many stories it found, and what became of them."""

    source: str
    started_at: datetime
    finished_at: datetime
    outcome: PollOutcome
    found: int = 0
    new: int = 0
    changed: int = 0
    failed: int = 0
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
