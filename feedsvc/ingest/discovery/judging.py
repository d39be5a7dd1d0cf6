"""Which of the ways to read a site's news hold: pure judgement over what was read, with a sentence for each.

A candidate that holds brings stories of the page that was asked for. The order of the ways is that of `Method`; among feeds
the one that shares most with the page comes first, among sitemaps one of news, among lists that of the page itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedsvc.model.discovery import Candidate, FeedLink, FoundList, Method, PageFacts
from feedsvc.model.newsroom import SourceKind
from feedsvc.model.reading import FeedRead, ListItem
from feedsvc.text.shapes import shape
from feedsvc.text.urls import canonical, site_of

STALE = timedelta(days=90)
"""A feed or sitemap whose newest story is older than the page's newest by more than this was left behind."""

FEWEST = 3
_STORIES_OF_A_MAP = 0.8
_REGISTRIES = frozenset(
    {"ac", "co", "com", "edu", "ed", "go", "gob", "gov", "gouv", "gv", "mil", "ne", "net", "or", "org", "sch"}
)
_ORDER = list(Method)
_LISTED_FEW = {Method.JSONLD: FEWEST, Method.PRESET: 2, Method.LIST: FEWEST}


@dataclass(frozen=True, slots=True)
class Scene:
    """The page that was asked for: its address, all it links (canonical), and the items of its own list.

    `story`: it is one story, so what it lists is beside the point. `given`: it is no page but the feed or sitemap itself.
    `zone` is the source's: days are told in it.
    """

    url: str
    links: frozenset[str] = frozenset()
    listed: tuple[ListItem, ...] = ()
    story: bool = False
    given: bool = False
    zone: str = "UTC"

    @property
    def home(self) -> bool:
        """Is it the first page of its site?"""
        return urlsplit(canonical(self.url)).path == "/"


def scene_of(facts: PageFacts, zone: str) -> Scene:
    """The scene that a page sets, its days told in `zone`."""
    listed = facts.lists[0].items if facts.lists and not facts.story else ()
    return Scene(facts.url, frozenset(facts.links), listed, facts.story, zone=zone)


def readable(facts: PageFacts) -> PageFacts:
    """The facts with the lists that may be read: on a page that asks for a password, only those that are surely news.

    Many news pages have a small login beside their list; a login page has a few links and no dates.
    """
    if not facts.login:
        return facts
    return replace(facts, lists=tuple(one for one in facts.lists if _is_dated(one)))


def _is_dated(found: FoundList) -> bool:
    return sum(item.date is not None for item in found.items) * 2 > len(found.items)


def feed(link: FeedLink, url: str, read: FeedRead, scene: Scene) -> Candidate:
    """A feed that was read at `url`."""
    urls = [story.url for story in read.stories]
    told = Candidate(
        0, Method.FEED, SourceKind.FEED, url, "",
        title=read.title or link.title, stories=len(urls),
        dated=sum(story.published is not None for story in read.stories),
        newest=_newest(story.published for story in read.stories),
    )  # fmt: skip
    if not urls:
        return replace(told, why="It holds no stories.")
    if not any(near(address, scene.url) for address in urls):
        return replace(told, why=f"None of its {_stories(len(urls))} is on this site.")
    shared = _shared(urls, scene)
    against = _against(told, shared, scene)
    if not (against or shared or link.declared or scene.given):
        against = (
            f"The page only links it and shows none of its {_stories(len(urls))}: it may be of one part of the site."
        )
    return replace(told, holds=not against, why=against or f"It brings {_stories(len(urls))}{_on_page(shared, scene)}.")


def sitemap(url: str, pages: Sequence[ListItem], scene: Scene) -> Candidate:
    """A sitemap with the pages of its own site."""
    news = sum(bool(item.title) for item in pages)
    told = Candidate(
        0, Method.SITEMAP, SourceKind.SITEMAP, url, "",
        stories=len(pages), dated=sum(item.date is not None for item in pages),
        newest=_newest(item.date or item.modified for item in pages),
    )  # fmt: skip
    if not pages:
        return replace(told, why="It lists no page of this site.")
    shared = _shared([item.url for item in pages], scene)
    if news * 2 >= len(pages):
        against = _against(told, shared, scene)
        why = against or f"It is a sitemap of news with {_stories(len(pages))}{_on_page(shared, scene)}."
        return replace(told, holds=not against, why=why, title="news sitemap")
    return _plain_map(told, pages, shared, scene)


