"""Every rule of what is no part of a story, and what resembles it and is."""

import pytest

from feedsvc.ingest.readers.dom import first, outer_html, parse
from feedsvc.ingest.readers.story.clutter import declutter
from feedsvc.ingest.readers.story.clutterwords import is_edge, is_foreign, is_section, label_of
from feedsvc.text.html import plain_text

FOREIGN = [
    "上一篇：旧闻", "下一篇:没有了", "下一条", "前一篇 >", "« Previous article", "Next »", "Previous: none",
    "Next story", "浏览次数：128", "（点击：12次）", "[阅读 33]", "点击率", "Views: 10", "1024 views", "12次阅读",
    "hits", "3 comments", "分享到：微信 微博 QQ空间", "分享", "Share this article", "Share on Facebook | Twitter",
    "Share:", "Tweet", "Follow us on WeChat", "字体：大 中 小", "【字号 大 中 小】", "Font size: A- A A+",
    "【大 中 小】【打印】【关闭】", "打印本页", "关闭窗口", "返回顶部", "Print this page", "Close window",
    "Back to top", "扫一扫关注我们", "您的位置：首页 > 新闻", "当前位置: 首页 - 要闻", "You are here: Home / News",
    "Home > News > Story", "首页 » 要闻", "Advertisement", "Story continues below advertisement", "Read more",
    "Stay Connected", "Leave a comment", "Loading...", "Sign up for our daily newsletter", "版权所有 © 湖滨大学",
    "发布时间：2020-06-06 作者：李瑞", "来源：学工部发布时间：2020-06-06",
]  # fmt: skip
EDGES = [
    "责任编辑：王五", "（编辑：王五 审核：赵六）", "供稿单位：学工部", "来源：新华社", "摄影|张三", "初审：李四",
    "Edited by Ann Li", "Copyedited by William, Zhang Liu", "Source: Lake News", "Photos by: Cy", "Editor: Bo",
    "© 2020 Lakeside University", "Copyright 2020, all rights reserved", "Tags: bridge, lake", "Filed under: News",
    "关键词：大桥",
]  # fmt: skip
STORY = [
    "The next article of the law says no.", "Next: nothing happened for a week, then everything did.",
    "Location: Room 301, library", "Share prices fell by a tenth", "Views of the lake", "Print is not dead",
    "Closer to home", "Read the minutes of the meeting", "编辑部搬到了新楼", "来源地在山区",
    "上一篇论文发表于五月，引起了关注。", "分享会在图书馆举行", "位置：图书馆301室", "Home Economics",
    "Comments by the dean were brief", "Copying is allowed", "Tag lines win prizes", "阅读是一种习惯",
    "2020年6月6日", "A", "",
]  # fmt: skip
SECTIONS = [
    "Related articles", "RELATED:", "More news", "You may also like", "Most read", "See also", "Latest news",
    "Stay Connected", "相关阅读", "相关新闻：", "推荐阅读", "延伸阅读", "热门文章", "友情链接",
]  # fmt: skip


@pytest.mark.parametrize("line", FOREIGN)
def test_lines_that_are_no_story_anywhere(line: str) -> None:
    assert is_foreign(line)


@pytest.mark.parametrize("line", EDGES)
def test_lines_that_are_no_story_at_its_edges(line: str) -> None:
    assert is_edge(line)
    assert not is_foreign(line)


@pytest.mark.parametrize("line", STORY)
def test_lines_that_only_resemble_them(line: str) -> None:
    assert not is_foreign(line)
    assert not is_edge(line)
    assert not is_section(line)


@pytest.mark.parametrize("line", SECTIONS)
def test_headings_that_announce_other_stories(line: str) -> None:
    assert is_section(line)


def test_labels_of_links_to_other_stories() -> None:
    assert label_of("Related: The bridge") == "Related:"
    assert label_of("相关新闻：大桥") == "相关新闻："
    assert label_of("The bridge: a story") == ""


def left(html: str) -> list[str]:
    page = parse(
        f"<html><body><div id=b>{html}</div></body></html>".encode(), "text/html; charset=utf-8", "http://x.example/"
    )
    body = first(page.root, "#b")
    assert body is not None
    declutter(body)
    return plain_text(outer_html(body)).split("\n")


