"""A story as linked data for search engines: schema.org NewsArticle in JSON-LD.

It stands in a data block, which no content policy has to allow: `application/ld+json` is never run.
"""

import json
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from feedsvc.model.article import Article, Image
from feedsvc.model.newsroom import Category
from feedsvc.pages.addresses import article_path, canonical_url, is_own, page_url, safe_link
from feedsvc.pages.chrome import Chrome
from feedsvc.pages.excerpt import description_of
from feedsvc.text.dates import machine_story_time, machine_time

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def news_article(chrome: Chrome, article: Article, categories: Iterable[Category] = ()) -> Markup:
    """The content of the data block: JSON in which nothing can end the element (HTML, 4.12.1.3).

    A date is there only where it is the story's own: published by its page, modified where it was corrected.
    """
    published, canonical = article.published_at, canonical_url(chrome, article)
    described = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": description_of(article),
        "inLanguage": article.language,
        "datePublished": published and machine_story_time(published, article.published_is_date, chrome.timezone),
        "dateModified": machine_time(article.updated_at) if article.revision > 1 else None,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "image": _image(article.image),
        "articleSection": [category.title for category in categories],
        "url": page_url(chrome, article_path(article)),
        "mainEntityOfPage": {"@type": "WebPage", "@id": canonical} if canonical else None,
        "isBasedOn": None if is_own(chrome, article) else canonical,
        "publisher": _publisher(chrome),
    }
    stated = json.dumps(_stated(described), ensure_ascii=False)
    return Markup(stated.translate(_ESCAPES))  # noqa: S704 (escaped)


def _image(image: Image | None) -> dict[str, object] | None:
    if image is None or not safe_link(image.url):
        return None
    sizes = {"width": image.width, "height": image.height} if image.width and image.height else {}
    said = {"caption": image.caption or image.alt, "encodingFormat": image.media_type}
    return _stated({"@type": "ImageObject", "url": image.url, **sizes, **said})


def _publisher(chrome: Chrome) -> dict[str, object]:
    logo = {"@type": "ImageObject", "url": chrome.logo} if safe_link(chrome.logo) else None
    return _stated({"@type": "Organization", "name": chrome.title, "url": chrome.base_url, "logo": logo})


def _stated(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value}
