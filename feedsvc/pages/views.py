"""What each public page shows: plain values, filled by the web layer and by the static export.

Instants are aware, in UTC; pages print them in the site's zone. Paths start with `/` and are relative to the site's
base address. Nothing here is trusted as HTML but what says so (`content_html` of an article, `DocsPage.body_html`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedsvc.model.article import Article
from feedsvc.model.newsroom import Category, Digest, ReaderList


class Fault(StrEnum):
    """What may be wrong with a form that was sent; the page says it in the reader's language, beside the field."""

    EMAIL_MISSING = "email_missing"
    EMAIL_INVALID = "email_invalid"
    NAME_TOO_LONG = "name_too_long"
    LISTS_MISSING = "lists_missing"
    UNKNOWN_CHOICE = "unknown_choice"
    TOO_FAST = "too_fast"
    FORM_EXPIRED = "form_expired"
    TOO_MANY = "too_many"


class Done(StrEnum):
    """What a sent preferences form has done."""

    SAVED = "saved"
    PAUSED = "paused"
    RESUMED = "resumed"


class Action(StrEnum):
    """The value of the field `action`: the button of the preferences page that was pressed."""

    SAVE = "save"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list that may be joined, with the digests that come to its readers."""

    list: ReaderList
    digests: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinForm:
    """The form of sign-up and preferences: what may be chosen, what is filled in, and what is wrong with it.

    `started` is the signed time-trap text, echoed in a hidden field. `chosen_categories` empty means every topic.
    `frequency` is "", "daily" or "weekly"; "" takes each list as it comes.
    """

    lists: tuple[ListChoice, ...] = ()
    categories: tuple[Category, ...] = ()
    started: str = ""
    email: str = ""
    name: str = ""
    chosen_lists: frozenset[str] = frozenset()
    chosen_categories: frozenset[str] = frozenset()
    frequency: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class HomePage:
    """The latest stories, the feeds of each category, the sign-up form.

    `older` and `newer` are keys for `?before=`: of the next page, or None, and of the one before, None where that is the
    first. `first` is False on older pages.
    """

    articles: tuple[Article, ...]
    categories: tuple[Category, ...]
    form: JoinForm
    older: str | None = None
    newer: str | None = None
    first: bool = True


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """One category's stories, newest first. `older`, `newer` and `first` as in `HomePage`."""

    category: Category
    articles: tuple[Article, ...]
    older: str | None = None
    newer: str | None = None
    first: bool = True


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One story whole, the categories it is in, its related articles, and those that tell nearly the same."""

    article: Article
    categories: tuple[Category, ...] = ()
    related: tuple[Article, ...] = ()
    near_copies: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawnPage:
    """A story that was taken back (410): when (UTC), where known; never its words."""

    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubscribePage:
    """The sign-up form."""

    form: JoinForm


@dataclass(frozen=True, slots=True)
class CheckMailPage:
    """After sign-up, the same for every address whatever is known of it (FAULTS, "never possible", 5)."""

    email: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """What a confirmation link would join; nothing is joined before its button is pressed."""

    email: str
    lists: tuple[ListChoice, ...] = ()
    categories: tuple[Category, ...] = ()
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmedPage:
    """What has been joined, and the path of this reader's preferences page."""

    email: str
    lists: tuple[ListChoice, ...] = ()
    categories: tuple[Category, ...] = ()
    frequency: str = ""
    preferences_path: str = ""


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """The form filled with what the reader has; `paused` says which of pause and resume is offered.

    Neither is without `may_pause`, nor leaving without `may_leave`: somebody on no list has nothing to stop.
    """

    form: JoinForm
    paused: bool = False
    may_pause: bool = True
    may_leave: bool = True


@dataclass(frozen=True, slots=True)
class PreferencesSavedPage:
    """What was done, and what the reader now has. `preferences_path` goes back to the form."""

    email: str
    done: Done
    lists: tuple[ListChoice, ...] = ()
    categories: tuple[Category, ...] = ()
    frequency: str = ""
    preferences_path: str = ""


@dataclass(frozen=True, slots=True)
class LeavePage:
    """What the unsubscribe button will end (`leaving`), and what stays (`staying`)."""

    email: str
    leaving: tuple[ListChoice, ...] = ()
    staying: tuple[ListChoice, ...] = ()
    preferences_path: str = ""


@dataclass(frozen=True, slots=True)
class GoodbyePage:
    """What was left and what still comes; `others` are public lists that the reader is not on."""

    email: str
    left: tuple[ListChoice, ...] = ()
    staying: tuple[ListChoice, ...] = ()
    others: tuple[ListChoice, ...] = ()
    preferences_path: str = ""


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue in a digest's archive: number, subject, the instant it was due (UTC), and how many stories it held."""

    number: int
    subject: str
    due_at: datetime
    stories: int = 0


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """The issues of a digest, newest first. `older` is a key for `?before=`, or None."""

    digest: Digest
    issues: tuple[IssueLine, ...]
    older: str | None = None


@dataclass(frozen=True, slots=True)
class IssueSection:
    """The stories of an issue that stand under one category; None for those under no heading."""

    category: Category | None
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One issue of a digest as anyone may read it. `previous` and `following` are issue numbers, or None."""

    digest: Digest
    issue: IssueLine
    sections: tuple[IssueSection, ...]
    previous: int | None = None
    following: int | None = None


@dataclass(frozen=True, slots=True)
class DocsLink:
    """An entry of the documentation's contents. `path` starts with /docs."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class DocsPage:
    """A page of the documentation. `body_html` is ours, rendered from the shipped Markdown, and printed as it is."""

    title: str
    body_html: str
    contents: tuple[DocsLink, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A failure in plain words: 400, 403, 404, 405, 408, 410, 413, 429, 500, 503; other statuses read as 400 or 500.

    `retry_after` is in seconds, where the answer carries a Retry-After header. `reference` finds it in the log.
    """

    status: int
    retry_after: int | None = None
    reference: str = ""


class LinkKind(StrEnum):
    """What a link in a mail was for."""

    CONFIRM = "confirm"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class LinkExpiredPage:
    """A link whose token is not valid, or no longer. Says nothing about any address."""

    kind: LinkKind = LinkKind.CONFIRM