LONG = "<p>The bridge was opened in the morning by the mayor and a band, before a crowd that had waited since dawn.</p>"
TOLD = plain_text(LONG)


def test_a_heading_of_related_stories_goes_with_its_links() -> None:
    assert left(f"{LONG}<h3>Related articles</h3><ul><li><a href=/1>One</a><li><a href=/2>Two</a></ul>") == [TOLD]
    assert left(
        f"{LONG}<div><p><strong>相关阅读</strong></p></div><p><a href=/1>旧闻</a></p><p><a href=/2>更旧</a></p>"
    ) == [TOLD]
    assert left(f"{LONG}<h3>Related work</h3><p>Others have built bridges, too.</p>")[1] == "Related work"
    assert left(f"{LONG}<h4>See also</h4><p>The mayor said so.</p>")[1:] == ["See also", "The mayor said so."]


def test_a_label_goes_with_the_link_it_introduces() -> None:
    assert left(f"{LONG}<p>Related: <a href=/1>The old bridge</a></p>{LONG}") == [TOLD, TOLD]
    assert left(f"{LONG}<p>Related: the old bridge, which stood for a century</p>")[1].startswith("Related")


def test_edges_go_at_the_edges_only() -> None:
    assert left(f"<p>来源：新华社</p>{LONG}<p>责任编辑：王五</p><p>© 2020</p>") == [TOLD]
    assert left(f"{LONG}<p>来源：新华社</p>{LONG}") == [TOLD, "来源：新华社", TOLD]
    assert left(f"<div><div>{LONG}<div><p>Edited by Ann Li</p></div></div></div>") == [TOLD]


@pytest.mark.parametrize("name", ["share", "related", "print", "breadcrumb", "xgyd"])
def test_a_name_of_clutter_takes_away_little_and_never_the_story(name: str) -> None:
    assert left(f"{LONG}<div class={name}>Something else</div>") == [TOLD]
    assert left(f"<div class={name}>{LONG}</div>") == [TOLD]


def test_a_story_that_waits_for_a_script_is_still_told() -> None:
    assert left(f"<noscript>{LONG}</noscript>") == [TOLD]
    assert left(f"<div style='display:none'>{LONG}</div>") == [TOLD]
    assert left(f"<div style='display: none'>{LONG}</div>{LONG}") == [TOLD]


@pytest.mark.parametrize(
    "date", ["22 November 2026", "2026年11月22日", "<time>2026-11-22 10:00</time>", "Date: 2026-11-22"]
)
def test_a_day_by_itself_goes_at_the_beginning_only(date: str) -> None:
    assert left(f"<p class=date>{date}</p>{LONG}") == [TOLD]
    assert left(f"<div><div>{date}</div>{LONG}</div>") == [TOLD]
    assert len(left(f"{LONG}<p>{date}</p>")) == 2
    assert left(f"<p>{date}</p>") != [""]
    assert len(left(f"<h3>{date}</h3>{LONG}")) == 2
    assert left(f"<p><span>{date}</span>, the bridge was opened.</p>{LONG}")[0].endswith(", the bridge was opened.")


def test_a_score_is_no_day() -> None:
    assert left(f"<p>3-2</p>{LONG}") == ["3-2", TOLD]


def test_a_trail_may_end_in_the_title() -> None:
    title = "The bridge over the lake was opened in the morning by the mayor and a band"
    assert is_foreign(f"Home > News > {title}")
    assert is_foreign(f"Home / {title}")
    assert not is_foreign(f"Home / {title}, who spoke.")
    assert left(f"<div id=breadcrumbs>Lakeside - News</div>{LONG}") == [TOLD]


@pytest.mark.parametrize("line", ["Was this useful? 12 votes", "Was this page helpful? Yes / No", "12 votes", "1 vote"])
def test_votes_on_the_page_go_and_votes_in_the_story_stay(line: str) -> None:
    assert left(f"{LONG}<div>{line}</div>") == [TOLD]
    assert "votes" in left(f"{LONG}<p>She won by <span>12 votes</span></p>")[-1]
    assert "12 votes" in left(f"{LONG}<table><tr><td>Ann</td><td>12 votes</td></tr></table>")[-1]
    assert left(f"{LONG}<p>She won by <strong>12 votes</strong>, he said.</p>{LONG}")[1].startswith(
        "She won by 12 votes"
    )
