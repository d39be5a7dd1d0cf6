"""What a poll that went well is judged beside: what its source usually brings, and what a burst of it still holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from feedsvc.ingest.polling import burst
from feedsvc.model.health import SourceHealth, StoriesRead
from feedsvc.storage import articles, polls
from feedsvc.storage.types import Conn


@dataclass(frozen=True, slots=True)
class Look:
    """Earlier polls that read stories (the newest first), and how many stories a burst holds."""

    history: Sequence[StoriesRead] = ()
    burst_held: int = 0


async def look(conn: Conn, health: SourceHealth, brought: StoriesRead, bursts: bool) -> Look:
    """Read what may matter; `bursts`: this poll brought a burst. Needs a write transaction.

    Missing dates and bodies are looked for where a story of this poll had none, and while an alarm stands.
    """
    alarmed = any(one.code == burst.CODE for one in health.alarms)
    sound = brought.read == brought.dated == brought.bodied
    held = 0
    if bursts or alarmed:
        # An editor who moves them at this moment is waited for: the alarm would come back after the last is gone.
        await articles.lock(conn)
        held = await articles.held_by_burst(conn, health.slug)
    wanted = brought.read and not (sound and not health.alarm)
    return Look(await polls.readings(conn, health.slug) if wanted else (), held)
