"""Another process with feeds of its own: `python -m tests.publish.other_process ADDRESS`.

For each path on standard input it writes one line: the tag, the stamp, and a hash of every form.
"""

import asyncio
import hashlib
import sys
from typing import Any

from feedsvc.publish.cache import FeedCache
from feedsvc.publish.keys import FeedKey, canonical_key
from feedsvc.publish.prepared import Encoding
from feedsvc.settings import Settings
from feedsvc.storage.database import Database

VALUES: dict[str, Any] = {"site": {"base_url": "https://news.example.edu", "title": "USST News"}}


async def told(cache: FeedCache, path: str) -> str:
    """The line about the feed at a path."""
    key = canonical_key(path)
    assert isinstance(key, FeedKey)
    found = await cache.get(key)
    if found is None:
        return "none"
    forms = [await cache.packed(key, found, encoding) for encoding in Encoding]
    return " ".join([found.tag, found.last_modified.isoformat(), *(hashlib.sha256(form).hexdigest() for form in forms)])


async def answer(url: str) -> None:
    """Answer until standard input ends."""
    db = Database.open(url)
    cache = FeedCache(db, Settings.model_validate(VALUES))
    while path := (await asyncio.to_thread(sys.stdin.readline)).strip():
        sys.stdout.write(await told(cache, path) + "\n")
        sys.stdout.flush()
    await db.close()


if __name__ == "__main__":
    asyncio.run(answer(sys.argv[1]))
