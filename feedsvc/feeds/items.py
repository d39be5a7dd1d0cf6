"""Articles made ready for feeds: cleaned once, so that every format says the same of each."""

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from feedsvc.errors import RenderError
from feedsvc.feeds.address import feed_url
from feedsvc.feeds.document import FeedDocument
from feedsvc.logs import get_logger
from feedsvc.model.article import Article, Attachment, Image
from feedsvc.text import xml
from feedsvc.text.html import sanitise

log = get_logger(__name__)

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
    """One story of a feed. Texts are legal in XML; `title`, `authors`, tags and `publisher` are plain text that cannot be
    taken for HTML, `summary` is plain text, `content_html` is sanitised. Addresses are absolute and in ASCII.

    `published` (UTC, whole seconds) is the story's date, or the instant it was first seen where the page gave none or one
    in the future: readers sort by it, and it says truthfully when the story came out with us. None before 1990, which no
    feed reader believes. `updated` (UTC) is the last change a reader can see. `language` is None where it is no language.
    `tags` are slugs and titles of categories.
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


def items(document: FeedDocument) -> tuple[Item, ...]:
    """The document's articles, ready. One that cannot be shown is left out and logged with its id."""
    titles = {category.slug: xml.literal(category.title) or category.slug for category in document.categories}
    return tuple(_with_distinct_updates(_prepared(document.items, titles)))


def language_tag(language: str) -> str | None:
    """The BCP 47 tag, or None where its first part is no language of ISO 639-1."""
    found = _TAG.fullmatch(language.replace("_", "-"))
    return found[0] if found and found[1].lower() in _LANGUAGES else None


def person(name: str) -> str:
    """A name without e-mail addresses, which feeds would hand to everyone who collects them."""
    return xml.literal(_WORD.sub(lambda word: "" if "@" in word[0] else word[0], xml.line(name)))


def _prepared(articles: Iterable[Article], titles: dict[str, str]) -> Iterator[Item]:
    for article in articles:
        try:
            yield _item(article, titles)
        except Exception as error:  # whatever it is, it may cost this article alone
            log.warning("article left out of a feed", article=article.id, error=str(error))


def _item(article: Article, titles: dict[str, str]) -> Item:
    url = feed_url(article.url)
    if url is None:
        msg = f"The address {article.url!r} of article {article.id} is not one that a feed may carry. Correct it in the source."
        raise RenderError(msg)
    published = article.sort_at.replace(microsecond=0)
    title = xml.literal(article.title) or xml.literal(article.summary[:80]) or url
    content = xml.legal(sanitise(xml.legal(article.content_html), url)).strip()
    return Item(
        guid=article.guid,
        url=url,
        title=title,
        # Every format wants a text: without a body and a summary, the headline is all that is known.
        summary=xml.line(article.summary) or ("" if content else title),
        content_html=content,
        authors=tuple(filter(None, map(person, article.authors))),
        published=published if published >= _EARLIEST else None,
        updated=max(_updated(article), published),
        language=language_tag(article.language),
        image=_image(article.image),
        attachments=tuple(filter(None, map(_attachment, article.attachments))),
        tags=tuple((slug, titles.get(slug, slug)) for slug in article.categories),
        publisher=xml.literal(article.source_title),
    )


def _updated(article: Article) -> datetime:
    # Many articles of one poll change in the same instant, and entries of an Atom feed should not share their `updated`
    # (the validator warns). Below the second, the id decides: the same in every feed, and never later by a second.
    return article.updated_at.replace(microsecond=zlib.crc32(article.id.encode()) % 1_000_000)


def _with_distinct_updates(prepared: Iterable[Item]) -> Iterator[Item]:
    taken: set[datetime] = set()
    for item in prepared:
        updated = item.updated
        while updated in taken:
            updated += timedelta(microseconds=1)
        taken.add(updated)
        yield item if updated == item.updated else replace(item, updated=updated)


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
