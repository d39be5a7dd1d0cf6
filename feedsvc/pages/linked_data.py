"""A story as linked data for search engines: schema.org NewsArticle in JSON-LD.

It stands in a data block, which no content policy has to allow: `application/ld+json` is never run.
"""

import json

from markupsafe import Markup

from feedsvc.model.article import Article
from feedsvc.pages.addresses import safe_link
from feedsvc.pages.chrome import Chrome
from feedsvc.text.dates import machine_story_time, machine_time

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def news_article(chrome: Chrome, article: Article) -> Markup:
    """The content of the data block: JSON in which nothing can end the element (HTML, 4.12.1.3)."""
    published = article.published_at
    described = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.summary or None,
        "inLanguage": article.language,
        "datePublished": published and machine_story_time(published, article.published_is_date, chrome.timezone),
        "dateModified": machine_time(article.updated_at),
        "author": [{"@type": "Person", "name": name} for name in article.authors] or None,
        "image": safe_link(article.image.url) or None if article.image else None,
        "mainEntityOfPage": safe_link(article.url) or None,
        "publisher": {"@type": "Organization", "name": chrome.title, "url": chrome.base_url},
    }
    stated = {name: value for name, value in described.items() if value is not None}
    return Markup(json.dumps(stated, ensure_ascii=False).translate(_ESCAPES))  # noqa: S704 (escaped)
