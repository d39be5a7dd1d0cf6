"""Does a source still bring what it used to? A rebuilt site answers with 200, and its dates or its texts are gone.

Faults that a poll can see at once (no stories, no page, no feed) are errors of that poll. Drift shows only beside what was
usual, so it is judged over stories, not over polls: the newest ones that were read against those before them. What was read
while an alarm stood is not what is usual.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from feedsvc.model.health import Alarm, StoriesRead

RECENT = 5
"""Stories that are judged: the newest polls that read so many between them. Fewer say nothing."""

BEFORE = 5
"""Stories that must have been read before those: fewer are no custom."""

MEMORY = 50
"""Polls before those that make the custom: what was usual long ago is forgotten."""

_CUSTOM = 0.8
_COLLAPSED = 0.25


@dataclass(slots=True)
class _Span:
    """Polls in a row, as (stories read, stories that had what is counted), and their sums."""

    polls: deque[tuple[int, int]] = field(default_factory=deque)
    read: int = 0
    having: int = 0

    def add(self, poll: tuple[int, int]) -> None:
        """A newer one."""
        self.polls.append(poll)
        self.read += poll[0]
        self.having += poll[1]

    def drop(self) -> tuple[int, int]:
        """Take the oldest one out."""
        oldest = self.polls.popleft()
        self.read -= oldest[0]
        self.having -= oldest[1]
        return oldest

    @property
    def share(self) -> float:
        """The part that had it."""
        return self.having / self.read if self.read else 0.0


def alarms(slug: str, polls: Sequence[StoriesRead]) -> tuple[Alarm, ...]:
    """What a person should look at after a poll that went well, if anything: bodies that went missing, then dates.

    `polls` are those of the source, the newest first, this one among them; those that read no story may be left out. An
    alarm begins where at least four of five stories had it before and at most one of four has now, and ends when four of
    five have it again. A source that never has dates, or has them now and then, raises none.
    """
    found = []
    if spans := _missing((poll.read, poll.bodied, poll.new) for poll in reversed(polls)):
        found.append(Alarm("bodies", _bodies(slug, *spans)))
    if spans := _missing((poll.read, poll.dated, poll.new) for poll in reversed(polls)):
        found.append(Alarm("dates", _dates(slug, *spans)))
    return tuple(found)


def _missing(polls: Iterable[tuple[int, int, int]]) -> tuple[_Span, _Span] | None:
    """The newest stories and the usual ones, where an alarm stands after the last of the polls (the oldest first)."""
    now, usual, stands = _Span(), _Span(), False
    for read, having, new in polls:
        if not new and (read < RECENT or having > _COLLAPSED * read):
            # Old stories that were read again and still have it say nothing of the new ones.
            continue
        now.add((read, having))
        while now.read - now.polls[0][0] >= RECENT:
            left = now.drop()
            if not stands:
                usual.add(left)
        while len(usual.polls) > MEMORY:
            usual.drop()
        stands = _stands(stands, now, usual)
    return (now, usual) if stands else None


def _stands(before: bool, now: _Span, usual: _Span) -> bool:
    if before:
        return now.share < _CUSTOM
    enough = now.read >= RECENT and usual.read >= BEFORE
    return enough and usual.share >= _CUSTOM and now.share <= _COLLAPSED


def _dates(slug: str, now: _Span, usual: _Span) -> str:
    return (
        f"Only {now.having} of the last {now.read} stories bear a date, where {usual.having} of {usual.read} did before: the "
        "site may print its dates in another way now. The stories are kept, and ordered by when they were first seen. "
        f"`feedsvc source check {slug}` shows what is read; if dates are missing there, name their place with `date` in "
        "[source.article]."
    )


def _bodies(slug: str, now: _Span, usual: _Span) -> str:
    return (
        f"Only {now.having} of the last {now.read} stories have a text, where {usual.having} of {usual.read} had one before: "
        "the site may have been rebuilt, or asks for a login. What was there stays. "
        f"`feedsvc source check {slug}` shows what is read; if texts are missing there, name their place with `body` in "
        "[source.article]."
    )
