"""What the readers of pages, feeds and sitemaps hand to the decider."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.model.article import Story


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry of a list page or a sitemap: a link to a story. `date` is aware, in UTC, None where the list gives none."""

    url: str
    title: str = ""
    date: datetime | None = None
    date_is_date: bool = True
    upstream_id: str | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list page as read: its items in page order, the older page, and the preset that recognised it."""

    items: tuple[ListItem, ...]
    next_url: str | None = None
    preset: str = "generic"


@dataclass(frozen=True, slots=True)
class FeedRead:
    """An upstream feed as read."""

    title: str
    stories: tuple[Story, ...]
