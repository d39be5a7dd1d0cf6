"""Articles made ready for feeds: cleaned once, so that every format says the same of each."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from feedsvc.errors import RenderError
from feedsvc.feeds.address import feed_url
from feedsvc.model.article import Article, Attachment, Image
from feedsvc.text import xml
from feedsvc.text.html import sanitise, sanitised_text, summarise

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_WORD = re.compile(r"[<(\[（]?[^\s<>()\[\]（）]+[>)\]）]?")
_TAG = re.compile(r"([A-Za-z]{2})(-[A-Za-z0-9]{1,8})*")
# ISO 639-1. Pages say `cn` or `jp` and mean a country; a language that does not exist is left out.
_ISO_639 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu "
    "ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
    "nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
)
_LANGUAGES = frozenset(_ISO_639.split())


@dataclass(frozen=True, slots=True)
class Item:
    """One story of a feed. Texts are legal in XML; `title`, `summary`, `authors`, tags and `publisher` are plain text that
    cannot be taken for HTML, `content_html` is sanitised. Addresses are absolute and in ASCII.

    `published` (UTC, whole seconds) is the story's own date: None where it has none, and where nobody would believe it: in
    the future when the story came, or before 1990. `updated` (UTC) is the last change a reader can see; readers order
    undated stories by it. `language` is None where it is no language. `tags` are slugs and titles of categories.
    """

    guid: str
    url: str
    title: str
    summary: str
    content_html: str
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime
    language: str | None
    image: Image | None
    attachments: tuple[Attachment, ...]
    tags: tuple[tuple[str, str], ...]
    publisher: str


def item_of(article: Article, tags: Iterable[tuple[str, str]], updated: datetime) -> Item:
    """The article, ready. `tags` are slugs and titles of its categories, `updated` is what `distinct_updates` says.

    Raises RenderError where its address is none that a feed may carry.
    """
    url = feed_url(article.url)
    if url is None:
        msg = f"The address {article.url!r} of article {article.id} is not one that a feed may carry. Correct it in the source."
        raise RenderError(msg)
    title = xml.literal(article.title) or xml.literal(article.summary[:80]) or xml.literal(url)
    content = xml.legal(sanitise(article.content_html, url)).strip()
    return Item(
        guid=article.guid,
        url=url,
        title=title,
        # Every format wants one, and RSS takes a body without a summary for the summary.
        summary=xml.literal(article.summary) or xml.literal(summarise(sanitised_text(content))) or title,
        content_html=content,
        authors=tuple(filter(None, map(person, article.authors))),
        published=_published(article),
        updated=updated,
        language=language_tag(article.language),
        image=_image(article.image),
        attachments=tuple(filter(None, map(_attachment, article.attachments))),
        tags=tuple((slug, xml.literal(name) or slug) for slug, name in tags),
        publisher=xml.literal(article.source_title),
    )


def distinct_updates(articles: Iterable[Article]) -> Iterator[tuple[Article, datetime]]:
    """Each article with its last change (UTC), which no two share: the validator warns where entries do.

    Many articles of one poll change in the same instant. Below the second, the id decides: the same in every feed, and
    never later by a second.
    """
    taken: set[datetime] = set()
    for article in articles:
        updated = article.updated_at.replace(microsecond=zlib.crc32(article.id.encode()) % 1_000_000)
        updated = max(updated, _published(article) or updated)
        while updated in taken:
            updated += timedelta(microseconds=1)
        taken.add(updated)
        yield article, updated


def language_tag(language: str) -> str | None:
    """The BCP 47 tag, or None where its first part is no language of ISO 639-1."""
    found = _TAG.fullmatch(language.replace("_", "-"))
    return found[0] if found and found[1].lower() in _LANGUAGES else None


def person(name: str) -> str:
    """A name without e-mail addresses, which feeds would hand to everyone who collects them."""
    return xml.literal(_WORD.sub(lambda word: "" if "@" in word[0] else word[0], xml.line(name)))


def _published(article: Article) -> datetime | None:
    # A date after `sort_at` lay in the future when the story came: nobody can have published it then.
    day = article.published_at
    return day.replace(microsecond=0) if day and _EARLIEST <= day <= article.sort_at else None


def _image(image: Image | None) -> Image | None:
    url = feed_url(image.url) if image else None
    if image is None or url is None:
        return None
    return replace(
        image,
        url=url,
        alt=xml.literal(image.alt),
        caption=xml.literal(image.caption),
        width=_positive(image.width),
        height=_positive(image.height),
        media_type=_media_type(image.media_type),
        length=_positive(image.length),
    )


def _attachment(attachment: Attachment) -> Attachment | None:
    url = feed_url(attachment.url)
    if url is None:
        return None
    return Attachment(
        url, xml.literal(attachment.title), _media_type(attachment.media_type), _positive(attachment.length)
    )


def _positive(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def _media_type(value: str | None) -> str | None:
    bare = (value or "").partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else None
