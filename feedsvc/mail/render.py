"""A digest's parts as blocks: each article once per issue, language and form, and the frame around them.

Keys of the blocks: `open`, `tease:<id>` (a title for the hidden preview line), `top`, `head`, `section:<slug>`,
`large:<id>`, `story:<id>`, `link:<id>`, `more`, `foot`.
Slots that differ between readers: `address`, `leave`, `preferences`; between editions: `more` (a number).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit, urlunsplit

from jinja2.environment import TemplateModule
from markupsafe import Markup

from feedsvc.errors import RenderError
from feedsvc.mail import blocks, plain, typesetting
from feedsvc.mail.views import IssueView, RenderedBlock
from feedsvc.model.article import Article, Image
from feedsvc.settings import Site
from feedsvc.text.dates import format_date, format_day, story_day
from feedsvc.text.headers import ascii_url, clean

FRAME = ("open", "top", "head", "more", "foot")
FORMS = ("tease", "large", "story", "link")

_COLUMN = 536
# Columns of text: two lines of the card, and about five under the first story.
_SHORT, _LONG = 128, 420


@dataclass(frozen=True, slots=True)
class StoryView:
    """An article as templates see it. `lang`: a whole attribute, empty where it speaks the mail's language."""

    title: str
    url: str
    summary: str
    short: str
    date: str
    lang: Markup
    image: Image | None
    image_width: int


def render_blocks(
    issue: IssueView, articles: Sequence[Article], categories: Mapping[str, str], site: Site, language: str
) -> dict[str, RenderedBlock]:
    """Every block that an issue may need in one language. `categories` maps slugs to titles. Raises RenderError."""
    html, text = (_macros(issue, site, language, html=html) for html in (True, False))
    rendered = {key: _block(html, text, key) for key in FRAME}
    for slug, title in {**categories, "": ""}.items():
        rendered[f"section:{slug}"] = _block(html, text, "section", clean(title))
    for article in articles:
        view = story_view(article, issue, site, language)
        rendered |= {f"{form}:{article.id}": _block(html, text, form, view) for form in FORMS}
    return rendered


def subject(issue: IssueView, site: Site, language: str, lead: str = "") -> str:
    """The subject of an issue: its title, its date and, where there is one, the title of its first story. One line."""
    values = {"issue": _safe_issue(issue), "date": _date(issue, language), "lead": clean(lead)}
    spoken = typesetting.context(site, language, html=False)
    return clean(typesetting.render(f"{issue.template}/subject.txt", spoken | values))


def story_view(article: Article, issue: IssueView, site: Site, language: str) -> StoryView:
    """An article as an issue shows it: clean lines, addresses in ASCII, a date only where the page gave one."""
    summary = clean(article.summary)
    same = _primary(article.language) == _primary(language)
    image = _image(article.image)
    return StoryView(
        title=clean(article.title) or urlsplit(article.url).netloc,
        url=_story_url(article, site),
        summary=plain.clip(summary, _LONG),
        short=plain.clip(summary, _SHORT),
        date=_story_date(article, issue, language),
        lang=Markup("") if same else Markup(' lang="{}"').format(typesetting.html_language(clean(article.language))),
        image=image,
        image_width=min(_COLUMN, image.width or _COLUMN) if image else 0,
    )


def _macros(issue: IssueView, site: Site, language: str, *, html: bool) -> TemplateModule:
    values = typesetting.context(site, language, html=html)
    values |= {
        "issue": _safe_issue(issue),
        "date": _date(issue, language),
        "intro": typesetting.paragraphs(issue.intro),
    }
    return typesetting.module(f"{issue.template}/body.{'html' if html else 'txt'}", values)


def _safe_issue(issue: IssueView) -> IssueView:
    return replace(
        issue,
        title=clean(issue.title),
        lists=tuple(map(clean, issue.lists)),
        archive_url=ascii_url(issue.archive_url),
        archive_index_url=ascii_url(issue.archive_index_url),
    )


def _primary(language: str) -> str:
    return language.partition("-")[0]


def _block(html: TemplateModule, text: TemplateModule, name: str, *values: object) -> RenderedBlock:
    first, second = (blocks.encode(typesetting.call(macros, name, *values)) for macros in (html, text))
    return RenderedBlock(first, second)


def _date(issue: IssueView, language: str) -> str:
    return format_date(issue.date, language, issue.timezone)


def _story_date(article: Article, issue: IssueView, language: str) -> str:
    if article.published_at is None:
        return ""
    return format_day(story_day(article.published_at, article.published_is_date, issue.timezone), language)


def _story_url(article: Article, site: Site) -> str:
    try:
        url = ascii_url(article.url)
    except RenderError:
        # No mail fails for one bad address: the story's page here says the same.
        return ascii_url(f"{site.base_url}/articles/{quote(article.id)}/story")
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, site.link_params.strip("?& "))))
    return ascii_url(urlunsplit(parts._replace(query=query)))


def _image(image: Image | None) -> Image | None:
    if image is None:
        return None
    try:
        url = ascii_url(image.url)
    except RenderError:
        return None
    return Image(url=url, alt=clean(image.alt or image.caption), width=image.width) if url.startswith("http") else None
