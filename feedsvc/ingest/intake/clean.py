"""A story without what no table, feed or mail can hold: control characters and broken surrogates, on every field; and
one-line titles and names without what turns or covers the text around them.
"""

import re
import unicodedata
from dataclasses import replace
from itertools import groupby, islice

from feedsvc.model.article import Attachment, Image, Story
from feedsvc.text.html import fold
from feedsvc.text.urls import absolute

# Everything that XML 1.0 (section 2.2) knows no character for, and DEL. PostgreSQL refuses NUL, UTF-8 surrogates.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\u007e\u0080-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Marks, embeddings, overrides and isolates (Unicode, UAX 9): they would turn what stands behind a title or a name.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MOST_MARKS = 4
# The name and the password before a host (RFC 3986, section 3.2.1).
_USER = re.compile(r"(https?:/{2})[^/?#]*@", re.IGNORECASE)
_USER_IN_BODY = re.compile(r'((?:href|src)="https?:/{2})[^/?#"]*@', re.IGNORECASE)
_LONGEST_TITLE = 500
_LONGEST_ID = 500


def clean(story: Story) -> Story:
    """The same story, fit to be kept: one-line title and names, legal characters, http(s) addresses without passwords.

    Raises ValueError for a date without a zone: whoever read it must give it the source's.
    """
    if story.published is not None and story.published.tzinfo is None:
        msg = "its date has no time zone"
        raise ValueError(msg)
    return replace(
        story,
        url=without_user(absolute(story.url, story.url)),
        title=_line(story.title)[:_LONGEST_TITLE].rstrip(),
        upstream_id=fold(_legal(story.upstream_id or ""))[:_LONGEST_ID] or None,
        summary=_legal(story.summary).strip(),
        content_html=_without_users(_legal(story.content_html)).strip(),
        authors=tuple(dict.fromkeys(name for name in map(_line, story.authors) if name)),
        image=_image(story.image, story.url),
        attachments=tuple(kept for kept in (_attachment(one, story.url) for one in story.attachments) if kept),
        terms=tuple(term for term in map(_line, story.terms) if term),
    )


def without_user(url: str) -> str:
    """An http(s) address without the user name and password that it may hold: they are nobody's to read."""
    found = _USER.match(url)
    return found[1] + url[found.end() :] if found else url


def _without_users(html: str) -> str:
    # Most bodies hold no @ at all, and need no closer look.
    return _USER_IN_BODY.sub(r"\1", html) if "@" in html else html


def _image(image: Image | None, base: str) -> Image | None:
    url = without_user(absolute(base, image.url)) if image else ""
    return replace(image, url=url, alt=_line(image.alt), caption=_line(image.caption)) if image and url else None


def _attachment(attachment: Attachment, base: str) -> Attachment | None:
    url = without_user(absolute(base, attachment.url))
    return replace(attachment, url=url, title=_line(attachment.title)) if url else None


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _line(text: str) -> str:
    return _few_marks(fold(_TURNING.sub("", _legal(text))))


def _few_marks(text: str) -> str:
    """No letter bears more than four combining marks: a tower of them covers the lines above it."""
    if text.isascii():
        return text
    runs = groupby(text, lambda letter: unicodedata.category(letter) in ("Mn", "Me"))
    return "".join("".join(islice(run, _MOST_MARKS) if marks else run) for marks, run in runs)
