"""Story pages: title, date, writers, body, picture, files."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from feedsvc.errors import ReadError
from feedsvc.ingest.readers.dates import Moment
from feedsvc.ingest.readers.datewords import order_of
from feedsvc.ingest.readers.declared import Declared
from feedsvc.ingest.readers.dom import Page, asks_for_login, parse, said, select, words
from feedsvc.ingest.readers.families import Family, crumbs, recognise, story_parts
from feedsvc.ingest.readers.languages import language_of
from feedsvc.ingest.readers.story import bylines, published, storylines
from feedsvc.ingest.readers.story.bodies import Body, clean
from feedsvc.ingest.readers.story.extraction import extract, surroundings
from feedsvc.ingest.readers.story.titles import read_title
from feedsvc.model.article import Image, Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem
from feedsvc.text.html import beginning, summarise
from feedsvc.text.urls import canonical

NO_STORY = (
    "The page answered, but no article was found on it. Open it in a browser; if the article is there, choose its "
    "title and body by hand."
)
_BEGINNING = 3000
_HOME = frozenset({"home", "homepage", "首页", "主页", "网站首页", "index"})
_HERE = frozenset({"content", "正文", "详情", "文章正文", "article", "detail", "details"})


@dataclass(frozen=True, slots=True)
class _Found:
    """The parts of a page: its body, what stands around it, and the short lines near its title."""

    bodies: list[HtmlElement]
    around: HtmlElement | None
    lines: list[str]


def read_article(body: bytes, content_type: str, url: str, source: Source, item: ListItem | None = None) -> Story:
    """The story on a page. `item` is how a list named it: its title and date serve where the page itself gives none.

    Follows `source.preset` and `source.article_rules` (CSS selectors `title`, `date`, `author`, `body`, `remove`, and the
    regular expression `byline`). Raises ReadError for an error page, a login page, a file, or a page without title or
    body.
    """
    page = parse(body, content_type, url)
    rules = {name: str(rule) for name, rule in source.article_rules.items()}
    family = recognise(page, source)
    zone = ZoneInfo(source.timezone)
    declared = Declared(page, zone)
    title = read_title(page, family, rules.get("title", ""), declared, item.title if item else "")
    found = _find(page, family, rules.get("body", ""), title)
    told = clean(page, found.bodies, title, rules.get("remove", ""), found.around)
    _check(page, title, told)
    text = beginning(told.html, _BEGINNING)
    moment = _published(page, rules.get("date", ""), found.lines, text, declared, source) or _listed(item)
    updated = declared.updated()
    upstream_id, column = story_parts(family, url)
    return Story(
        url=url,
        title=title,
        upstream_id=upstream_id or (item.upstream_id if item else None),
        summary=summarise(text),
        content_html=told.html,
        authors=_authors(page, rules, found.lines, declared),
        published=moment.instant if moment else None,
        published_is_date=bool(moment and moment.is_date),
        updated=updated.instant if updated and moment and updated.instant > moment.instant else None,
        language=language_of(declared.language(), text or title, source.language),
        image=_image(told.image, declared),
        attachments=told.attachments,
        terms=_terms(page, family, title, column),
    )


def _find(page: Page, family: Family, rule: str, title: str) -> _Found:
    bodies = _outermost(select(page.root, rule, "article.body")) if rule else _preset(page, family)
    if not bodies and not rule:
        extracted, runs = extract(page)
        return _Found(extracted, surroundings(runs), storylines.near(runs, title))
    around = _around(page, family, bodies)
    lines = storylines.of_family(page, family)
    start = around if around is not None else page.root.find("body")
    if not lines and start is not None:
        lines = storylines.around(start, bodies, title)
    return _Found(bodies, around, lines)


def _preset(page: Page, family: Family) -> list[HtmlElement]:
    found = (_outermost(select(page.root, selector)) for selector in family.body)
    return next((elements for elements in found if elements), [])


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    chosen = set(elements)
    return [element for element in elements if not any(up in chosen for up in element.iterancestors())]


def _around(page: Page, family: Family, elements: list[HtmlElement]) -> HtmlElement | None:
    """The part of the page that holds the story with its title and date line."""
    for selector in family.around:
        holding = [
            element
            for element in select(page.root, selector)
            if any(up is element for body in elements for up in body.iterancestors())
        ]
        if holding:
            return holding[0]
    return None


def _published(page: Page, rule: str, lines: list[str], text: str, declared: Declared, source: Source) -> Moment | None:
    zone = ZoneInfo(source.timezone)
    order = order_of(declared.language(), source.language)
    if rule:
        return published.by_rule(page, rule, zone, order)
    return published.by_page(page, lines, text, declared, zone, order)


def _listed(item: ListItem | None) -> Moment | None:
    return Moment(item.date, item.date_is_date) if item and item.date else None


def _authors(page: Page, rules: dict[str, str], lines: list[str], declared: Declared) -> tuple[str, ...]:
    """By the source's own selector and pattern where it has any, else by the line near the title, else as declared."""
    selector, pattern = rules.get("author", ""), rules.get("byline", "")
    if selector:
        lines = [said(element) for element in select(page.root, selector, "article.author")]
    if pattern:
        return bylines.by_pattern(pattern, lines)
    if selector:
        return tuple(dict.fromkeys(name for line in lines for name in bylines.names(line)))
    return next((found for line in lines if (found := bylines.writers(line))), ()) or declared.authors()


def _image(shown: Image | None, declared: Declared) -> Image | None:
    """The first picture of the body, with the size that is declared for it; where there is none, the declared one."""
    named = declared.image()
    if shown is None or named is None or canonical(shown.url) != canonical(named.url):
        return shown or named
    return replace(shown, width=named.width or shown.width, height=named.height or shown.height)


def _terms(page: Page, family: Family, title: str, column: str | None) -> tuple[str, ...]:
    trail = crumbs(page, family)
    links = [words(link) for link in trail.iter("a")] if trail is not None else []
    found = [text for text in links if text and text.lower() not in _HOME | _HERE and text != title and len(text) <= 60]
    return tuple(dict.fromkeys([*found, *([column] if column else [])]))


def _check(page: Page, title: str, told: Body) -> None:
    if title and (told.html or told.attachments):
        return
    if asks_for_login(page):
        msg = "The page asks for a login before it shows the article. Give an address that everyone may read."
        raise ReadError(msg)
    raise ReadError(NO_STORY)
