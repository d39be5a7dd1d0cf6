"""Families are known by sight, and their stories by address."""

from zoneinfo import ZoneInfo

import pytest

from feedsvc.ingest.readers.dom import parse
from feedsvc.ingest.readers.families import FAMILIES, GENERIC, VSB, WEBPLUS, recognise, story_parts
from feedsvc.ingest.readers.story.articles import read_article
from feedsvc.model.newsroom import Source, SourceKind
from feedsvc.text.html import plain_text
from tests.ingest.pages import page


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("vsb_list.htm", VSB),
        ("vsb_article.htm", VSB),
        ("webplus_list.htm", WEBPLUS),
        ("webplus_article.htm", WEBPLUS),
        ("plain_list.htm", GENERIC),
    ],
)
def test_a_page_shows_its_family_and_a_preset_overrides_it(name: str, family: object) -> None:
    seen = parse(page(name), "", "https://x.example/")
    assert recognise(seen, Source("s", SourceKind.PAGE, "u")) is family
    for preset, chosen in FAMILIES.items():
        assert recognise(seen, Source("s", SourceKind.PAGE, "u", preset=preset)) is chosen


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://x/info/1023/1983.htm", ("vsb:1983", "1023")),
        ("http://x/info/1178/1983.htm#a", ("vsb:1983", "1178")),
        ("http://x/2020/0606/c1234a41983/page.htm", ("a41983", "1234")),
        ("http://x/2020/0606/c1234a41983/page.psp?x=1", ("a41983", "1234")),
        ("http://x/e2/e4/c1703a844516/page.htm", ("a844516", "1703")),
        ("http://x/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1588&wbnewsid=250571", ("vsb:250571", "1588")),
        ("http://x/content.jsp?wbnewsid=250571", (None, None)),
        ("http://x/info/1023/list.htm", (None, None)),
        ("http://x/info/1023.htm", (None, None)),
        ("http://x/", (None, None)),
    ],
)
def test_the_cms_id_stands_in_the_address(url: str, parts: tuple[str | None, str | None]) -> None:
    assert story_parts(GENERIC, url) == parts


def test_one_familys_address_means_nothing_to_another() -> None:
    assert story_parts(WEBPLUS, "http://x/info/1023/1983.htm") == (None, None)


VSB_URL = "http://en.lake.example/info/1023/210.htm"
WEBPLUS_URL = "http://cs.lake.example/e2/e4/c1703a844516/page.htm"
SAID = "签约仪式在湖滨大学举行，双方将进一步加强合作。"
VSB_BODY = f"<div id=vsb_content_2><div class=v_news_content><p>{SAID}</p></div></div><div id=div_vote_id>Vote</div>"
WEBPLUS_BODY = f"<div class=wp_articlecontent><p>{SAID}</p></div>"


@pytest.mark.parametrize(
    ("head", "day", "authors"),
    [
        ("<h2 class=title>签约</h2><h4 class=information>发布时间：2020-06-06 浏览量：999次</h4>", 6, ()),
        ("<h2 id=titleStr>签约</h2><h4 class=timeandhit>发布时间 ：2020-06-06 阅读：<script>x()</script></h4>", 6, ()),
        ("<h1 align=center>签约</h1><div>时间： 2020-06-06 &nbsp;作者： &nbsp;点击：[<span></span>]</div>", 6, ()),
        (
            (
                "<h1 class=title><span>签约</span></h1><h3></h3><div class=info><span>字体：<a>小</a> <a>大</a></span>"
                "<span>2020年06月06日</span> 浏览量：<span></span>次 <span> 作者：李瑞</span></div>"
            ),
            6,
            ("李瑞",),
        ),
        ("<div class=con-h>签约</div><div><span>June\n\n 6</span>,<span>2020</span></div>", 6, ()),
        ("<h3>签约</h3><i>June 6, 2020 | By Lu Wen | Zhang Liu</i>", 6, ("Lu Wen", "Zhang Liu")),
        ("<h3>签约</h3><i></i>", None, ()),
        ("<h3>签约</h3><p>会议时间：2020-06-09</p>", None, ()),
    ],
)
def test_pages_of_vsb_sites(head: str, day: int | None, authors: tuple[str, ...]) -> None:
    mark = "<!--Announced by Visual SiteBuilder 9-->"
    html = f"<title>签约-湖滨大学</title>{mark}<form name=_newscontent_fromname>{head}{VSB_BODY}</form>"
    assert told(html, VSB_URL) == ("签约", day, authors, SAID, "vsb:210")


@pytest.mark.parametrize(
    ("head", "day", "authors"),
    [
        (
            "<h1 class=arti_title>签约</h1><p class=arti_metas><span>发布者：颜曰</span><span>发布时间：2020-06-06</span></p>",
            6,
            (),
        ),
        ("<h1 class=arti_title>签约</h1><div class=arti_metas><span class=arti_update>2020-06-06</span></div>", 6, ()),
        (
            "<h1 class=item_title>签约</h1><div class=item_info><span>作者：李瑞</span><span>2020.06.06</span></div>",
            6,
            ("李瑞",),
        ),
        ("<div class=article-tit><h1>签约</h1></div><div><span>2020年6月6日 10:20</span></div>", 6, ()),
        (
            "<h1 class=arti_title>签约</h1><p class=arti_metas><span>浏览次数：<span class=WP_VisitCount>10</span></span></p>",
            None,
            (),
        ),
    ],
)
def test_pages_of_webplus_sites(head: str, day: int | None, authors: tuple[str, ...]) -> None:
    html = f"<title>签约</title><div class=article portletmode=simpleArticleAttri>{head}{WEBPLUS_BODY}</div>"
    assert told(html, WEBPLUS_URL) == ("签约", day, authors, SAID, "a844516")


def told(html: str, url: str) -> tuple[str, int | None, tuple[str, ...], str, str | None]:
    """Title, day in June 2020, writers, text and id of the story on a page."""
    source = Source("s", SourceKind.PAGE, "u", timezone="Asia/Shanghai", language="zh")
    story = read_article(html.encode(), "text/html; charset=utf-8", url, source)
    local = story.published.astimezone(ZoneInfo("Asia/Shanghai")) if story.published else None
    assert local is None or (local.year, local.month) == (2020, 6)
    return story.title, local.day if local else None, story.authors, plain_text(story.content_html), story.upstream_id
