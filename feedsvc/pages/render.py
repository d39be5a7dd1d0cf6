"""The public pages: one function for each, from values to a whole HTML document as text.

Pure: the same values give the same text. Templates are read and compiled at first use (Jinja2, everything escaped, an
unknown name is an error). Every function raises RenderError where a template fails on what it was given.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError

from feedsvc.errors import RenderError
from feedsvc.pages import feed_views, views
from feedsvc.pages.chrome import Alternate, Chrome
from feedsvc.pages.context import context_for


def home(chrome: Chrome, page: views.HomePage) -> str:
    """`/`: the latest stories, then how to follow them."""
    return _render("home.html", chrome, page)


def category(chrome: Chrome, page: views.CategoryPage) -> str:
    """`/categories/{slug}`: its sentence, its feeds, its stories."""
    feeds = (Alternate(page.category.slug, page.category.title), Alternate())
    return _render("category.html", replace(chrome, alternates=feeds), page)


def article(chrome: Chrome, page: views.ArticlePage) -> str:
    """`/articles/{id}/{slug}`: one story; its canonical address is the university's own page."""
    feeds = (*(Alternate(kind.slug, kind.title) for kind in page.categories), Alternate())
    return _render("article.html", replace(chrome, alternates=feeds), page)


def feed(chrome: Chrome, page: feed_views.FeedPage) -> str:
    """`/feeds/{key}.{form}` for a person: what it is, how to subscribe, what it holds."""
    title = ", ".join(category.title for category in page.categories)
    feeds = (Alternate(page.key, title), Alternate()) if page.categories else (Alternate(),)
    return _render("feed.html", replace(chrome, alternates=feeds), page)


def builder(chrome: Chrome, page: feed_views.BuilderPage) -> str:
    """`/feeds`: choose categories and a format, get the address of their feed."""
    return _render("builder.html", chrome, page)


def withdrawn(chrome: Chrome, page: views.WithdrawnPage) -> str:
    """An article that was withdrawn; send it with status 410."""
    return _render("withdrawn.html", chrome, page)


def subscribe(chrome: Chrome, page: views.SubscribePage) -> str:
    """`/subscribe`: the sign-up form; also the answer to a form with faults (status 422)."""
    return _render("subscribe.html", chrome, page)


def check_mail(chrome: Chrome, page: views.CheckMailPage) -> str:
    """After sign-up: a mail with a link is on its way."""
    return _render("check_mail.html", chrome, page)


def confirm(chrome: Chrome, page: views.ConfirmPage) -> str:
    """`/confirm/{token}` GET: what will be joined, and the button that joins it (POST to the same path)."""
    return _render("confirm.html", chrome, page)


def confirmed(chrome: Chrome, page: views.ConfirmedPage) -> str:
    """`/confirm/{token}` POST: what has been joined."""
    return _render("confirmed.html", chrome, page)


def preferences(chrome: Chrome, page: views.PreferencesPage) -> str:
    """`/preferences/{token}` GET, or a POST with faults: the form, filled; buttons carry the field `action`."""
    return _render("preferences.html", chrome, page)


def preferences_saved(chrome: Chrome, page: views.PreferencesSavedPage) -> str:
    """`/preferences/{token}` POST: what was done."""
    return _render("preferences_saved.html", chrome, page)


def leave(chrome: Chrome, page: views.LeavePage) -> str:
    """`/unsubscribe/{token}` GET: what will end, and the button that ends it (POST to the same path)."""
    return _render("leave.html", chrome, page)


def goodbye(chrome: Chrome, page: views.GoodbyePage) -> str:
    """`/unsubscribe/{token}` POST, or leaving everything from preferences: what ended, and what else there is."""
    return _render("goodbye.html", chrome, page)


def archive(chrome: Chrome, page: views.ArchivePage) -> str:
    """`/archive/{digest}`: the issues of a digest."""
    return _render("archive.html", chrome, page)


def issue(chrome: Chrome, page: views.IssuePage) -> str:
    """`/archive/{digest}/{number}`: one issue as anyone may read it."""
    return _render("issue.html", chrome, page)


def docs(chrome: Chrome, page: views.DocsPage) -> str:
    """`/docs` and below: a page of the documentation."""
    return _render("docs.html", chrome, page)


def error(chrome: Chrome, page: views.ErrorPage) -> str:
    """A failure in plain words with one clear next step; send it with `page.status`."""
    return _render("error.html", chrome, page)


def link_expired(chrome: Chrome, page: views.LinkExpiredPage) -> str:
    """A link from a mail that is not valid, or no longer; send it with status 410 (404 where it never was)."""
    return _render("link_expired.html", chrome, page)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("feedsvc.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _render(name: str, chrome: Chrome, page: Any) -> str:
    try:
        return _templates().get_template(name).render(context_for(chrome), chrome=chrome, page=page)
    except TemplateError as failure:
        msg = f"The page {name} could not be rendered: {failure}."
        raise RenderError(msg) from failure