def _plain_map(told: Candidate, pages: Sequence[ListItem], shared: int, scene: Scene) -> Candidate:
    alike = len(pages) if scene.given else _story_like(pages, scene)
    if not scene.given and not scene.listed and not scene.story:
        return replace(
            told, why=f"It lists {len(pages):,} pages; whether they are stories cannot be told from the page given."
        )
    if alike < _STORIES_OF_A_MAP * len(pages):
        return replace(told, why=f"It maps the whole site: {alike:,} of its {len(pages):,} pages look like stories.")
    against = _against(told, shared, scene)
    return replace(told, holds=not against, why=against or f"It lists {_stories(len(pages))}{_on_page(shared, scene)}.")


def listing(url: str, found: FoundList, scene: Scene) -> Candidate:
    """A list on the page at `url`, which is the page that was asked for or one that it leads to."""
    told = Candidate(
        0, found.method, SourceKind.PAGE, url, "",
        preset=found.preset, rules=found.rules, stories=len(found.items),
        dated=sum(item.date is not None for item in found.items), newest=_newest(item.date for item in found.items),
    )  # fmt: skip
    if scene.story and canonical(url) == canonical(scene.url):
        return replace(told, why="The page is one story, and these are links beside it.")
    if len(found.items) < _LISTED_FEW[found.method]:
        return replace(told, why=f"It shows {_stories(len(found.items))} only.")
    if not any(near(item.url, url) for item in found.items):
        return replace(told, why="All its links lead to other sites.")
    dates = "all with dates" if told.dated == told.stories else f"{told.dated} of them with a date"
    return replace(
        told, holds=True, why=f"It lists {_stories(told.stories)}, {dates if told.dated else 'none with a date'}."
    )


def missed(method: Method, kind: SourceKind, url: str, why: str, title: str = "") -> Candidate:
    """A candidate that could not be read."""
    return Candidate(0, method, kind, url, why, title=title)


def ranked(candidates: Iterable[Candidate], scene: Scene) -> tuple[Candidate, ...]:
    """The candidates in their order, numbered; those that hold come first."""
    once: dict[tuple[object, ...], Candidate] = {}
    for one in candidates:
        once.setdefault((one.kind, canonical(one.url), one.method, str(one.rules)), one)
    ordered = sorted(once.values(), key=lambda one: _rank(one, scene))
    return tuple(replace(one, number=number) for number, one in enumerate(ordered, 1))


def near(url: str, other: str) -> bool:
    """Do two addresses belong to one site: the same host, one below the other, or two of one domain?"""
    one, two = site_of(url), site_of(other)
    if one == two or one.endswith(f".{two}") or two.endswith(f".{one}"):
        return True
    shared = one.partition(".")[2]
    # `edu.cn` and `co.uk` are nobody's domain.
    return shared == two.partition(".")[2] and "." in shared and shared.partition(".")[0] not in _REGISTRIES


def _rank(one: Candidate, scene: Scene) -> tuple[bool, int, int, int]:
    elsewhere = canonical(one.url) != canonical(scene.url)
    # The news page of a site says more than its home page; else the page that was asked for comes first.
    place = int(elsewhere is not (scene.home or scene.story)) if one.kind is SourceKind.PAGE else 0
    order = _ORDER.index(one.method)
    first = min(order, _ORDER.index(Method.JSONLD)) if one.kind is SourceKind.PAGE else order
    return not one.holds, first, place, order


def _against(told: Candidate, shared: int, scene: Scene) -> str:
    """What speaks against a feed or sitemap of this site; "" where nothing does."""
    if len(scene.listed) >= FEWEST and not scene.home and not shared:
        return f"None of its {_stories(told.stories)} stands on this page: it is of another part of the site."
    newest = _newest(item.date for item in scene.listed)
    if newest and told.newest and newest - told.newest > STALE:
        zone = ZoneInfo(scene.zone)
        days = (f"{day.astimezone(zone):%Y-%m-%d}" for day in (told.newest, newest))
        return "Its newest story is of {}, while the page has one of {}.".format(*days)
    return ""


def _shared(urls: Iterable[str], scene: Scene) -> int:
    return sum(canonical(url) in scene.links for url in urls)


def _on_page(shared: int, scene: Scene) -> str:
    return f", {shared} of them on this page" if scene.links and shared else ""


def _story_like(pages: Sequence[ListItem], scene: Scene) -> int:
    """How many pages have an address like those of the page's own list (at least two of a kind), or the page itself."""
    known = {shape(item.url) for item in scene.listed} if scene.listed else set()
    known |= {shape(scene.url)} if scene.story else set()
    return sum(shape(item.url) in known for item in pages)


def _newest(dates: Iterable[datetime | None]) -> datetime | None:
    return max((date for date in dates if date), default=None)


def _stories(count: int) -> str:
    return "1 story" if count == 1 else f"{count:,} stories"
