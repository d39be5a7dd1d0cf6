"""From any address a person pastes to the ways its news can be read: polite, bounded, nothing stored.

The order is that of `Method`: feeds that the page names, sitemaps that robots.txt names, stories that the page declares,
the list of a known CMS, and a list found by itself. Reading happens in the reader process.
"""

import asyncio
import re
from dataclasses import replace
from urllib.parse import urlsplit

from feedsvc.errors import FetchError, ReadError
from feedsvc.ingest.discovery import judging, mapsearch
from feedsvc.ingest.discovery.errand import PATIENCE, Errand, PageReader, first_page
from feedsvc.ingest.discovery.judging import Scene
from feedsvc.ingest.ports import Fetcher
from feedsvc.model.discovery import Answered, Candidate, Discovery, FeedLink, Method, PageFacts
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.net.client import Fetched

_MOST_FEEDS = 4
_MOST_SECTIONS = 2
_NAMES = {SourceKind.FEED: "a feed", SourceKind.PAGE: "a list of stories", SourceKind.SITEMAP: "a sitemap"}
_COMMENTS = re.compile(r"\bcomments?\b|评论", re.IGNORECASE)


async def discover(
    fetcher: Fetcher,
    reader: PageReader,
    url: str,
    *,
    timezone: str = "UTC",
    allow_private: bool = False,
    only: SourceKind | None = None,
) -> Discovery:
    """The ways to read the news at `url`, which may lack its scheme; with `only` those of one kind.

    `timezone` is given to dates that name none. Raises InputError for what is no address, FetchError and ReadError where the
    address itself cannot be had; what goes wrong beyond it is told in the candidates.
    """
    probe = Source("discovery", SourceKind.PAGE, url, timezone=timezone, allow_private=allow_private)
    errand = Errand(fetcher, reader, probe, asyncio.get_running_loop().time() + PATIENCE)
    fetched = await first_page(errand, url)
    facts = judging.readable(await reader.examine(fetched, probe))
    found: list[Candidate] = []
    notes: list[str] = []
    if facts.answered is Answered.FEED:
        found = [await _read_feed(errand, FeedLink(fetched.url), fetched, Scene(fetched.url, given=True))]
    elif facts.answered is Answered.SITEMAP:
        found = await mapsearch.read(errand, fetched, Scene(fetched.url, given=True))
    elif facts.answered is Answered.PAGE:
        found = await _around(errand, facts, only, notes)
    scene = judging.scene_of(facts, errand.source.timezone)
    candidates = judging.ranked((one for one in found if only in (None, one.kind)), scene)
    chosen = candidates[0].number if candidates and candidates[0].holds else 0
    return Discovery(
        url, fetched.url, facts.title, facts.language, candidates, chosen,
        advice="" if chosen else _lacking(fetched.url, facts, found, only) or _advice(facts, fetched, candidates),
        notes=tuple(notes),
    )  # fmt: skip


async def _around(errand: Errand, facts: PageFacts, only: SourceKind | None, notes: list[str]) -> list[Candidate]:
    """What the page names and shows, and what the pages near it do."""
    scene = judging.scene_of(facts, errand.source.timezone)
    found = [judging.listing(facts.url, one, scene) for one in facts.lists]
    if only in (None, SourceKind.FEED):
        found += await _feeds(errand, facts.feeds, scene)
    fed = any(one.holds and one.kind is SourceKind.FEED for one in found)
    if only is SourceKind.SITEMAP or (only is None and not fed):
        found += await mapsearch.look(errand, scene)
    elif fed and only is None:
        notes.append("There is a feed of these stories, so no sitemap was looked for; --kind sitemap looks for one.")
    if only is not SourceKind.SITEMAP and _looks_on(found, scene):
        found += await _sections(errand, facts, only)
    if facts.story:
        notes.append("This is a story's own page; the list it belongs to was looked for.")
    return found


def _looks_on(found: list[Candidate], scene: Scene) -> bool:
    """Are the pages worth a look that this one leads to?"""
    if any(one.holds and one.kind is not SourceKind.PAGE for one in found):
        return False
    return scene.home or scene.story or not any(one.holds for one in found)


