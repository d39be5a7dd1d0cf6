"""From what the database says to what a feed says."""

from datetime import UTC, datetime

from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import ArchiveLinks, FeedDocument, FeedListing
from feedsvc.model.newsroom import Category
from feedsvc.publish.contents import Contents
from feedsvc.publish.keys import ALL_NAME, FeedKey
from feedsvc.settings import Feeds, Site
from feedsvc.storage.reading import FeedMarks
from feedsvc.storage.stamps import ALL

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""The stamp of a feed that has not changed yet: fixed, so that it is the same in every process and before any change."""


def chosen(key: FeedKey, marks: FeedMarks) -> tuple[Category, ...] | None:
    """The key's categories, none for all; None where one is unknown."""
    known = {category.slug: category for category in marks.categories}
    if not all(slug in known for slug in key.categories):
        return None
    return tuple(known[slug] for slug in key.categories)


def stamps(key: FeedKey, marks: FeedMarks) -> tuple[datetime, ...]:
    """The change stamps that the feed hangs on: as long as these stay, so does the feed."""
    return tuple(marks.changed.get(slug, NEVER) for slug in key.categories or (ALL,))


def document(key: FeedKey, marks: FeedMarks, contents: Contents, site: Site, feeds: Feeds) -> FeedDocument:
    """The feed of a key whose categories exist. Pure: the same arguments make the same document.

    A union changes with any of its categories: its stamp is the latest of theirs, its language the one they share. A page
    of an archive does not change with its category: its stamp is the latest of its own stories.
    """
    categories = chosen(key, marks) or ()
    listing = describe(key.name, categories, site)
    return FeedDocument(
        title=listing.title,
        description=listing.description,
        site_title=site.title,
        language=listing.language,
        page_url=listing.page_url,
        address=_page(listing.address, key.page) if key.page else listing.address,
        updated=(contents.updated or NEVER) if key.page else max(stamps(key, marks)),
        items=contents.articles,
        categories=marks.categories,
        tombstones=contents.tombstones,
        logo=site.logo,
        rights=site.rights,
        icon=site.icon,
        hubs=tuple(feeds.hubs),
        ttl=max(1, feeds.max_age // 60),
        archive=_archive(listing.address, key.page, contents.pages),
    )


def _archive(address: str, page: int, pages: int) -> ArchiveLinks | None:
    if not pages:
        return None
    if not page:
        return ArchiveLinks(address, _page(address, pages))
    older = _page(address, page - 1) if page > 1 else None
    return ArchiveLinks(address, older, _page(address, page + 1) if page < pages else None, is_page=True)


def _page(address: str, page: int) -> str:
    return f"{address}/archive/{page}"


def listings(marks: FeedMarks, site: Site) -> list[FeedListing]:
    """Every feed: all, then each category in its order."""
    everything = describe(ALL_NAME, (), site)
    return [everything, *(describe(category.slug, (category,), site) for category in marks.categories)]


def describe(name: str, categories: tuple[Category, ...], site: Site) -> FeedListing:
    """Name, sentence, language and addresses of the feed of some categories, or of all where there are none."""
    base = (feed_url(site.base_url) or site.base_url).rstrip("/")
    languages = {category.language for category in categories}
    return FeedListing(
        title=f"{', '.join(category.title for category in categories)} · {site.title}" if categories else site.title,
        description=categories[0].description if len(categories) == 1 else site.description,
        language=languages.pop() if len(languages) == 1 else site.language,
        page_url=f"{base}/categories/{name}" if len(categories) == 1 else f"{base}/",
        address=f"{base}/feeds/{name}",
    )
