"""The addresses of pages and feeds, all under the site's base address; never from a request's Host header.

What a browser follows on its own site, `*_link`, is a path from the root: the page works under whatever name it was
opened. What leaves the page, `*_url` (feeds, canonical addresses, redirects), is whole.
"""

import re
import unicodedata
from urllib.parse import quote, urlencode, urlsplit

from feedsvc.model.article import Article
from feedsvc.pages.chrome import Chrome
from feedsvc.settings import Site
from feedsvc.text.words import LANGUAGES

FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
FEED_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON"}
_WEB_READERS = {
    "Feedly": "https://feedly.com/i/subscription/feed%2F",
    "Inoreader": "https://www.inoreader.com/?add_feed=",
    "NewsBlur": "https://www.newsblur.com/?url=",
}
_SLUG_LENGTH = 60
_NOT_WORD = re.compile(r"[\W_]+")
_LEADING = re.compile(r"[/\\\x00-\x20]*")


def chrome_for(site: Site, path: str, language: str | None = None, static_version: str = "") -> Chrome:
    """What stands around a page at `path`; an unknown or missing `language` takes the site's own."""
    return Chrome(
        base_url=site.base_url,
        title=site.title,
        description=site.description,
        language=language if language in LANGUAGES else site.language,
        site_language=site.language,
        timezone=site.timezone,
        logo=site.logo,
        contact=site.contact,
        privacy_url=site.privacy_url,
        path=path,
        static_version=static_version,
    )


def title_slug(title: str) -> str:
    """The readable end of an article's address: letters and digits of any script, hyphens between, at most 60."""
    words = _NOT_WORD.sub("-", unicodedata.normalize("NFKC", title).lower()).strip("-")
    return words[:_SLUG_LENGTH].strip("-") or "story"


def article_path(article: Article) -> str:
    """`/articles/{id}/{slug}`, percent-encoded; the id alone decides, the slug is for people."""
    return story_path(article.id, article.title)


def story_path(article_id: str, title: str) -> str:
    """The same, of an article that is known by its id and title alone."""
    return f"/articles/{quote(article_id, safe='')}/{quote(title_slug(title), safe='-')}"


def is_own(chrome: Chrome, article: Article) -> bool:
    """Is an article's link its page here? So it is for what was written here without a page of its own."""
    page = f"{chrome.base_url}/articles/{quote(article.id, safe='')}"
    return article.url == page or article.url.startswith(f"{page}/")


def canonical_url(chrome: Chrome, article: Article) -> str:
    """The one address of a story: the university's own page, or ours for what was written here; empty for no link."""
    return plain_url(chrome, article_path(article)) if is_own(chrome, article) else safe_link(article.url)


def category_path(slug: str, before: str | None = None) -> str:
    """A category's page, or the page of what is older than the key `before`."""
    return with_query(f"/categories/{quote(slug, safe='')}", before=before)


def issue_path(digest: str, number: int | None = None) -> str:
    """A digest's archive, or one issue in it."""
    archive = f"/archive/{quote(digest, safe='')}"
    return archive if number is None else f"{archive}/{number}"


def feed_path(key: str, form: str, page: int = 0) -> str:
    """A feed's path. `key` is a category slug, several joined by `+`, or `all`; `form` is rss, atom or json.

    `page` is the number of a page of its archive, 0 for the feed that is subscribed to.
    """
    name = quote(key, safe="+")
    return f"/feeds/{name}/archive/{page}.{form}" if page else f"/feeds/{name}.{form}"


def builder_path(categories: tuple[str, ...] = (), form: str | None = None) -> str:
    """The form that makes the address of a feed, filled with what was chosen."""
    return with_query(with_topics("/feeds", categories), format=form)


def with_topics(path: str, categories: tuple[str, ...]) -> str:
    """The path of a form with these categories ticked."""
    query = urlencode([("categories", slug) for slug in categories])
    return f"{path}?{query}" if query else path


def web_readers(feed: str) -> dict[str, str]:
    """Where some well-known feed readers on the web take a feed's address, by their names."""
    return {name: address + quote(feed, safe="") for name, address in _WEB_READERS.items()}


def with_query(path: str, **values: str | None) -> str:
    """`path` with those of `values` that are not None appended to its query."""
    query = urlencode({name: value for name, value in values.items() if value is not None})
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{query}"


def plain_link(chrome: Chrome, path: str) -> str:
    """A path below the base address as a link from the root.

    One slash alone leads it, whatever stood there: browsers take `//host`, and `/\\host`, for another site.
    """
    return f"{urlsplit(chrome.base_url).path}/{_LEADING.sub('', path, count=1)}"


def page_link(chrome: Chrome, path: str) -> str:
    """A page as a link from the root; carries the language along where it is not the site's own."""
    return with_query(plain_link(chrome, path), language=_foreign(chrome, chrome.language))


def own_link(chrome: Chrome, language: str) -> str:
    """This page in a language, as a link. The query says so: no cookie, and a GET that changes nothing."""
    return with_query(plain_link(chrome, chrome.path), language=_foreign(chrome, language))


def static_link(chrome: Chrome, name: str) -> str:
    """A style or script as a link; changes with its version, so that it may be kept for long."""
    return with_query(plain_link(chrome, f"/static/{name}"), v=chrome.static_version or None)


def plain_url(chrome: Chrome, path: str) -> str:
    """The whole address of what has no language, such as a feed."""
    return chrome.base_url + path


def page_url(chrome: Chrome, path: str) -> str:
    """The whole address of a page, in the language that is spoken."""
    return with_query(chrome.base_url + path, language=_foreign(chrome, chrome.language))


def own_url(chrome: Chrome) -> str:
    """The whole address of this page, in the language that is spoken: its canonical one."""
    return page_url(chrome, chrome.path)


def _foreign(chrome: Chrome, language: str) -> str | None:
    return None if language == chrome.site_language else language


def safe_link(url: str) -> str:
    """An address from elsewhere as it may stand in a page: http and https only, else empty."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def host_of(url: str) -> str:
    """The host of an address without `www.`, for people to read."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
