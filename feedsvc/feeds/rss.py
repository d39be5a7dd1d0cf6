"""RSS 2.0, with Dublin Core, Media RSS, Syndication and the RSS Advisory Board's best practices."""

from feedsvc.feeds import generator
from feedsvc.feeds.address import is_reachable
from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.fragments import Fragments, rendered
from feedsvc.feeds.items import Item


def render(document: FeedDocument, fragments: Fragments | None = None) -> bytes:
    """The document as RSS, in UTF-8. The same document gives the same bytes, whatever fragments are known."""
    feed = generator.begin(document, FeedFormat.RSS)
    picture = generator.channel_image(document.logo) or generator.channel_image(document.icon)
    if picture:
        feed.image(url=picture)
    feed.ttl(document.ttl)
    feed.additions.syndication = _syndication(document.ttl)
    items = rendered(document, FeedFormat.RSS, _item, fragments)
    return generator.joined(feed.rss_str(), b"</channel>", items)


def _syndication(ttl: int) -> tuple[str, int]:
    """How often to ask, as a period and a frequency within it (web.resource.org/rss/1.0/modules/syndication)."""
    return ("hourly", 60 // ttl) if ttl <= 60 else ("daily", max(1, 24 * 60 // ttl))


def _item(item: Item) -> bytes:
    entry = generator.entry(item)
    if "[" in item.url:  # RSS keeps to RFC 2396, which knows no addresses in IPv6; Atom's link takes them
        entry.additions.link = item.url
    else:
        entry.link(href=item.url)
    # dc:creator, because RSS's own author must be an e-mail address.
    entry.dc.dc_creator(list(item.authors))
    if item.language:
        entry.dc.dc_language(item.language)
    enclosure = _enclosure(item)
    if enclosure:
        entry.enclosure(*enclosure)
    entry.additions.updated = item.updated
    return generator.fragment(entry.rss_entry())


def _enclosure(item: Item) -> tuple[str, str, str] | None:
    # One at the most, and only with the true length that RSS demands: a file, else the picture.
    pictures = (item.image,) if item.image else ()
    for file in (*item.attachments, *pictures):
        if file.length and file.media_type and is_reachable(file.url):
            return file.url, str(file.length), file.media_type
    return None
