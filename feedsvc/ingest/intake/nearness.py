"""Near-copies are found after articles came in, in small steps: no poll, push or reader waits for it."""

import asyncio

from feedsvc.storage import articles, clusters
from feedsvc.storage.database import Database

_AT_ONCE = 5
"""Articles compared in one transaction: a few milliseconds each."""


async def tick(db: Database) -> int:
    """Compare what has not been compared yet (`storage.clusters`); returns how many articles. Raises StorageError.

    What several processes compare at once is compared one after the other, to the same end.
    """
    compared = 0
    while True:
        async with db.read() as conn:
            waiting = await clusters.uncompared(conn, _AT_ONCE)
        if not waiting:
            return compared
        async with db.write() as conn:
            await articles.lock(conn)
            await clusters.assign_many(conn, waiting)
        compared += len(waiting)
        await asyncio.sleep(0)
