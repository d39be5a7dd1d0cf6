"""The shape of a newsroom file: which tables and keys there are, of what type, and what one value may be.

What concerns several tables (references, unique slugs) is in `checks`.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cssselect import HTMLTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from feedsvc.model import cron
from feedsvc.model.duration import parse_duration
from feedsvc.model.newsroom import Category, Digest, ReaderList, Source, SourceKind

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# What the readers of pages translate selectors with.
_CSS = HTMLTranslator()
_LATER = "is not supported yet: remove the line"


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        msg = f"{text!r} is not a slug: use a-z, 0-9 and hyphens, 80 characters at the most"
        raise ValueError(msg)
    return text


def _text(text: str) -> str:
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text):
        msg = "holds a line break or a control character: write it as one line"
        raise ValueError(msg)
    return text


def _title(text: str) -> str:
    if not text.strip() or len(text) > 200:
        msg = "is empty or longer than 200 characters: give it a short name"
        raise ValueError(msg)
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        msg = f"{text!r} is not a language tag: write one such as en, zh or zh-CN"
        raise ValueError(msg)
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(text: str) -> str:
    if text not in _zones():
        near = difflib.get_close_matches(text, _zones(), 1) or ["Asia/Shanghai"]
        msg = f"{text!r} is not a time zone: write an IANA name such as {near[0]}"
        raise ValueError(msg)
    ZoneInfo(text)
    return text


def _url(text: str) -> str:
    if not _is_web_address(text):
        msg = f"{text!r} is not a web address: write it whole, with https:// or http://"
        raise ValueError(msg)
    return text


def _url_or_none(text: str) -> str:
    return _url(text) if text else ""


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and " " not in text
    except ValueError:
        return False


def _schedule(text: str) -> str:
    cron.parse(text)
    return text


def _selector(text: str) -> str:
    try:
        _CSS.css_to_xpath(text)
    except (SelectorError, ValueError, RecursionError) as error:
        msg = f"{text!r} is not a CSS selector ({error}): write one such as 'ul.news li'"
        raise ValueError(msg) from error
    return text


def _byline(text: str) -> str:
    try:
        compiled = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        msg = f"{text!r} is not a regular expression ({error}): write one such as 'Words: (?P<names>[^|]+)'"
        raise ValueError(msg) from error
    if "names" not in compiled.groupindex or len(text) > 300:
        msg = "has no group that is called names, or more than 300 characters: write one such as 'Words: (?P<names>[^|]+)'"
        raise ValueError(msg)
    return text


def _between(shortest: timedelta, longest: timedelta, says: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        """The text as it is. Raises ValueError where it is no duration between the two."""
        try:
            inside = shortest <= parse_duration(text) <= longest
        except OverflowError:
            inside = False
        if not inside:
            msg = f"{text!r} is out of bounds: write {says}"
            raise ValueError(msg)
        return text

    return check


_YEAR = timedelta(days=366)
Slug = Annotated[str, AfterValidator(_slug)]
Text = Annotated[str, AfterValidator(_text)]
Title = Annotated[str, AfterValidator(_text), AfterValidator(_title)]
Language = Annotated[str, AfterValidator(_language)]
Zone = Annotated[str, AfterValidator(_zone)]
Interval = Annotated[str, AfterValidator(_between(timedelta(minutes=1), _YEAR, "between 1m and a year"))]
Window = Annotated[str, AfterValidator(_between(timedelta(0), 100 * _YEAR, "at most a hundred years"))]
Selector = Annotated[str, Field(min_length=1), AfterValidator(_text), AfterValidator(_selector)]
Byline = Annotated[str, AfterValidator(_text), AfterValidator(_byline)]


class Table(BaseModel):
    """Any table: unknown keys are refused and no value is bent into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class CategoryTable(Table):
    """`[[category]]`."""

    slug: Slug
    title: Title
    language: Language = "en"
    description: Text = ""
    keywords: list[Title] = []

    def model(self) -> Category:
        """As the model has it."""
        return Category(self.slug, self.title, self.language, self.description, tuple(self.keywords))


