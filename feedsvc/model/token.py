"""API tokens: whom a program acts for, and what it may do. The token's own text is never among this."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a token may do. Who may write articles may also look at them."""

    READ = "articles:read"
    WRITE = "articles:write"


class TokenState(StrEnum):
    """Where a token stands."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept. Instants are aware, in UTC; empty ones have not happened or never will.

    `prefix` is its first letters, to recognise it by. `sources` are the slugs it may speak for; empty: any. `signed`:
    its requests must bear a signature, too. `last_used_at` is the last time it changed or repeated something, exact to
    a minute; reading leaves no trace.
    """

    id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    sources: tuple[str, ...]
    signed: bool
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def state(self, now: datetime) -> TokenState:
        """Where it stands at `now` (aware)."""
        if self.revoked_at is not None:
            return TokenState.REVOKED
        return TokenState.EXPIRED if self.expires_at is not None and self.expires_at <= now else TokenState.GOOD

    def may(self, scope: Scope) -> bool:
        """Does it have this scope, or one that holds it?"""
        return scope in self.scopes or (scope is Scope.READ and Scope.WRITE in self.scopes)

    def speaks_for(self, source: str) -> bool:
        """May it act for this source?"""
        return not self.sources or source in self.sources
