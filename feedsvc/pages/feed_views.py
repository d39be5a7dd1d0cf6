"""What the pages about feeds show: plain values, as in `views`."""

from dataclasses import dataclass

from feedsvc.model.article import Article
from feedsvc.model.newsroom import Category


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A feed as a person meets it: its categories (none: everything) and the stories it holds, in its order.

    `key` is what names the feed in its address, `form` is rss, atom or json. `page` is the number of a page of its
    archive, 0 for the feed that is subscribed to; `pages` says how many such pages there are.
    """

    key: str
    form: str
    categories: tuple[Category, ...]
    articles: tuple[Article, ...]
    page: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class BuilderPage:
    """The form that makes the address of a feed from categories and a format.

    `key` names the feed that was chosen; empty where nothing was asked for yet, or where no feed can be made of it.
    `unknown`: something was asked for that does not exist. `most` is how many categories one feed takes.
    """

    categories: tuple[Category, ...]
    chosen: frozenset[str] = frozenset()
    form: str = "rss"
    key: str = ""
    unknown: bool = False
    most: int = 8
