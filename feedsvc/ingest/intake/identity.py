"""What makes a story the same story, and what makes it a changed one."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

import orjson

from feedsvc.model.article import Story
from feedsvc.text.html import sanitised_text
from feedsvc.text.shingles import jaccard, shingles
from feedsvc.text.urls import canonical

SHORTEST_TEXT = 100
"""Characters of normalised text below which a hash says nothing: "Photo of the day" is many stories."""

FAR_APART = timedelta(days=30)
"""Stories of one text whose printed dates lie further apart are two: a notice that comes every year."""

SAME_TITLE = 0.5
"""The share of words (of characters, in Chinese) from which two titles are one, told anew."""

OTHER_TEXT = 0.1
"""The share of shingles below which two texts have nothing in common."""

_WORD = re.compile(r"[a-z0-9]+|\w")
# Counters that a page draws into its text, in both languages of the pages we know: a word and a number behind it, or a
# number and a word. Words that mean more than counting (阅读3本书) need a colon or a bracket between.
_COUNTER = re.compile(
    r"((?:浏览次数|浏览人数|浏览量|浏览数|浏览|点击次数|点击数|点击量|点击率|阅读次数|阅读人数|阅读量|阅读数|访问次数|访问人数|访问量"
    r"|\b(?:hits|views|viewed|clicks|visits|page ?views|view ?count|read ?count|times ?read|number of (?:views|visits|hits)))"
    r"[\s:：（(\[【]{0,3}"
    r"|(?:阅读|点击|访问|人气|热度|\b(?:read|reads|visitors|popularity))\s*[:：（(\[【]{1,2})"
    r"\s*\d[\d,.]*\s*(?:[kw万]\b)?\+?\s*(?:[次人]|times\b)?[)）\]】]?"
    r"|\b\d[\d,]*(\s*(?:次浏览|次阅读|次点击|次访问|人浏览|人阅读|(?:page ?)?views\b|hits\b))(?![\s:：（(\[【]{0,3}\d)",
    re.IGNORECASE,
)
# Counters of what readers said and did count only where they stand alone: in a line of their own, or after a sentence's
# end or another counter at the end of a line. In a sentence they tell something.
_NUMBER = r"\d[\d,.]{0,12}+[^\S\n]?+(?:[kw万]\b)?+\+?+[^\S\n]*+"
_SAID = re.compile(
    r"(?:\A|\n|(?<=[.!?。！？…])|[|·•\0])(?:[^\S\n]*+[|·•/,，、]?+[^\S\n]*+(?:"
    rf"(?:\b{_NUMBER}|\bno )(?:comments?|likes?|shares?|replies|reply|reposts?|retweets?)\b"
    rf"|{_NUMBER}(?:[条个](?:评论|回复|留言|赞)|[人次](?:评论|点赞|分享|转发|收藏|喜欢))"
    r"|(?:\b(?:comments?|likes?|shares?|replies|reposts?|retweets?)[^\S\n]*+[:：（(\[【]{1,2}"
    r"|(?:点赞|评论|赞|分享|转发|收藏|回复|留言|喜欢)[数量]?[^\S\n]*+[:：（(\[【]{1,2}|(?:评论|点赞)[数量]?)"
    rf"[^\S\n]*+{_NUMBER}[次人条个]?+[)）\]】]?+"
    r")){1,6}+[^\S\n]*+(?=[\n|·•\0]|\Z)",
    re.IGNORECASE,
)
_SAID_HINTS = (
    "comment", "likes", "1 like", "share", "repl", "repost", "retweet",
    "评论", "赞", "分享", "转发", "收藏", "回复", "留言", "喜欢",
)  # fmt: skip
# One of these stands in each of them: most texts have none, and need no closer look.
_HINTS = ("浏览", "点击", "阅读", "访问", "人气", "热度", "hit", "view", "click", "visit", "read", "popularity")
_VALUE = re.compile(r'="([^"]*)"')
_BETWEEN = re.compile(r"[\W_]+")
_ASCII_BETWEEN = bytes(code for code in range(128) if not chr(code).isalnum())


def keys(story: Story, listed_url: str = "") -> dict[str, str]:
    """The canonical URLs that identify a story, mapped to the URLs as found: that of its list first, then its own.

    At an address that stories share, the key ends in what tells them apart.
    """
    found: dict[str, str] = {}
    if listed_url:
        found[canonical(listed_url)] = listed_url
    if story.url:
        found.setdefault(canonical(story.url) + (f"#{story.apart}" if story.apart else ""), story.url)
    return found


def is_at(url: str, keys: Iterable[str]) -> bool:
    """Is one of these keys that of an address, shared or not?"""
    own = canonical(url)
    return any(key == own or key.startswith(f"{own}#") for key in keys)


def tells_other(story: Story, title: str, html: str, published: datetime | None) -> bool:
    """Has a story neither its title nor its text nor its date (UTC) in common with another? What is missing says nothing."""
    if story.published == published and published is not None:
        return False
    if jaccard(_words(story.title), _words(title)) >= SAME_TITLE:
        return False
    same = bool(html) and same_text(story.content_html, html)
    return not same and jaccard(shingles("", story.content_html), shingles("", html)) < OTHER_TEXT


def _words(text: str) -> frozenset[int]:
    return frozenset(map(hash, _WORD.findall(unicodedata.normalize("NFKC", text).casefold())))


def content_hash(story: Story) -> str:
    """SHA-256 of what a reader sees: title, summary, text, links, authors, image, attachments.

    Counters, markup and sizes of files do not count: a page that is merely drawn anew is no new revision.
    """
    seen = [
        story.title,
        _counted(story.summary),
        *_shown(story.content_html),
        story.authors,
        [story.image.url, story.image.alt] if story.image else None,
        [[attachment.url, attachment.title] for attachment in story.attachments],
    ]
    return hashlib.sha256(orjson.dumps(seen)).hexdigest()


def text_hash(story: Story) -> str:
    """SHA-256 of the normalised title and text: letters and digits alone. Empty where the text is short."""
    text = _normalised(_shown(story.content_html)[0])
    if len(text) < SHORTEST_TEXT:
        return ""
    return hashlib.sha256(f"{_normalised(_counted(story.title))}\n{text}".encode()).hexdigest()


def same_text(one: str, other: str) -> bool:
    """Do two bodies show the same text, links and pictures, counters aside?"""
    return one == other or _shown(one) == _shown(other)


# A story is asked for its text several times in a row: the last ones are kept.
@lru_cache(maxsize=8)
def _shown(html: str) -> tuple[str, tuple[str, ...]]:
    return _counted(sanitised_text(html)), tuple(_addresses(html))


def _addresses(html: str) -> Iterator[str]:
    for found in _VALUE.finditer(html):
        if html.endswith(("href", "src"), 0, found.start()):
            yield found[1]


def _counted(text: str) -> str:
    lowered = text.lower()
    # No text has a NUL: it marks where a counter was, because others may stand beside it.
    marked = _COUNTER.sub("\0\\1\\2\0", text) if any(hint in lowered for hint in _HINTS) else text
    if any(hint in lowered for hint in _SAID_HINTS):
        marked = _SAID.sub("", marked)
    return marked.replace("\0", "")


def _normalised(text: str) -> str:
    if text.isascii():
        return text.lower().encode().translate(None, _ASCII_BETWEEN).decode()
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
