"""A story without what no table, feed or mail can hold: control characters and broken surrogates, on every field."""

import re
from dataclasses import replace

from feedsvc.model.article import Attachment, Image, Story
from feedsvc.text.html import fold
from feedsvc.text.urls import absolute

# Everything that XML 1.0 (section 2.2) knows no character for. PostgreSQL refuses NUL, UTF-8 refuses surrogates.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_TITLE = 500
_LONGEST_ID = 500


def clean(story: Story) -> Story:
    """The same story, fit to be kept: one-line title and names, legal characters, http(s) addresses alone.

    Raises ValueError for a date without a zone: whoever read it must give it the source's.
    """
    if story.published is not None and story.published.tzinfo is None:
        msg = "its date has no time zone"
        raise ValueError(msg)
    return replace(
        story,
        url=absolute(story.url, story.url),
        title=_line(story.title)[:_LONGEST_TITLE].rstrip(),
        upstream_id=_line(story.upstream_id or "")[:_LONGEST_ID] or None,
        summary=_legal(story.summary).strip(),
        content_html=_legal(story.content_html).strip(),
        authors=tuple(dict.fromkeys(name for name in map(_line, story.authors) if name)),
        image=_image(story.image, story.url),
        attachments=tuple(kept for kept in (_attachment(one, story.url) for one in story.attachments) if kept),
        terms=tuple(term for term in map(_line, story.terms) if term),
    )


def _image(image: Image | None, base: str) -> Image | None:
    url = absolute(base, image.url) if image else ""
    return replace(image, url=url, alt=_line(image.alt), caption=_line(image.caption)) if image and url else None


def _attachment(attachment: Attachment, base: str) -> Attachment | None:
    url = absolute(base, attachment.url)
    return replace(attachment, url=url, title=_line(attachment.title)) if url else None


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _line(text: str) -> str:
    return fold(_legal(text))
