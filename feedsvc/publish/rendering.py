"""From what the database holds to the bytes of a feed."""

import importlib

from feedsvc.feeds.document import FeedFormat
from feedsvc.feeds.fragments import Fragments
from feedsvc.publish import documents
from feedsvc.publish.contents import Contents
from feedsvc.publish.keys import FeedKey
from feedsvc.publish.prepared import Prepared, prepare
from feedsvc.settings import Settings
from feedsvc.storage.reading import FeedMarks

# Loaded with the first feed of a format: feedgen and lxml hold 15 MB, which a process that only mails never needs.
_RENDERERS = {
    FeedFormat.RSS: "feedsvc.feeds.rss",
    FeedFormat.ATOM: "feedsvc.feeds.atom",
    FeedFormat.JSON: "feedsvc.feeds.jsonfeed",
    FeedFormat.OPML: "feedsvc.feeds.opml",
}


def rendered(
    key: FeedKey, marks: FeedMarks, contents: Contents, settings: Settings, fragments: Fragments | None = None
) -> Prepared:
    """The feed of a key whose categories exist. Pure but for the items it finds or leaves in `fragments`.

    Slow: call it off the event loop, and with the same `fragments` in one thread at a time.
    """
    renderer = importlib.import_module(_RENDERERS[key.format])
    if key.format is FeedFormat.OPML:
        updated = max(documents.stamps(key, marks))
        body: bytes = renderer.render(settings.site.title, documents.listings(marks, settings.site))
    else:
        document = documents.document(key, marks, contents, settings.site, settings.feeds)
        updated, body = document.updated, renderer.render(document, fragments)
    return prepare(body, updated, key.format.content_type)
