"""One story's own page: fetched, read, or kept as title and link where it is no page that can be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedsvc.errors import FetchError, ReadError
from feedsvc.ingest.intake.apply import Found
from feedsvc.ingest.kit import Kit
from feedsvc.ingest.polling.fronts import Wanted
from feedsvc.ingest.polling.visit import ask
from feedsvc.model.article import Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem
from feedsvc.net.client import Fetched, Gone, NotModified
from feedsvc.storage import validators
from feedsvc.text.urls import host_of, is_page

PATIENCE = timedelta(days=1)
"""A page that cannot be had for longer than this after its printed date is kept as title and link."""

REREAD = timedelta(hours=6)
"""A known page whose server gives no validators would be sent whole at every poll: it is asked for this seldom."""

_MARKUP = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class Missed:
    """A story that could not be had this time, and why, in a sentence."""

    url: str
    problem: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a source's pages depends on: its list's host, and whether this still is its first poll."""

    source: Source
    host: str
    first_poll: bool


async def read_page(kit: Kit, wanted: Wanted, what: Reading) -> Found | Missed | None:
    """The story of a page; None where a known one did not change, or cannot be had just now."""
    item, now = wanted.item, kit.clock.now()
    if not is_page(item.url):
        return None if wanted.known else _link(item, "it is a file, and its list gives it no title")
    async with kit.db.read() as conn:
        last = await validators.get(conn, what.source.slug, item.url)
    if wanted.known and last is not None and not (last.etag or last.last_modified) and now - last.fetched_at < REREAD:
        return None
    try:
        seen = await ask(kit.fetcher, what.source, item.url, last, now)
        if isinstance(seen.answer, Fetched) and is_markup(seen.answer):
            story = await kit.reader.article_page(seen.answer, what.source, item)
            return Found(story, item.url, seen.kept)
        problem = _why(item.url, seen.answer)
    except (FetchError, ReadError) as error:
        problem = str(error)
    if wanted.known:
        return None
    if what.first_poll or host_of(item.url) != what.host or _is_old(item, now):
        return _link(item, problem)
    return Missed(item.url, problem)


def is_markup(fetched: Fetched) -> bool:
    """Does the answer say it is a page (or nothing at all)?"""
    kind = fetched.content_type.partition(";")[0].strip().lower()
    return not kind or kind in _MARKUP


def link_only(item: ListItem) -> Story:
    """The story that a list's entry is by itself: title, link and the list's date."""
    return Story(
        url=item.url,
        title=item.title,
        upstream_id=item.upstream_id,
        published=item.date,
        published_is_date=item.date is not None and item.date_is_date,
        language=item.language or None,
    )


def _link(item: ListItem, problem: str) -> Found | Missed:
    return Found(link_only(item), item.url) if item.title.strip() else Missed(item.url, problem)


def _is_old(item: ListItem, now: datetime) -> bool:
    return item.date is not None and now - item.date > PATIENCE


def _why(url: str, answer: Fetched | NotModified | Gone) -> str:
    if isinstance(answer, Fetched):
        return f"{url} is no page but {answer.content_type}"
    return f"{url} was taken away (410)" if isinstance(answer, Gone) else f"{url} did not change"
