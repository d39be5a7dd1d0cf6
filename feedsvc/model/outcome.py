"""What became of one attempt to send one message."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.model.issue import MessageState


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state that an outbox row goes into, fenced by the `epoch` of the claim it belongs to.

    `next_attempt_at` (aware, UTC) is set for open states only. `code` is the server's basic reply code where it gave
    one; `reply` its words, or ours. `attempted`: the attempt counts against this reader. `unknown`: it was dropped
    after the final dot. `hard` marks a bounce that speaks against the address; `gone` one that says that there is no
    such mailbox (5.1.1).
    """

    id: int
    epoch: int
    state: MessageState
    reply: str = ""
    code: int | None = None
    next_attempt_at: datetime | None = None
    attempted: bool = True
    unknown: bool = False
    hard: bool = False
    gone: bool = False
