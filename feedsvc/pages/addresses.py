"""The addresses of pages and feeds, all under the site's base address; never from a request's Host header."""

import re
import unicodedata
from urllib.parse import quote, urlencode, urlsplit

from feedsvc.model.article import Article
from feedsvc.pages.views import Chrome
from feedsvc.settings import Site
from feedsvc.text.words import LANGUAGES

FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
_SLUG_LENGTH = 60
_NOT_WORD = re.compile(r"[\W_]+")


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
    return f"/articles/{quote(article.id, safe='')}/{quote(title_slug(article.title), safe='-')}"


def category_path(slug: str, before: str | None = None) -> str:
    """A category's page, or the page of what is older than the key `before`."""
    return with_query(f"/categories/{quote(slug, safe='')}", before=before)


def issue_path(digest: str, number: int | None = None) -> str:
    """A digest's archive, or one issue in it."""
    archive = f"/archive/{quote(digest, safe='')}"
    return archive if number is None else f"{archive}/{number}"


def feed_path(key: str, form: str) -> str:
    """A feed's path. `key` is a category slug, several joined by `+`, or `all`; `form` is rss, atom or json."""
    return f"/feeds/{quote(key, safe='+')}.{form}"


def with_query(path: str, **values: str | None) -> str:
    """`path` with those of `values` that are not None appended to its query."""
    query = urlencode({name: value for name, value in values.items() if value is not None})
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{query}"


def page_url(chrome: Chrome, path: str) -> str:
    """The whole address of a page; carries the language along where it is not the site's own."""
    foreign = chrome.language if chrome.language != chrome.site_language else None
    return with_query(chrome.base_url + path, language=foreign)


def plain_url(chrome: Chrome, path: str) -> str:
    """The whole address of what has no language: feeds, styles, scripts."""
    return chrome.base_url + path


def static_url(chrome: Chrome, name: str) -> str:
    """The address of a style or script; changes with its version, so that it may be kept for long."""
    return with_query(f"{chrome.base_url}/static/{name}", v=chrome.static_version or None)


def own_url(chrome: Chrome, language: str) -> str:
    """This page in another language. The query says so: no cookie, and a GET that changes nothing."""
    return with_query(chrome.base_url + chrome.path, language=None if language == chrome.site_language else language)


def safe_link(url: str) -> str:
    """An address from elsewhere as it may stand in a page: http and https only, else empty."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def host_of(url: str) -> str:
    """The host of an address without `www.`, for people to read."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
