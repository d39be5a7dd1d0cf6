"""RSS 2.0, with Dublin Core, Media RSS and the RSS Advisory Board's best practices."""

from feedsvc.feeds import generator
from feedsvc.feeds.address import is_reachable
from feedsvc.feeds.document import FeedDocument, FeedFormat
from feedsvc.feeds.items import Item


def render(document: FeedDocument) -> bytes:
    """The document as RSS, in UTF-8. The same document gives the same bytes."""
    feed = generator.begin(document, FeedFormat.RSS)
    logo = generator.channel_image(document.logo)
    if logo:
        feed.image(url=logo)
    generator.add_items(feed, document, _write)
    return bytes(feed.rss_str())


def _write(entry: generator.Entry, item: Item) -> None:
    entry.link(href=item.url)
    # dc:creator, because RSS's own author must be an e-mail address.
    entry.dc.dc_creator(list(item.authors))
    if item.language:
        entry.dc.dc_language(item.language)
    for attachment in item.attachments:
        # One enclosure at the most, and only with the true length that RSS demands.
        if attachment.length and attachment.media_type and is_reachable(attachment.url):
            entry.enclosure(attachment.url, str(attachment.length), attachment.media_type)
            break
    entry.additions.updated = item.updated
    entry.rss_entry()
