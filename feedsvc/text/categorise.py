"""Which categories a story belongs to: its source's own, what the source maps, and keywords.

Pure: ingest asks it of what comes in, and the newsroom of what there is when a rule changes.
"""

import re
from collections.abc import Iterable, Sequence
from html import unescape
from urllib.parse import urlsplit

from feedsvc.model.article import Story
from feedsvc.model.newsroom import Category, Source
from feedsvc.text.html import plain_text

# Webplus writes column and article into one part of the path: c<column>a<article>.
_WEBPLUS = re.compile(r"c(\d+)a\d+")
_TAG = re.compile(r"<[^>]*>")
# What plain text leaves out inside of words.
_UNSEEN = dict.fromkeys([*range(9), 0x7F, 0xAD, 0x200B, 0x200C, 0x2060, 0xFEFF])


def categorise(
    story: Story, source: Source, categories: Sequence[Category], urls: Iterable[str] = ()
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
    keywords = {keyword for category in categories for keyword in category.keywords}
    told = spoken(story.title, story.summary, story.content_html, keywords)
    return tuple(category.slug for category in categories if category.slug in wanted or told & set(category.keywords))


def spoken(title: str, summary: str, html: str, keywords: Iterable[str]) -> frozenset[str]:
    """Which of the keywords the title, the summary or the text of a story holds."""
    asked = list(keywords)
    if not asked:
        return frozenset()
    bare = _bare(f"{title}{summary}{unescape(_TAG.sub('', html))}")
    # Reading a text properly is dear, and most texts hold no keyword at all: only letters in the right order may.
    likely = [keyword for keyword in asked if _bare(keyword) in bare]
    if not likely:
        return frozenset()
    text = f"{title}\n{summary}\n{plain_text(html)}".casefold()
    return frozenset(keyword for keyword in likely if _mentions(text, keyword.casefold()))


def _bare(text: str) -> str:
    return "".join(text.translate(_UNSEEN).casefold().split())


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
