"""An article on its way into the tables, and an article as a new story finds it there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedsvc.model.article import ArticleState, Attachment, Image


@dataclass(frozen=True, slots=True)
class Draft:
    """What an article is to hold: everything but what the tables give it (id, guid, revision, state).

    `content_hash` covers what a reader sees; `text_hash` the normalised title and text, empty where the text is short.
    Instants are aware, in UTC.
    """

    url: str
    title: str
    summary: str
    content_html: str
    authors: tuple[str, ...]
    language: str
    image: Image | None
    attachments: tuple[Attachment, ...]
    published_at: datetime | None
    published_is_date: bool
    sort_at: datetime
    content_hash: str
    text_hash: str


class MatchedBy(StrEnum):
    """Which identity rule found an article. URL_AND_ID: the URL, and the source gave the article's own this very id."""

    URL = "url"
    URL_AND_ID = "url_and_id"
    UPSTREAM_ID = "upstream_id"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Known:
    """An article that a story was recognised as."""

    id: str
    source: str
    state: ArticleState
    revision: int
    first_seen_at: datetime
    mailable: bool
    categories: tuple[str, ...]
    draft: Draft
    matched_by: MatchedBy
