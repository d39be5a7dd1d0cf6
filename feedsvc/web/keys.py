"""What handlers find in the application: typed keys, filled by `app`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from feedsvc.accounts.paces import Paces
from feedsvc.clock import Clock
from feedsvc.publish.cache import FeedCache
from feedsvc.settings import Settings
from feedsvc.storage.database import Database

SETTINGS = web.AppKey("settings", Settings)
CLOCK = web.AppKey("clock", Clock)
DATABASE = web.AppKey("database", Database)
FEEDS = web.AppKey("feeds", FeedCache)
PACES = web.AppKey("paces", Paces)
STATIC_VERSION = web.AppKey("static_version", str)
ROUTE_NAMES: web.AppKey[dict[web.AbstractRoute, str]] = web.AppKey("route_names")
"""What metrics and logs call each route."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What /readyz says: each part with an empty text where it is well, else what is wrong."""

    parts: dict[str, str]
    checked_at: datetime

    @property
    def ready(self) -> bool:
        """Is every part well?"""
        return not any(self.parts.values())


ReadinessCheck = Callable[[], Awaitable[Readiness]]
READINESS: web.AppKey[ReadinessCheck] = web.AppKey("readiness")
