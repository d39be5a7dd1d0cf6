"""Does a source still bring what it used to? A rebuilt site answers with 200, and its dates or its texts are gone.

Faults that a poll can see at once (no stories, no page, no feed) are errors of that poll. Drift shows only beside what was
usual, so it is judged over stories, not over polls: the newest ones that were read against those before them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from feedsvc.ingest.polling import burst
from feedsvc.model.health import PollRecord

RECENT = 5
"""Stories that are judged: the newest polls that read so many between them. Fewer say nothing."""

BEFORE = 10
"""Stories that must have been read before those: fewer are no custom."""

_CUSTOM = 0.8
_COLLAPSED = 0.25


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why a person should look at a source that answers. `code`: dates, bodies or burst; `sentence` says what to do."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Read:
    """How many stories were read, and how many of them had what is counted."""

    read: int = 0
    having: int = 0

    @property
    def share(self) -> float:
        """The part that had it."""
        return self.having / self.read if self.read else 0.0


def alarm(history: Sequence[PollRecord], record: PollRecord, burst_held: int) -> Alarm | None:
    """What a person should look at after a poll that went well, if anything.

    `history` are earlier polls of the source, the newest first (`polls.history`); those that read no story may be left
    out, and the further back it goes the longer an alarm stands. `burst_held` counts the stories held because too many
    came at once. Dates and bodies raise the alarm where at least four of five stories had them before and at most one of
    four has now; a source that never has dates, or has them now and then, raises none.
    """
    if burst_held:
        return Alarm("burst", burst.notice(burst_held))
    polls = (record, *history)
    dated, usually_dated = _compare([(poll.read, poll.dated) for poll in polls])
    bodied, usually_bodied = _compare([(poll.read, poll.bodied) for poll in polls])
    if _collapsed(bodied, usually_bodied):
        return Alarm("bodies", _bodies(record.source, bodied, usually_bodied))
    if _collapsed(dated, usually_dated):
        return Alarm("dates", _dates(record.source, dated, usually_dated))
    return None


def _compare(polls: Sequence[tuple[int, int]]) -> tuple[_Read, _Read]:
    """The newest stories, and those before them; `polls` are (read, having), the newest first."""
    now, before = _Read(), _Read()
    for read, having in polls:
        if now.read < RECENT:
            now = _Read(now.read + read, now.having + having)
        else:
            before = _Read(before.read + read, before.having + having)
    return now, before


def _collapsed(now: _Read, before: _Read) -> bool:
    enough = now.read >= RECENT and before.read >= BEFORE
    return enough and before.share >= _CUSTOM and now.share <= _COLLAPSED


def _dates(slug: str, now: _Read, before: _Read) -> str:
    return (
        f"Only {now.having} of the last {now.read} stories bear a date, where {before.having} of {before.read} did before: the "
        "site may print its dates in another way now. The stories are kept, and ordered by when they were first seen. "
        f"`feedsvc source check {slug}` shows what is read; if dates are missing there, name their place with `date` in "
        "[source.article]."
    )


def _bodies(slug: str, now: _Read, before: _Read) -> str:
    return (
        f"Only {now.having} of the last {now.read} stories have a text, where {before.having} of {before.read} had one before: "
        "the site may have been rebuilt, or asks for a login. What was there stays. "
        f"`feedsvc source check {slug}` shows what is read; if texts are missing there, name their place with `body` in "
        "[source.article]."
    )
