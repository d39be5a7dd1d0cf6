"""How a page looks where its address is shared: Open Graph (ogp.me) and the cards of Twitter.

A tag is a name and its content. Names with a colon after `og` or `article` are properties, others plain names.
"""

from collections.abc import Iterable

from babel.core import get_global

from feedsvc.model.article import Article, Image
from feedsvc.model.newsroom import Category
from feedsvc.pages.addresses import canonical_url, own_url, safe_link
from feedsvc.pages.chrome import Chrome
from feedsvc.pages.excerpt import description_of
from feedsvc.text.dates import locale_of, machine_story_time, machine_time

Tag = tuple[str, str]


def article_card(chrome: Chrome, article: Article, categories: Iterable[Category] = ()) -> list[Tag]:
    """A story's card; its address is the canonical one. A date is there only where it is the story's own."""
    published = article.published_at
    described = _described(article.title, description_of(article), canonical_url(chrome, article) or own_url(chrome))
    tags = [("og:type", "article"), *described, *_site(chrome, article.language)]
    if published is not None:
        at = machine_story_time(published, article.published_is_date, chrome.timezone)
        tags.append(("article:published_time", at))
    if article.revision > 1:
        tags.append(("article:modified_time", machine_time(article.updated_at)))
    tags += [("article:section", category.title) for category in categories]
    image = article.image if article.image and safe_link(article.image.url) else None
    tags += _image(image) if image else []
    return [*tags, ("twitter:card", "summary_large_image" if image else "summary")]


def page_card(chrome: Chrome, title: str, description: str, language: str = "") -> list[Tag]:
    """The card of a page that is no story: in the language of the page, unless another is given."""
    described = _described(title, description, own_url(chrome))
    tags = [("og:type", "website"), *described, *_site(chrome, language or chrome.language)]
    logo = [("og:image", chrome.logo)] if safe_link(chrome.logo) else []
    return [*tags, *logo, ("twitter:card", "summary")]


def territory(language: str) -> str:
    """A language as Open Graph writes it, with the land where most who speak it live: zh_CN, en_US."""
    locale = locale_of(language)
    spoken = "_".join(filter(None, (locale.language, locale.script)))
    likely = get_global("likely_subtags")
    land = locale.territory or likely.get(spoken, likely.get(locale.language, "")).rpartition("_")[2]
    return f"{locale.language}_{land}" if land else locale.language


def _described(title: str, description: str, url: str) -> list[Tag]:
    return [("og:title", title), *([("og:description", description)] if description else []), ("og:url", url)]


def _site(chrome: Chrome, language: str) -> list[Tag]:
    return [("og:site_name", chrome.title), ("og:locale", territory(language))]


def _image(image: Image) -> list[Tag]:
    tags = [("og:image", image.url)]
    if image.width and image.height:
        tags += [("og:image:width", str(image.width)), ("og:image:height", str(image.height))]
    if image.alt or image.caption:
        tags.append(("og:image:alt", image.alt or image.caption))
    return tags
