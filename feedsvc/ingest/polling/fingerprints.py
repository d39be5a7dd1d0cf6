"""What is known of sources' entries, looked up for all the polls that ask within the same few milliseconds."""

import asyncio

from feedsvc.storage import origins
from feedsvc.storage.database import Database

_GATHER = 0.01


class Fingerprints:
    """One look into the database for many sources. Make one for each tick."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._asked: dict[str, asyncio.Future[frozenset[str]]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def of(self, slug: str) -> frozenset[str]:
        """The fingerprints of the entries that a source showed, as they were when they came in. Raises StorageError."""
        mine = self._asked.setdefault(slug, asyncio.get_running_loop().create_future())
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        # One poll that is stopped must not take the answer from another.
        return await asyncio.shield(mine)

    async def _look(self) -> None:
        await asyncio.sleep(_GATHER)
        asked, self._asked, self._looking = self._asked, {}, None
        try:
            async with self._db.read() as conn:
                found = await origins.fingerprints(conn, sorted(asked))
        except Exception as error:
            for waiting in asked.values():
                waiting.set_exception(error)
            return
        for slug, waiting in asked.items():
            waiting.set_result(found[slug])
