"""Readers who get mail."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

EVERYTHING = "*"
"""The key of a wish for every category a digest offers."""


class SubscriberState(StrEnum):
    """Where a subscriber stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class SuppressionReason(StrEnum):
    """Why an address must not be mailed."""

    LEFT = "left"
    ERASED = "erased"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber's membership of a list.

    `wishes` maps a category slug, or `EVERYTHING`, to the entry number after which it counts: an article is wanted where
    it entered that category later. `frequency` empty takes every digest of the list, else those of that frequency.
    """

    list_slug: str
    wishes: dict[str, int] = field(default_factory=dict)
    frequency: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The categories chosen, sorted; none = all."""
        return tuple(sorted(slug for slug in self.wishes if slug != EVERYTHING))


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One e-mail address and what its owner asked for. Instants are aware, in UTC."""

    id: int
    email: str
    name: str
    language: str
    timezone: str
    state: SubscriberState
    created_at: datetime
    confirmed_at: datetime | None
    consent_at: datetime | None
    consent_source: str
    nonce: str
    subscriptions: tuple[Subscription, ...] = ()
