"""Story pages: title, date, writers, body, picture, files."""

from zoneinfo import ZoneInfo

import trafilatura
from lxml.html import HtmlElement, fragment_fromstring

from feedsvc.errors import ReadError
from feedsvc.ingest.readers import bylines, dates
from feedsvc.ingest.readers.bodies import Body, clean, picture
from feedsvc.ingest.readers.dates import Moment, MonthDay
from feedsvc.ingest.readers.declared import Declared
from feedsvc.ingest.readers.dom import Page, asks_for_login, first, parse, said, select, words
from feedsvc.ingest.readers.families import Family, recognise, story_parts
from feedsvc.ingest.readers.titles import read_title
from feedsvc.model.article import Image, Story
from feedsvc.model.newsroom import Source
from feedsvc.model.reading import ListItem
from feedsvc.text.html import plain_text, summarise
from feedsvc.text.urls import canonical

NO_STORY = (
    "The page answered, but no article was found on it. Open it in a browser; if the article is there, choose its "
    "title and body by hand."
)
_HOME = frozenset({"home", "homepage", "首页", "主页", "网站首页", "index"})
_HERE = frozenset({"content", "正文", "详情", "文章正文", "article", "detail", "details"})
_LINE = 240


def read_article(body: bytes, content_type: str, url: str, source: Source, item: ListItem | None = None) -> Story:
    """The story on a page. `item` is how a list named it: its title and date serve where the page itself gives none.

    Follows `source.preset` and `source.article_rules` (CSS selectors `title`, `date`, `author`, `body`, `remove`).
    Raises ReadError for an error page, a login page, or a page without title or body.
    """
    page = parse(body, content_type, url)
    family = recognise(page, source)
    zone = ZoneInfo(source.timezone)
    declared = Declared(page, zone)
    title = read_title(page, family, str(source.article_rules.get("title", "")), declared, item.title if item else "")
    elements = _body_elements(page, family, source)
    around = _around(page, family, elements)
    told = clean(page, elements, title, str(source.article_rules.get("remove", "")), around)
    _check(page, title, told)
    lines = _lines(page, family, around, elements, title)
    moment = _published(page, source, lines, declared, zone) or _listed(item)
    updated = declared.updated()
    upstream_id, column = story_parts(family, url)
    text = plain_text(told.html)
    return Story(
        url=url,
        title=title,
        upstream_id=upstream_id or (item.upstream_id if item else None),
        summary=summarise(text),
        content_html=told.html,
        authors=_authors(page, source, lines, declared),
        published=moment.instant if moment else None,
        published_is_date=bool(moment and moment.is_date),
        updated=updated.instant if updated and moment and updated.instant > moment.instant else None,
        image=told.image or _declared_image(page, declared),
        attachments=told.attachments,
        terms=_terms(page, family, title, column),
    )


def _body_elements(page: Page, family: Family, source: Source) -> list[HtmlElement]:
    rule = str(source.article_rules.get("body", ""))
    if rule:
        return _outermost(select(page.root, rule, "article.body"))
    for selector in family.body:
        found = _outermost(select(page.root, selector))
        if found:
            return found
    return _extracted(page)


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    chosen = set(elements)
    return [element for element in elements if not any(up in chosen for up in element.iterancestors())]


def _extracted(page: Page) -> list[HtmlElement]:
    """The body as trafilatura finds it; its title and date are not asked for.

    Nor are its absolute links: it joins them to the site's root, wherever the page lies.
    """
    html = trafilatura.extract(
        page.text,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_images=True,
        include_links=True,
        include_tables=True,
        with_metadata=False,
    )
    if not html:
        return []
    inner = html.partition("<body>")[2].rpartition("</body>")[0]
    return [fragment_fromstring(inner, create_parent="div")] if inner.strip() else []


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


