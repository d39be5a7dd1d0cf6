"""What the readers of pages, feeds and sitemaps hand to the decider."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.model.article import Story


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry of a list page or a sitemap: a link to a story.

    `date` (when it was published) and `modified` (a sitemap's lastmod) are aware, in UTC, None where the list gives
    none; `date_is_date`: `date` is a day's midnight in the source's zone. `upstream_id` is the CMS's own id. `language` is
    the tag that a news sitemap gives, "" where none does.
    """

    url: str
    title: str = ""
    date: datetime | None = None
    date_is_date: bool = True
    upstream_id: str | None = None
    modified: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list page or a sitemap as read: its items in page order, the older page, and the preset that recognised it.

    `sitemaps` are the addresses that a sitemap index names; such an index has no items of its own.
    """

    items: tuple[ListItem, ...]
    next_url: str | None = None
    preset: str = "generic"
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedRead:
    """An upstream feed as read.

    `unchanged` counts entries that are as they were when last read (their fingerprints are known): they are not among
    `stories`. `dropped` counts entries without an address, which no article can be made of, and the
    half of one at which the document broke off.
    """

    title: str
    stories: tuple[Story, ...]
    unchanged: int = 0
    dropped: int = 0
