"""The documents of the API: an article as programs send it, and as they are told of it."""

import difflib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from feedsvc.errors import FieldsWrong
from feedsvc.ingest.intake.clean import without_user
from feedsvc.ingest.submit.push import PushResult
from feedsvc.ingest.submit.push_story import Fault, Pushed
from feedsvc.model.article import ArticleState, Attachment
from feedsvc.pages.addresses import article_path
from feedsvc.storage.pushed import Standing
from feedsvc.text.dates import machine_story_time, machine_time
from feedsvc.text.html import fold
from feedsvc.text.urls import absolute

MOST_FAULTS = 20
_MUST_BE = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "list_type": "must be an array",
    "tuple_type": "must be an array",
    "model_type": "must be an object",
    "missing": "is missing: send it",
    "string_too_short": "is empty: send something, or leave it out",
    "string_too_long": "may have at most {max_length} letters",
    "too_long": "may have at most {max_length} entries",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
_WRITTEN_AS = {
    "language": "must be a tag of a language, such as en or zh-Hans",
    "media_type": "must be a media type, such as application/pdf",
}


def _address(value: str) -> str:
    address = absolute(value, value)
    if not address:
        msg = "must be a whole address that begins with http:// or https://"
        raise ValueError(msg)
    if without_user(address) != address:
        msg = "holds a user name or password: send the address without"
        raise ValueError(msg)
    return value


def _shown(value: str) -> str:
    if not any(letter.isprintable() and letter != " " for letter in fold(value)):
        msg = "is empty: send something that can be read"
        raise ValueError(msg)
    return value


def _own_id(value: object) -> object:
    # A CMS counts its stories; a number and its digits are one id.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _one_line(value: str) -> str:
    if fold(value) != value or not value.isprintable():
        msg = "must be printable text without spaces around it"
        raise ValueError(msg)
    return value


Address = Annotated[str, Field(max_length=2000), AfterValidator(_address)]
Line = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_shown)]
Words = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_one_line)]
OwnId = Annotated[str, Field(min_length=1, max_length=300), BeforeValidator(_own_id), AfterValidator(_one_line)]
Date = Annotated[str, Field(max_length=60)]
LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AttachmentDocument(_Document):
    """A file that belongs to the story. `length` is in bytes."""

    url: Address
    title: Annotated[str, Field(max_length=500)] = ""
    media_type: Annotated[str, Field(pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=100)] | None = None
    length: Annotated[int, Field(ge=0, le=2**53)] | None = None


class ArticleDocument(_Document):
    """An article as a program sends it; `null` is the same as leaving a field out."""

    source: Slug
    url: Address
    title: Line
    id: OwnId | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: Annotated[str, Field(max_length=5000)] | None = None
    authors: Annotated[list[Words], Field(max_length=100)] | None = None
    published_at: Date | None = None
    updated_at: Date | None = None
    categories: Annotated[list[Words], Field(max_length=100)] | None = None
    language: LanguageTag | None = None
    image_url: Address | None = None
    attachments: Annotated[list[AttachmentDocument], Field(max_length=100)] | None = None
    state: Literal["published", "held", "embargoed"] | None = None
    embargo_until: Date | None = None

    @model_validator(mode="after")
    def _agrees(self) -> "ArticleDocument":
        if self.content_html is not None and self.content_text is not None:
            msg = "content_text: send either content_html or content_text"
            raise ValueError(msg)
        if self.state == "embargoed" and self.embargo_until is None:
            msg = "embargo_until: say until when the article is embargoed"
            raise ValueError(msg)
        if self.state in ("published", "held") and self.embargo_until is not None:
            msg = f"state: an article is {self.state} or embargoed until an instant: leave out one of the two"
            raise ValueError(msg)
        return self

    def pushed(self) -> Pushed:
        """As the stage takes it."""
        files = (
            Attachment(one.url, one.title or one.url.rstrip("/").rpartition("/")[2], one.media_type, one.length)
            for one in self.attachments or ()
        )
        return Pushed(
            source=self.source,
            url=self.url,
            title=self.title,
            id=self.id,
            content_html=self.content_html or "",
            content_text=self.content_text or "",
            summary=self.summary or "",
            authors=tuple(self.authors or ()),
            published_at=self.published_at,
            updated_at=self.updated_at,
            categories=None if self.categories is None else tuple(self.categories),
            language=self.language,
            image_url=self.image_url,
            attachments=tuple(files),
            state=ArticleState(self.state) if self.state else None,
            embargo_until=self.embargo_until,
        )


def read(value: Any) -> Pushed:
    """An article out of parsed JSON. Raises FieldsWrong that names every field by its JSON pointer (RFC 6901)."""
    try:
        return ArticleDocument.model_validate(value).pushed()
    except ValidationError as error:
        raise FieldsWrong.naming([_fault(detail) for detail in _telling(error.errors())][:MOST_FAULTS]) from error


def _telling(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Where a field is unknown, a missing one may just be misspelt there: the unknown ones come first."""
    return sorted(details, key=lambda detail: detail["type"] != "extra_forbidden")


def _fault(detail: ErrorDetails) -> Fault:
    place = _pointer(detail["loc"])
    if detail["type"] == "extra_forbidden":
        shape = AttachmentDocument if len(detail["loc"]) > 1 else ArticleDocument
        near = difflib.get_close_matches(str(detail["loc"][-1]), shape.model_fields, 1, 0.5)
        says = f"is not a known field: {f'did you mean {near[0]}?' if near else 'leave it out.'}"
        return place, says
    if detail["type"] == "value_error":
        says = str(detail["ctx"]["error"])
        if not detail["loc"]:
            field, _, says = says.partition(": ")
            place = f"/{field}"
    elif detail["type"] == "literal_error":
        says = f"must be {detail['ctx']['expected']}".replace("'", "")
    else:
        says = _told(detail)
    return place, f"{says}."


def _told(detail: ErrorDetails) -> str:
    """What a rule of the shape wants: never the words of the library that checks it."""
    if detail["type"] == "string_pattern_mismatch":
        return _WRITTEN_AS[str(detail["loc"][-1])]
    return _MUST_BE.get(detail["type"], "cannot be used: see the fields of an article").format(**detail.get("ctx", {}))


def _pointer(loc: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in loc)


def article(here: Standing, base_url: str, timezone: str) -> dict[str, object]:
    """An article as programs are told of it. `timezone` is the site's."""
    one, day = here.article, here.article.published_at
    return {
        "id": one.id,
        "guid": one.guid,
        "url": base_url + article_path(one),
        "story_url": one.url,
        "source": one.source,
        "title": one.title,
        "state": one.state.value,
        "embargo_until": machine_time(here.embargo_until) if here.embargo_until else None,
        "revision": one.revision,
        "categories": list(one.categories),
        "published_at": machine_story_time(day, one.published_is_date, timezone) if day else None,
        "first_seen_at": machine_time(one.first_seen_at),
        "updated_at": machine_time(one.updated_at),
    }


def outcome(result: PushResult, base_url: str, timezone: str, dry_run: bool) -> dict[str, object]:
    """What became of a request; an article that a dry run would make has no id yet."""
    told: dict[str, object] = {"happened": result.happened.value, "changed": list(result.changed)}
    told |= article(result.standing, base_url, timezone)
    if result.note:
        told["note"] = result.note
    if dry_run:
        told["dry_run"] = True
        if result.happened == "created":
            told |= {"id": None, "guid": None, "url": None}
    return told