class ListRules(Table):
    """`[source.list]`: CSS selectors that find the stories of a list page, and how few of them are an alarm."""

    item: Selector | None = None
    link: Selector | None = None
    title: Selector | None = None
    date: Selector | None = None
    next: Selector | None = None
    exclude: Selector | None = None
    min_items: Annotated[int, Field(ge=0)] | None = None


class ArticleRules(Table):
    """`[source.article]`: CSS selectors that find the parts of a story's page, and a regular expression for its writers."""

    title: Selector | None = None
    date: Selector | None = None
    author: Selector | None = None
    byline: Byline | None = None
    body: Selector | None = None
    remove: Selector | None = None


class SourceTable(Table):
    """`[[source]]` with its optional tables."""

    slug: Slug
    kind: Literal["page", "feed", "sitemap", "push"]
    url: Annotated[str, AfterValidator(_text), AfterValidator(_url_or_none)] = ""
    title: Text = ""
    preset: Literal["auto", "vsb", "webplus", "jsonld", "generic"] = "auto"
    categories: list[Slug] = []
    timezone: Zone = "UTC"
    language: Language = "en"
    interval: Interval = "30m"
    max_interval: Interval = "6h"
    first_run_window: Window = "7d"
    allow_private: bool = False
    approval: bool = False
    list_rules: Annotated[ListRules, Field(alias="list")] = ListRules()
    article_rules: Annotated[ArticleRules, Field(alias="article")] = ArticleRules()
    category_map: Annotated[dict[Text, Slug], Field(alias="map")] = {}

    @model_validator(mode="after")
    def _address(self) -> "SourceTable":
        if not self.url and self.kind != "push":
            msg = "url is missing: give the address of the page, feed or sitemap that it reads"
            raise ValueError(msg)
        return self

    def model(self) -> Source:
        """As the model has it."""
        values = self.model_dump(exclude_none=True)
        values |= {
            "kind": SourceKind(self.kind),
            "categories": tuple(self.categories),
            "interval": parse_duration(self.interval),
            "max_interval": parse_duration(self.max_interval),
            "first_run_window": parse_duration(self.first_run_window),
        }
        return Source(**values)


class ListTable(Table):
    """`[[list]]`."""

    slug: Slug
    title: Title
    public: bool = True
    description: Text = ""

    def model(self) -> ReaderList:
        """As the model has it."""
        return ReaderList(self.slug, self.title, self.public, self.description)


class DigestTable(Table):
    """`[[digest]]`."""

    slug: Slug
    title: Title
    schedule: Annotated[str, AfterValidator(_schedule)]
    categories: list[Slug] = []
    lists: Annotated[list[Slug], Field(min_length=1)]
    frequency: Literal["daily", "weekly", "monthly"] = "weekly"
    timezone: Zone = "UTC"
    language: Language = "en"
    template: Literal["default"] = "default"
    min_items: Annotated[int, Field(ge=1, le=500)] = 1
    max_items: Annotated[int, Field(ge=1, le=500)] = 30
    lateness: Interval = "6h"

    def model(self) -> Digest:
        """As the model has it."""
        values = self.model_dump()
        values |= {
            "categories": tuple(self.categories),
            "lists": tuple(self.lists),
            "lateness": parse_duration(self.lateness),
        }
        return Digest(**values)


TABLES: dict[str, type[CategoryTable | SourceTable | ListTable | DigestTable]] = {
    "category": CategoryTable,
    "source": SourceTable,
    "list": ListTable,
    "digest": DigestTable,
}
"""The arrays of tables of a newsroom file, in the order in which they are read and written."""

NOT_YET: dict[tuple[str, str], str] = {
    ("digest", key): _LATER for key in ("approval", "lead", "approve_by", "if_silent")
}
"""Keys that are planned, and what to say of them."""


def keys_of(shape: type[BaseModel]) -> list[str]:
    """The keys of a table as they are written in the file."""
    return [field.alias or name for name, field in shape.model_fields.items()]