def _lines(page: Page, family: Family, around: HtmlElement | None, bodies: list[HtmlElement], title: str) -> list[str]:
    """The short lines near the title, outside the body: where date and writers stand."""
    for selector in family.meta:
        metas = [element for element in select(page.root, selector) if said(element)]
        if metas:
            return [" | ".join(said(part) for part in (list(meta) or [meta]) if said(part)) for meta in metas]
    start = around if around is not None else _heading(page, title)
    if start is None:
        return []
    within = set(bodies)
    lines: list[str] = []
    for element in start.iter("p", "div", "span", "i", "em", "small", "time", "h2", "h3", "h4", "h5", "h6", "li", "td"):
        if element in within or any(up in within for up in element.iterancestors()):
            continue
        if any(up in within for up in element.iterdescendants()):
            continue
        text = said(element)
        if text and text != title and len(text) <= _LINE and not any(text in line for line in lines):
            lines.append(text.replace(title, " ").strip())
    return lines


def _heading(page: Page, title: str) -> HtmlElement | None:
    """What stands around the heading that shows the title: up to three levels, while it stays short."""
    heading = next(
        (element for element in page.root.iter("h1", "h2", "h3", "h4", "div", "p") if words(element) == title), None
    )
    if heading is None:
        return None
    chosen = heading
    for level, up in enumerate(heading.iterancestors()):
        if level >= 3 or up.tag in ("body", "html"):
            break
        chosen = up
    return chosen


def _published(page: Page, source: Source, lines: list[str], declared: Declared, zone: ZoneInfo) -> Moment | None:
    rule = str(source.article_rules.get("date", ""))
    if rule:
        named = first(page.root, rule, "article.date")
        return _read_date(page, [named.get("datetime") or "", said(named)], zone) if named is not None else None
    return (
        _read_date(page, lines, zone)
        or declared.published()
        or _time_element(page, zone)
        or dates.in_url(page.url, zone)
    )


def _read_date(page: Page, lines: list[str], zone: ZoneInfo) -> Moment | None:
    for line in lines:
        if moment := dates.find(line, zone):
            return moment
    year = dates.year_in_url(page.url)
    for line in lines if year else []:
        for part in line.split("|"):
            day = dates.only(part, zone)
            if isinstance(day, MonthDay) and year:
                return day.in_year(year, zone)
    return None


def _time_element(page: Page, zone: ZoneInfo) -> Moment | None:
    """The page's one `<time>`; where there are several, they belong to other stories."""
    times = {element.get("datetime") or said(element) for element in page.root.iter("time")}
    return dates.find(times.pop(), zone) if len(times) == 1 else None


def _listed(item: ListItem | None) -> Moment | None:
    return Moment(item.date, item.date_is_date) if item and item.date else None


def _authors(page: Page, source: Source, lines: list[str], declared: Declared) -> tuple[str, ...]:
    rule = str(source.article_rules.get("author", ""))
    if rule:
        named = [name for element in select(page.root, rule, "article.author") for name in bylines.names(said(element))]
        return tuple(dict.fromkeys(named))
    return next((found for line in lines if (found := bylines.writers(line))), ()) or declared.authors()


def _declared_image(page: Page, declared: Declared) -> Image | None:
    url = declared.image(page)
    return picture(url) if url and canonical(url) != canonical(page.url) else None


def _terms(page: Page, family: Family, title: str, column: str | None) -> tuple[str, ...]:
    found: list[str] = []
    for selector in family.breadcrumb:
        crumbs = select(page.root, selector)
        if crumbs:
            links = [words(link) for link in crumbs[0].iter("a")]
            found = [
                text
                for text in links
                if text and text.lower() not in _HOME | _HERE and text != title and len(text) <= 60
            ]
            break
    return tuple(dict.fromkeys([*found, *([column] if column else [])]))


def _check(page: Page, title: str, told: Body) -> None:
    if title and (told.html or told.attachments):
        return
    if asks_for_login(page):
        msg = "The page asks for a login before it shows the article. Give an address that everyone may read."
        raise ReadError(msg)
    raise ReadError(NO_STORY)
