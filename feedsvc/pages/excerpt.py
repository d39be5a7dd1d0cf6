"""What a story's page says of it beside the text: a description, its files in words, its pictures."""

import re
from html import escape
from urllib.parse import urlsplit

from feedsvc.model.article import Article, Attachment, Image
from feedsvc.pages.addresses import safe_link
from feedsvc.text.html import beginning, summarise

_READ = 1000
_ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,4})$")
_KINDS = {
    "application/pdf": "PDF",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.ms-powerpoint": "PPT",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/zip": "ZIP",
    "audio/mpeg": "MP3",
    "text/csv": "CSV",
    "text/plain": "TXT",
    "video/mp4": "MP4",
}
# Any tag of sanitised HTML, whole: what is matched from one to the next never begins inside an attribute.
_TAG = re.compile(r'<(/?[a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)\s*/?>')


def description_of(article: Article) -> str:
    """A sentence or two: the story's summary, or how its text begins."""
    return article.summary or summarise(beginning(article.content_html, _READ))


def kind_of(file: Attachment) -> str:
    """A file's type as people name it, by its media type or the end of its address: PDF; else empty."""
    named = _KINDS.get((file.media_type or "").partition(";")[0].strip().lower())
    ending = None if named or file.media_type else _ENDING.search(_path(file.url))
    return named or (ending[1].upper() if ending else "")


def lead_image(article: Article) -> Image | None:
    """The picture that stands above the text: none where it is in the text, or cannot be shown."""
    image = article.image
    if image is None or not safe_link(image.url) or _shows(article.content_html, image.url):
        return None
    return image


def for_reading(html: str, article: Article) -> str:
    """Sanitised `html` whose pictures are fetched when they come into view, with the sizes that are known of them.

    The first is fetched at once where no other stands above the text. Each has an alternative text, if an empty one.
    Wide tables and lines of code, which are scrolled sideways, can be reached by keyboard (WCAG 2.1.1).
    """
    known = article.image
    eager = lead_image(article) is None

    def _ready(tag: re.Match[str]) -> str:
        nonlocal eager
        if tag[1] in ("pre", "table"):
            return f'<{tag[1]}{tag[2]} tabindex="0">'
        if tag[1] != "img":
            return tag[0]
        said = tag[2] if ' alt="' in tag[2] else f'{tag[2]} alt=""'
        if known and known.width and known.height and " width=" not in said and " height=" not in said:
            sized = _shows(said, known.url)
            said += f' width="{known.width}" height="{known.height}"' if sized else ""
        said += "" if eager else ' loading="lazy"'
        eager = False
        return f'<img{said} decoding="async">'

    return _TAG.sub(_ready, html)


def _shows(html: str, url: str) -> bool:
    return f'src="{escape(url)}"' in html or f'src="{url}"' in html


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
