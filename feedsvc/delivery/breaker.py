"""The breaker: while the relay is at fault the whole queue waits, in every process, and the reason can be read.

Its state is the switch "relay": `Broken` as JSON. The switch "freeze" is a person's: no mail leaves while it is set.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

import orjson

from feedsvc.delivery.policy import RelayFault, break_length
from feedsvc.storage import switches
from feedsvc.storage.types import Conn

SWITCH = "relay"
FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class Broken:
    """The relay is at fault: since when, why, when it is tried again (aware, UTC), and how many faults in a row.

    `configuration`: it refuses our login or our sender. A person has to change the settings.
    """

    since: datetime
    why: str
    retry_at: datetime
    faults: int
    configuration: bool


async def is_frozen(conn: Conn) -> bool:
    """Has a person stopped all sending?"""
    return await switches.get(conn, FREEZE) is not None


async def broken(conn: Conn) -> Broken | None:
    """The relay's fault; None while it works, as far as is known."""
    value = await switches.get(conn, SWITCH)
    if value is None:
        return None
    kept = orjson.loads(value)
    instants = {name: datetime.fromisoformat(kept[name]) for name in ("since", "retry_at")}
    return Broken(**{**kept, **instants})


async def trip(conn: Conn, fault: RelayFault, now: datetime, jitter: float) -> Broken:
    """Stop sending for a while, the longer the more faults there were in a row. Needs a write transaction.

    Connections that fail together count as one fault: within a break nothing is added.
    """
    before = await broken(conn)
    if before is not None and now < before.retry_at:
        return before
    faults = before.faults if before else 0
    retry_at = now + break_length(fault, faults, jitter)
    state = Broken(before.since if before else now, fault.why, retry_at, faults + 1, fault.configuration)
    await switches.put(conn, SWITCH, orjson.dumps(asdict(state)).decode(), now)
    return state


async def mend(conn: Conn) -> None:
    """The relay works again, or a person wants it tried at once."""
    await switches.remove(conn, SWITCH)
