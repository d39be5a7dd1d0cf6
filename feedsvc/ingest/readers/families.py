"""The families of university CMS that are known by sight: where each puts what."""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from feedsvc.ingest.readers.dom import Page, first
from feedsvc.model.newsroom import Source


@dataclass(frozen=True, slots=True)
class Family:
    """One CMS family. The fields are CSS selectors, tried in order; `marks`, in lower case, are found
    in any case in the source of its pages.

    `story` is found in the path of a story's address: its groups are `column` and `id`; `upstream` writes the id that
    identifies the story wherever it stands.
    """

    name: str
    marks: tuple[bytes, ...]
    items: tuple[str, ...]
    next: tuple[str, ...]
    title: tuple[str, ...]
    meta: tuple[str, ...]
    body: tuple[str, ...]
    around: tuple[str, ...]
    breadcrumb: tuple[str, ...]
    story: re.Pattern[str]
    upstream: str


_CRUMBS = re.compile(
    r"(?:^|\s)(?:breadcrumbs?|crumbs?|position|location|weizhi|dqwz)(?=\s|$)|^aria-breadcrumb$", re.IGNORECASE
)

# The address of the same story before it is published as a file: content.jsp?urltype=...&wbtreeid=1023&wbnewsid=1983.
_ASKED = re.compile(r"(?:^|&)wbtreeid=(?P<column>\d+)&wbnewsid=(?P<id>\d+)(?=&|$)")

VSB = Family(
    name="vsb",
    marks=(b"visual sitebuilder", b"/system/resource/js/", b"_sitegray", b"vsb_content", b"_newscontent_fromname"),
    items=('[id^="line_u"]', '[id^="line"][id*="_"]'),
    next=(".p_next a", "a.Next"),
    title=(),
    meta=(),
    body=('[id^="vsb_content"]', ".v_news_content"),
    around=('form[name="_newscontent_fromname"]',),
    breadcrumb=(),
    story=re.compile(r"/info/(?P<column>\d+)/(?P<id>\d+)\.html?$"),
    upstream="vsb:{id}",
)

WEBPLUS = Family(
    name="webplus",
    marks=(b"webplus", b"sudy-wp", b"/_visitcount", b"wp_articlecontent", b"wp_news_w", b"portletmode="),
    items=(
        '[id^="wp_news_w"] li.news',
        '[id^="wp_news_w"] li',
        '[id^="wp_news_w"] tr',
        "ul.news_list li",
        "ul.wp_article_list li",
    ),
    next=(".wp_paging a.next", "a.next"),
    title=("h1.arti_title", ".arti_title", ".arti-title", "h1.item_title", ".article-tit h1"),
    meta=(".arti_metas", ".arti-metas", ".item_info"),
    body=(".wp_articlecontent", ".Article_Content", ".entry .read"),
    around=('[portletmode="simpleArticleAttri"]', ".infobox", ".article"),
    breadcrumb=(".col_path", ".wp_column_path"),
    story=re.compile(r"/c(?P<column>\d+)a(?P<id>\d+)/page\d*\.(?:htm|psp|jsp)$"),
    upstream="a{id}",
)

GENERIC = Family(
    name="generic",
    marks=(),
    items=(),
    next=(),
    title=(),
    meta=(),
    body=(),
    around=(),
    breadcrumb=(),
    story=re.compile(r"(?!)(?P<column>)(?P<id>)"),
    upstream="",
)

FAMILIES = {family.name: family for family in (VSB, WEBPLUS, GENERIC)}


def recognise(page: Page, source: Source) -> Family:
    """The family that the source names, or for `auto` the one whose marks the page bears, generic at last."""
    if source.preset in FAMILIES:
        return FAMILIES[source.preset]
    # Bytes are folded and searched several times faster than text that is not all ASCII, as the marks are.
    text = page.text.encode("utf-8", "replace").lower()
    return next((family for family in (WEBPLUS, VSB) if any(mark in text for mark in family.marks)), GENERIC)


def crumbs(page: Page, family: Family) -> HtmlElement | None:
    """The breadcrumb trail of a page: where the family puts it, else the first element that is called one."""
    for selector in family.breadcrumb:
        found = first(page.root, selector)
        if found is not None:
            return found
    for element in page.root.iter("nav", "div", "ul", "ol", "p", "section", "span", "td"):
        names = element.get("class") or ("aria-" + (element.get("aria-label") or "") if element.tag == "nav" else "")
        if names and _CRUMBS.search(names):
            return element
    return None


def story_parts(family: Family, url: str) -> tuple[str | None, str | None]:
    """The CMS's own id of the story at `url`, and the column that stands in its address; None for each that is missing.

    The same VSB story has the same id in several columns, so the id alone identifies.
    """
    path, _, query = url.split("#", 1)[0].partition("?")
    for known in (family,) if family is not GENERIC else (VSB, WEBPLUS):
        match = known.story.search(path) or (_ASKED.search(query) if known is VSB else None)
        if match:
            return known.upstream.format(id=match["id"]), match["column"]
    return None, None
