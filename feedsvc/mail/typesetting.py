"""How templates are read and what they may call: words, slots, wrapping and the fitted accent."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.environment import Template, TemplateModule
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from feedsvc.errors import RenderError
from feedsvc.mail import blocks, plain
from feedsvc.settings import Site
from feedsvc.text.accent import DARK, LIGHT, fit
from feedsvc.text.dates import in_brackets
from feedsvc.text.headers import ascii_url, clean
from feedsvc.text.words import words

_TEMPLATES = Path(__file__).parent / "templates"


def module(name: str, values: dict[str, Any]) -> TemplateModule:
    """A template's macros, bound to `values`. Raises RenderError."""
    try:
        return _template(name).make_module(values)
    except TemplateError as error:
        raise _failure(name, error) from error


def render(name: str, values: dict[str, Any]) -> str:
    """A whole template. Raises RenderError."""
    try:
        return _template(name).render(values)
    except TemplateError as error:
        raise _failure(name, error) from error


def call(macros: TemplateModule, name: str, *values: object) -> str:
    """What a macro says. Raises RenderError."""
    try:
        return str(getattr(macros, name)(*values))
    except (TemplateError, AttributeError) as error:
        raise _failure(name, error) from error


def context(site: Site, language: str, *, html: bool) -> dict[str, Any]:
    """The names that every template knows, for its HTML or its text half. Raises RenderError."""
    mark: Callable[[str], str] = Markup if html else str
    return {
        "_": _speaker(language, html=html),
        "slot": lambda name: mark(blocks.slot(name)),
        "in_brackets": lambda text, remark: in_brackets(text, remark, language),
        "language": html_language(language),
        "site": _safe_site(site),
        "postal_lines": Markup("<br>").join(postal_lines(site)),
        "light": fit(site.accent, LIGHT),
        "dark": fit(site.accent, DARK),
    }


def html_language(language: str) -> str:
    """A language as the attribute `lang` says it: Chinese without a script is written in simplified characters."""
    return "zh-Hans" if language == "zh" else language


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something, cleaned."""
    return [line for line in map(clean, text.splitlines()) if line]


def postal_lines(site: Site) -> list[str]:
    """The lines of the sender's postal address."""
    return paragraphs(site.postal_address)


def _safe_site(site: Site) -> Site:
    """The site's own words, cleaned: no text from a file becomes the mark of a slot."""
    changed = {
        "title": clean(site.title),
        "postal_address": "\n".join(postal_lines(site)),
        "logo": ascii_url(site.logo) if site.logo else "",
        "privacy_url": ascii_url(site.privacy_url) if site.privacy_url else "",
        "base_url": ascii_url(site.base_url),
    }
    return site.model_copy(update=changed)


def _speaker(language: str, *, html: bool) -> Callable[..., str]:
    spoken = words(language)

    def say(message: str, **values: object) -> str:
        """A message in that language, with its values filled in."""
        text: str = Markup(escape(spoken.gettext(message))) if html else spoken.gettext(message)  # noqa: S704 (escaped)
        return text % values if values else text

    return say


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["wrap"] = plain.wrap
    environment.filters["rule"] = plain.rule
    return environment


def _template(name: str) -> Template:
    try:
        return _environment().get_template(name)
    except TemplateNotFound as error:
        msg = f"There is no mail template {name!r}. A digest's template is the name of a folder such as default."
        raise RenderError(msg) from error


def _failure(name: str, error: Exception) -> RenderError:
    return RenderError(f"The mail template {name} could not be rendered: {error}.")
