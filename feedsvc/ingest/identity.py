"""What makes a story the same story, and what makes it a changed one."""

import hashlib
import re
import unicodedata
from datetime import timedelta

import orjson

from feedsvc.model.article import Story
from feedsvc.text.html import plain_text
from feedsvc.text.urls import canonical

SHORTEST_TEXT = 100
"""Characters of normalised text below which a hash says nothing: "Photo of the day" is many stories."""

FAR_APART = timedelta(days=30)
"""Stories of one text whose printed dates lie further apart are two: a notice that comes every year."""

# Counters that a page draws into its text, in both languages of the pages we know.
_COUNTER = re.compile(
    r"(浏览次数|浏览量|浏览|点击次数|点击数|点击量|点击率|阅读次数|阅读量|访问次数|访问量"
    r"|\b(?:hits|views|clicks|page ?views|read ?count)\b)"
    r"\s*[:：（(\[【]?\s*\d[\d,]*\s*[次)）\]】]?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r'\b(?:href|src)="([^"]*)"')
_BETWEEN = re.compile(r"[\W_]+")


def keys(story: Story, listed_url: str = "") -> dict[str, str]:
    """The canonical URLs that identify a story, mapped to the URLs as found: that of its list first, then its own."""
    found: dict[str, str] = {}
    for url in (listed_url, story.url):
        if url:
            found.setdefault(canonical(url), url)
    return found


def content_hash(story: Story) -> str:
    """SHA-256 of what a reader sees: title, summary, text, links, authors, image, attachments.

    Counters, markup and sizes of files do not count: a page that is merely drawn anew is no new revision.
    """
    seen = [
        story.title,
        _counted(story.summary),
        _counted(plain_text(story.content_html)),
        _ADDRESS.findall(story.content_html),
        story.authors,
        [story.image.url, story.image.alt] if story.image else None,
        [[attachment.url, attachment.title] for attachment in story.attachments],
    ]
    return hashlib.sha256(orjson.dumps(seen)).hexdigest()


def text_hash(story: Story) -> str:
    """SHA-256 of the normalised title and text: letters and digits alone. Empty where the text is short."""
    text = _normalised(plain_text(story.content_html))
    if len(text) < SHORTEST_TEXT:
        return ""
    return hashlib.sha256(f"{_normalised(story.title)}\n{text}".encode()).hexdigest()


def same_text(one: str, other: str) -> bool:
    """Do two bodies show the same text, links and pictures, counters aside?"""
    return one == other or _shown(one) == _shown(other)


def _shown(html: str) -> tuple[str, list[str]]:
    return _counted(plain_text(html)), _ADDRESS.findall(html)


def _counted(text: str) -> str:
    return _COUNTER.sub(r"\1", text)


def _normalised(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", _counted(text)).casefold())