async def _feeds(errand: Errand, links: tuple[FeedLink, ...], scene: Scene) -> list[Candidate]:
    return [await _feed(errand, link, scene) for link in links[:_MOST_FEEDS]]


async def _feed(errand: Errand, link: FeedLink, scene: Scene) -> Candidate:
    missed = judging.missed(Method.FEED, SourceKind.FEED, link.url, "It is a feed of comments.", link.title)
    if _COMMENTS.search(f"{link.title} {urlsplit(link.url).path}"):
        return missed
    try:
        return await _read_feed(errand, link, await errand.get(link.url), scene)
    except (FetchError, ReadError) as error:
        return replace(missed, why=str(error))


async def _read_feed(errand: Errand, link: FeedLink, fetched: Fetched, scene: Scene) -> Candidate:
    read = await errand.reader.feed(fetched, replace(errand.source, kind=SourceKind.FEED, url=fetched.url))
    return judging.feed(link, fetched.url, read, scene)


async def _sections(errand: Errand, facts: PageFacts, only: SourceKind | None) -> list[Candidate]:
    """The lists of the pages that a story belongs to or a home page calls news, and the feeds that only they name."""
    found: list[Candidate] = []
    known = {link.url for link in facts.feeds}
    for url in facts.sections[:_MOST_SECTIONS]:
        try:
            there = judging.readable(await errand.reader.examine(await errand.get(url), errand.source))
        except (FetchError, ReadError) as error:
            found.append(judging.missed(Method.LIST, SourceKind.PAGE, url, str(error)))
            continue
        scene = judging.scene_of(there, errand.source.timezone)
        found += [judging.listing(there.url, one, scene) for one in there.lists]
        if only in (None, SourceKind.FEED):
            new = tuple(link for link in there.feeds if link.url not in known)
            found += await _feeds(errand, new, scene)
        if any(one.holds for one in found):
            break
    return found


def _advice(facts: PageFacts, fetched: Fetched, candidates: tuple[Candidate, ...]) -> str:
    """What to do next where nothing is proposed."""
    if facts.login:
        return f"{fetched.url} asks for a login before it shows its news. Give an address that everyone may read."
    unsure = next((one.number for one in candidates if one.stories), 0)
    if facts.scripted:
        reason = f"{fetched.url} builds its page with JavaScript, so there is nothing on it to read."
        readable = "a page that shows the news without scripts"
        if unsure:
            return f"{_unsure(unsure)}, or give the address of {readable}: {reason}"
        return f"{reason} Give the address of its feed or sitemap, or of {readable}."
    if facts.answered is Answered.OTHER:
        kind = fetched.content_type.partition(";")[0] or "something unnamed"
        return (
            f"{fetched.url} is no page, feed or sitemap but {kind}. Give the address of the page that lists the news."
        )
    if unsure:
        return f"{_unsure(unsure)}, or give the address of the page that lists the news."
    return (
        f"No feed, no sitemap and no list of stories was found at {fetched.url} or near it. Give the address of the page "
        "that lists the news, or of its feed."
    )


def _lacking(url: str, facts: PageFacts, found: list[Candidate], only: SourceKind | None) -> str:
    """What to do next where one kind was asked for and only others are there; "" in any other case."""
    there = {one.kind for one in found if one.stories}
    if facts.feeds and only is not SourceKind.FEED:
        there.add(SourceKind.FEED)
    others = " and ".join(_NAMES[kind] for kind in _NAMES if kind in there and kind is not only)
    if only is None or only in there or not others:
        return ""
    what = _NAMES[only].removeprefix("a ")
    verb = "are" if " and " in others else "is"
    return f"No {what} was found at {url} or near it, but {others} {verb} there: leave --kind out to see what to take."


def _unsure(number: int) -> str:
    """How to take a candidate that may be right; the sentence goes on."""
    return (
        f"It is not certain that any of this is the news of the page. Choose what looks right with --candidate {number}"
    )
