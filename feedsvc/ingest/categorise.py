"""Which categories a story belongs to: its source's own, what the source maps, and keywords."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from feedsvc.model.article import Story
from feedsvc.model.newsroom import Category, Source
from feedsvc.text.html import plain_text

# Webplus writes column and article into one part of the path: c<column>a<article>.
_WEBPLUS = re.compile(r"c(\d+)a\d+")


def categorise(
    story: Story, source: Source, categories: Iterable[Category], urls: Iterable[str] = ()
) -> tuple[str, ...]:
    """Slugs in the order of `categories`; those that do not exist (any more) are left out.

    `source.category_map` maps an upstream term, or a part of the path of the story's URL (or of `urls`, where lists
    showed it), to a slug. A keyword counts where the title or the text holds it as a word, or, in Chinese, anywhere.
    """
    wanted = set(source.categories)
    words = {term.casefold() for term in story.terms}
    paths = [urlsplit(url).path for url in (story.url, *urls)]
    for key, slug in source.category_map.items():
        if key.casefold() in words or any(_holds(path, key) for path in paths):
            wanted.add(slug)
    text = f"{story.title}\n{story.summary}\n{plain_text(story.content_html)}".casefold()
    return tuple(
        category.slug
        for category in categories
        if category.slug in wanted or any(_mentions(text, keyword.casefold()) for keyword in category.keywords)
    )


def _holds(path: str, key: str) -> bool:
    if "/" in key:
        return f"/{key.strip('/')}/" in f"{path}/"
    parts = path.split("/")
    return key in parts or any((column := _WEBPLUS.fullmatch(part)) and column[1] == key for part in parts)


def _mentions(text: str, keyword: str) -> bool:
    keyword = keyword.strip()
    if not keyword or keyword not in text:
        return False
    if not keyword.isascii():
        return True
    return re.search(rf"(?<![^\W_]){re.escape(keyword)}(?![^\W_])", text, re.ASCII) is not None
