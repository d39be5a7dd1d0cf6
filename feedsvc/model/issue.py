"""Issues of digests, their editions, and the messages that carry them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IssueState(StrEnum):
    """Where an issue stands."""

    COMPOSING = "composing"
    AWAITING_APPROVAL = "awaiting_approval"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class MessageState(StrEnum):
    """States of an outbox row (FAULTS, "The process"). The first three are open."""

    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"
    SENT = "sent"
    UNCONFIRMED = "unconfirmed"
    BOUNCED = "bounced"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    SHUNTED = "shunted"


OPEN = (MessageState.QUEUED, MessageState.SENDING, MessageState.DEFERRED)
RECEIVED = (*OPEN, MessageState.SENT, MessageState.UNCONFIRMED)
"""Rows that count as received when the next issue is chosen."""


class MessageKind(StrEnum):
    """What a message is. Everything but a digest goes ahead of digests."""

    DIGEST = "digest"
    CONFIRMATION = "confirmation"
    LINKS = "links"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Issue:
    """One dated number of a digest. `period` is the local wall time that it belongs to, such as 2020-06-08T08:00.

    `number` is given when it is sent. `upto` is the last entry number that the issue may hold; `cursor` the last
    subscriber id the fan-out has dealt with.
    """

    id: int
    digest: str
    digest_title: str
    number: int | None
    period: str
    due_at: datetime
    created_at: datetime
    state: IssueState
    reason: str
    subject: str
    upto: int
    cursor: int
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Edition:
    """What some readers of an issue get: article ids in order, the first `full` of them as stories, the rest as links.

    `block_keys` are the blocks of its mail in order, `lead` the id of the story that stands first, `more` the number of
    articles that found no room. The public one is what the archive shows; it has no blocks.
    """

    id: int
    issue_id: int
    language: str
    article_ids: tuple[str, ...]
    full: int
    block_keys: tuple[str, ...] = ()
    lead: str = ""
    more: int = 0
    subject: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One outbox row as a worker claims it. `epoch` fences the outcome; instants are aware, in UTC."""

    id: int
    kind: MessageKind
    issue_id: int | None
    edition_id: int | None
    subscriber_id: int | None
    recipient: str
    payload: dict[str, str]
    state: MessageState
    attempts: int
    unknowns: int
    epoch: int
    queued_at: datetime
    expires_at: datetime
