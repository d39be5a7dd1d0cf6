"""What every template may call: the page's words, addresses and dates, bound to its chrome."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from urllib.parse import quote

from markupsafe import Markup

from feedsvc.model.article import Article
from feedsvc.model.newsroom import Category
from feedsvc.pages import addresses, cards, excerpt
from feedsvc.pages.chrome import Chrome
from feedsvc.pages.linked_data import news_article
from feedsvc.pages.rhythm import rhythm
from feedsvc.pages.views import Fault, JoinForm, ListChoice
from feedsvc.text import dates
from feedsvc.text.html import sanitise
from feedsvc.text.words import words

_TOP_HEADING = re.compile(r"<(/?)h1(?=[\s>])", re.IGNORECASE)
_FIELDS = {
    Fault.EMAIL_MISSING: "email",
    Fault.EMAIL_INVALID: "email",
    Fault.NAME_TOO_LONG: "name",
    Fault.LISTS_MISSING: "lists",
}


def context_for(chrome: Chrome) -> dict[str, object]:
    """The names that templates use beside `chrome` and `page`."""
    spoken = words(chrome.language)
    return {
        "_": spoken.gettext,
        "ngettext": spoken.ngettext,
        "html_language": html_language(chrome.language),
        "link": partial(addresses.page_link, chrome),
        "own_link": partial(addresses.own_link, chrome),
        "plain_link": partial(addresses.plain_link, chrome),
        "page_url": partial(addresses.page_url, chrome),
        "plain_url": partial(addresses.plain_url, chrome),
        "static": partial(addresses.static_link, chrome),
        "own_url": partial(addresses.own_url, chrome),
        "is_own": partial(addresses.is_own, chrome),
        "canonical_url": partial(addresses.canonical_url, chrome),
        "article_card": partial(cards.article_card, chrome),
        "page_card": partial(cards.page_card, chrome),
        "description_of": excerpt.description_of,
        "kind_of": excerpt.kind_of,
        "lead_image": excerpt.lead_image,
        "feed_types": addresses.FEED_TYPES,
        "feed_names": addresses.FEED_NAMES,
        **_paths(),
        **_times(chrome),
        "rhythm": lambda digest: rhythm(digest, chrome.language),
        "linked_data": partial(news_article, chrome),
        "story_html": story_html,
        "contact_url": contact_url(chrome.contact),
        "language_of": partial(language_of, chrome),
        "titles_of": titles_of,
        "fault_fields": lambda form: fault_fields(form, chrome),
        "frequencies": frequencies,
        "minutes": minutes,
    }


def html_language(language: str) -> str:
    """A language as the attribute `lang` says it: Chinese without a script is written in simplified characters."""
    return "zh-Hans" if language == "zh" else language


def language_of(chrome: Chrome, language: str) -> str:
    """The `lang` of something inside a page; empty where it is the page's own."""
    return "" if language == chrome.language else html_language(language)


def contact_url(contact: str) -> str:
    """Where a reader can write to: a web address as it is, a mail address as mailto: (RFC 6068); else empty."""
    if addresses.safe_link(contact):
        return contact
    return f"mailto:{quote(contact, safe='@+')}" if "@" in contact else ""


def story_html(article: Article) -> Markup:
    """A story's own text, sanitised once more on its way out; its top headings step down below the page's own.

    Its pictures wait until they come into view.
    """
    clean = excerpt.for_reading(sanitise(article.content_html, article.url), article)
    return Markup(_TOP_HEADING.sub(r"<\1h2", clean))  # noqa: S704 (sanitised)


def titles_of(categories: tuple[Category, ...]) -> dict[str, str]:
    """Category titles by slug."""
    return {category.slug: category.title for category in categories}


def frequencies(lists: tuple[ListChoice, ...]) -> tuple[str, ...]:
    """The frequencies a reader can tell apart among the digests of these lists; there is a choice only with two."""
    offered = {digest.frequency for choice in lists for digest in choice.digests}
    return tuple(name for name in ("daily", "weekly") if name in offered)


def minutes(seconds: int) -> int:
    """Whole minutes that are not less than `seconds`, at least one."""
    return max(1, -(-seconds // 60))


def fault_fields(form: JoinForm, chrome: Chrome) -> dict[str, list[str]]:
    """What is wrong, in words, by the name of the field it stands beside; `form` for what concerns the whole."""
    said: dict[str, list[str]] = {}
    for fault in form.faults:
        said.setdefault(_FIELDS.get(fault, "form"), []).append(_said(fault, chrome.language))
    return said


def _said(fault: Fault, language: str) -> str:
    say = words(language).gettext
    return {
        Fault.EMAIL_MISSING: say("Write your e-mail address."),
        Fault.EMAIL_INVALID: say("This is not a whole e-mail address. Write it like name@example.edu."),
        Fault.NAME_TOO_LONG: say("This name is too long. Shorten it to 100 characters."),
        Fault.LISTS_MISSING: say("Choose at least one list."),
        Fault.UNKNOWN_CHOICE: say("Something you chose is no longer offered. Choose again from the form below."),
        Fault.TOO_FAST: say("The form was sent faster than a person can fill it in. Look it over and send it again."),
        Fault.FORM_EXPIRED: say("The form was open for too long. What you wrote is still here: send it again."),
        Fault.TOO_MANY: say("Many forms have come from your network. Wait an hour, then send it again."),
    }[fault]


def _paths() -> dict[str, Callable[..., object]]:
    return {
        "article_path": addresses.article_path,
        "category_path": addresses.category_path,
        "issue_path": addresses.issue_path,
        "feed_path": addresses.feed_path,
        "builder_path": addresses.builder_path,
        "with_topics": addresses.with_topics,
        "web_readers": addresses.web_readers,
        "with_query": addresses.with_query,
        "safe_link": addresses.safe_link,
        "host_of": addresses.host_of,
    }


def _times(chrome: Chrome) -> dict[str, Callable[..., str]]:
    def story_date(article: Article) -> str:
        """The day a story bears; where it bears none, when it came to us, and so said."""
        if article.published_at is None:
            came = dates.format_date(article.first_seen_at, chrome.language, chrome.timezone)
            return words(chrome.language).gettext("Added on %(day)s") % {"day": came}
        day = dates.story_day(article.published_at, article.published_is_date, chrome.timezone)
        return dates.format_day(day, chrome.language)

    def story_time(article: Article) -> str:
        """The same for machines: a day where no time is known, else an instant."""
        if article.published_at is None:
            return dates.machine_time(article.first_seen_at)
        return dates.machine_story_time(article.published_at, article.published_is_date, chrome.timezone)

    def day(instant: datetime) -> str:
        """The day alone, in the site's zone."""
        return dates.format_date(instant, chrome.language, chrome.timezone)

    def dated(instant: datetime) -> Markup:
        """The day, with the instant for machines."""
        return Markup('<time datetime="{}">{}</time>').format(dates.machine_time(instant), day(instant))

    return {
        "dated": dated,
        "story_date": story_date,
        "story_time": story_time,
        "day": day,
        "machine": dates.machine_time,
    }
