"""One conditional GET for a source: what we have is asked about, what moved for good is asked for where it is now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.errors import FetchError
from feedsvc.ingest.ports import Fetcher
from feedsvc.model.health import Validators
from feedsvc.model.newsroom import Source
from feedsvc.net.client import Fetched, Gone, NotModified
from feedsvc.storage import validators
from feedsvc.storage.database import Database

FRESH = timedelta(weeks=1)
"""A server that says 304 for longer is asked for the whole page once: it may be wrong."""

_SURE = 2


@dataclass(frozen=True, slots=True)
class Visit:
    """What a URL answered. `kept` is to be stored (`validators.put`) once the body was read and its stories stored."""

    answer: Fetched | NotModified | Gone
    kept: Validators | None = None


async def visit(db: Database, fetcher: Fetcher, source: Source, url: str, now: datetime) -> Visit:
    """Fetch `url` for a source. Raises FetchError."""
    async with db.read() as conn:
        last = await validators.get(conn, source.slug, url)
    return await ask(fetcher, source, url, last, now)


async def ask(fetcher: Fetcher, source: Source, url: str, last: Validators | None, now: datetime) -> Visit:
    """Fetch `url` for a source that remembers `last` of it. Raises FetchError."""
    target = last.moved_to if last and last.moved_to and last.moved_seen >= _SURE else url
    fresh = last if last and now - last.fetched_at < FRESH else None
    etag, modified = (fresh.etag, fresh.last_modified) if fresh else (None, None)
    try:
        answer = await fetcher.get(target, etag=etag, last_modified=modified, allow_private=source.allow_private)
    except FetchError:
        if target == url:
            raise
        # The place it moved to has failed: what was asked for first may know better.
        last, target = None, url
        answer = await fetcher.get(url, allow_private=source.allow_private)
    if isinstance(answer, Fetched):
        return Visit(answer, _kept(url, target, answer, last if not source.allow_private else None, now))
    return Visit(answer)


def _kept(url: str, target: str, answer: Fetched, last: Validators | None, now: datetime) -> Validators:
    """`last` is None where moves are not to be remembered: a private network may lie about a public name."""
    if target != url and last is not None and answer.moved_to is None:
        moved_to, seen = last.moved_to, last.moved_seen
    else:
        again = last is not None and last.moved_to == answer.moved_to
        moved_to = answer.moved_to
        seen = 0 if moved_to is None else min(last.moved_seen + 1, _SURE) if again and last else 1
    return Validators(url, answer.etag, answer.last_modified, now, moved_to, seen)
