"""The families of university CMS that are known by sight: where each puts what."""

import re
from dataclasses import dataclass

from feedsvc.ingest.readers.dom import Page, is_family
from feedsvc.model.newsroom import Source


@dataclass(frozen=True, slots=True)
class Family:
    """One CMS family. The fields are CSS selectors, tried in order; `marks` is found in the source of its pages.

    `story` is found in the path of a story's address: its groups are `column` and `id`; `upstream` writes the id that
    identifies the story wherever it stands.
    """

    name: str
    marks: re.Pattern[str]
    items: tuple[str, ...]
    next: tuple[str, ...]
    title: tuple[str, ...]
    meta: tuple[str, ...]
    body: tuple[str, ...]
    around: tuple[str, ...]
    breadcrumb: tuple[str, ...]
    story: re.Pattern[str]
    upstream: str


_CRUMBS = (
    '[class~="breadcrumb"], [class~="breadcrumbs"], [class~="crumbs"], [class~="crumb"], [class~="position"], '
    '[class~="location"], [class~="weizhi"], [class~="dqwz"], nav[aria-label="breadcrumb" i]'
)

VSB = Family(
    name="vsb",
    marks=re.compile(r"Visual SiteBuilder|/system/resource/js/|_sitegray|vsb_content|_newscontent_fromname"),
    items=('[id^="line_u"]', '[id^="line"][id*="_"]'),
    next=(".p_next a", "a.Next"),
    title=(),
    meta=(),
    body=('[id^="vsb_content"]', ".v_news_content"),
    around=('form[name="_newscontent_fromname"]',),
    breadcrumb=(_CRUMBS,),
    story=re.compile(r"/info/(?P<column>\d+)/(?P<id>\d+)\.html?$"),
    upstream="vsb:{id}",
)

WEBPLUS = Family(
    name="webplus",
    marks=re.compile(r"webplus|sudy-wp|/_visitcount|wp_articlecontent|wp_news_w|portletmode=", re.IGNORECASE),
    items=(
        '[id^="wp_news_w"] li.news',
        '[id^="wp_news_w"] li',
        '[id^="wp_news_w"] tr',
        "ul.news_list li",
        "ul.wp_article_list li",
    ),
    next=(".wp_paging a.next", "a.next"),
    title=("h1.arti_title", ".arti_title", ".arti-title"),
    meta=(".arti_metas", ".arti-metas"),
    body=(".wp_articlecontent", ".entry .read"),
    around=('[portletmode="simpleArticleAttri"]', ".infobox", ".article"),
    breadcrumb=(".col_path", ".wp_column_path", _CRUMBS),
    story=re.compile(r"/\d{4}/\d{4}/c(?P<column>\d+)a(?P<id>\d+)/page\.(?:htm|psp|jsp)$"),
    upstream="a{id}",
)

GENERIC = Family(
    name="generic",
    marks=re.compile(r"(?!)"),
    items=(),
    next=(),
    title=(),
    meta=(),
    body=(),
    around=(),
    breadcrumb=(_CRUMBS,),
    story=re.compile(r"(?!)(?P<column>)(?P<id>)"),
    upstream="",
)

FAMILIES = {family.name: family for family in (VSB, WEBPLUS, GENERIC)}


def recognise(page: Page, source: Source) -> Family:
    """The family that the source names, or for `auto` the one whose marks the page bears, generic at last."""
    if source.preset in FAMILIES:
        return FAMILIES[source.preset]
    return next((family for family in (WEBPLUS, VSB) if is_family(page, family.marks)), GENERIC)


def story_parts(family: Family, url: str) -> tuple[str | None, str | None]:
    """The CMS's own id of the story at `url`, and the column that stands in its address; None for each that is missing.

    The same VSB story has the same id in several columns, so the id alone identifies.
    """
    for known in (family,) if family is not GENERIC else (VSB, WEBPLUS):
        if match := known.story.search(url.split("?", 1)[0].split("#", 1)[0]):
            return known.upstream.format(id=match["id"]), match["column"]
    return None, None
