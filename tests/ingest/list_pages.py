"""List pages as systems and designers make them: with columns, carousels, widgets and mixed entries around the list."""

from tests.ingest.list_shapes import CHINESE, PLAIN, Row, Shape, around, each, rows


def _wordpress() -> Shape:
    found = rows(path="/{day:%Y/%m/%d}/{slug}/")
    items = each(
        found,
        lambda r: (
            f'<article id="post-{r.number}" class="post-{r.number} post type-post status-publish hentry '
            f'category-c{r.number % 2} tag-bees"><header class="entry-header"><h2 class="entry-title">'
            f'<a href="{r.path}" rel="bookmark">{r.title}</a></h2><div class="entry-meta"><span class="posted-on">'
            f'<a href="{r.path}"><time class="entry-date" datetime="{r.day}T09:00:00+08:00">{r.day:%B} {r.day.day}</time></a>'
            f'</span> <span class="byline"><a href="/author/lu/">Lu Wen</a></span></div></header><div class="entry-summary">'
            f'<p>Teaser.</p></div><footer><a href="/category/c{r.number % 2}/">News</a></footer></article>'
        ),
    )
    side = "".join(f'<li><a href="{r.path}">{r.title}</a></li>' for r in reversed(found[:5]))
    aside = f'<aside class="widget-area"><h2>Recent posts</h2><ul>{side}</ul></aside>'
    return Shape("WordPress", around(f'<main id="main" class="site-main">{items}</main>{aside}'), found)


def _wordpress_named_categories() -> Shape:
    found = rows(path="/{slug}/")
    kinds = ("campus", "awards", "people")
    items = each(
        found,
        lambda r: (
            f'<article class="entry {kinds[r.number % 3]}"><h2><a href="{r.path}">{r.title}</a></h2>'
            f"<small>{r.day:%d %B %Y}</small></article>"
        ),
    )
    return Shape("rows that bear the class of their category", around(f"<main>{items}</main>"), found)


def _drupal() -> Shape:
    found = rows(path="/node/{number}")
    items = "".join(
        f'<div class="views-row views-row-{n} {"views-row-odd" if n % 2 else "views-row-even"}">'
        f'<div class="views-field views-field-title"><span class="field-content"><a href="{r.path}">{r.title}</a></span></div>'
        f'<div class="views-field views-field-created"><span class="field-content">{r.day:%B} {r.day.day}, {r.day.year}</span>'
        "</div></div>"
        for n, r in enumerate(found, 1)
    )
    block = f'<div class="view view-news view-id-news"><div class="view-content">{items}</div></div>'
    return Shape("Drupal", around(block), found)


def _no_dates() -> Shape:
    found = rows()
    items = each(found, lambda r: f'<div class="item"><a href="{r.path}">{r.title}</a></div>')
    return Shape("no dates at all", around(f'<div class="items">{items}</div>'), found, dated=False)


def _chinese_no_dates() -> Shape:
    found = rows(CHINESE, "/detail/{number}")
    items = each(found, lambda r: f'<p><a href="{r.path}" target="_blank">{r.title}</a></p>')
    return Shape("Chinese without dates", around(f'<div class="txt">{items}</div>'), found, dated=False)


def _home_with_three_lists() -> Shape:
    found = rows(CHINESE, "/info/1011/{number}.htm")
    news = each(found, lambda r: f'<li><a href="{r.path}" title="{r.title}">{r.title}</a><span>{r.day}</span></li>')
    notices = "".join(
        f'<li><a href="/info/1012/{n}.htm">关于第{n}批项目申报的通知公告</a><span>2020-06-0{n}</span></li>'
        for n in range(1, 5)
    )
    quick = "".join(f'<li><a href="http://s{n}.lake.example/">信息服务平台入口之{n}</a></li>' for n in range(9))
    html = (
        f'<div class="col"><h2>学校要闻</h2><ul id="yw">{news}</ul></div><div class="col"><h2>通知公告</h2>'
        f'<ul id="tz">{notices}</ul></div><div class="col quick-links"><ul>{quick}</ul></div>'
    )
    return Shape("a home page with three lists", around(html, after=""), found, url="https://www.lake.example/")


def _carousel_and_list() -> Shape:
    found = rows(CHINESE, "/info/1011/{number}.htm")
    slides = each(
        found[:5], lambda r: f'<div class="swiper-slide"><a href="{r.path}"><img src="a.jpg"><p>{r.title}</p></a></div>'
    )
    items = each(found, lambda r: f'<li><a href="{r.path}">{r.title}</a><span class="r">{r.day}</span></li>')
    html = f'<div class="swiper">{slides}</div><ul class="list">{items}</ul>'
    return Shape("a carousel and a list of the same stories", around(html), found)


def _nested_columns() -> Shape:
    found = rows()
    side = "".join(
        f'<li><a href="/topics/subject-number-{n}/">Subject number {n} of the lake</a></li>' for n in range(20)
    )
    items = each(
        found,
        lambda r: (
            f'<div class="it"><div class="l"><a href="{r.path}">{r.title}</a></div><div class="r">{r.day}</div></div>'
        ),
    )
    html = f'<div class="w"><div class="left"><ul class="topics">{side}</ul></div><div class="right"><div>{items}</div></div></div>'
    return Shape("a column of topics that is longer than the list", around(html), found)


def _grouped_by_month() -> Shape:
    found = rows()
    parts = []
    for month in ("June", "May"):
        own = [r for r in found if f"{r.day:%B}" == month]
        lines = "".join(f'<li><a href="{r.path}">{r.title}</a> <i>{r.day}</i></li>' for r in own)
        parts.append(f"<h3>{month} 2020</h3><ul class='month'>{lines}</ul>")
    return Shape("a list for each month", around("".join(parts)), found)


def _links_only() -> Shape:
    found = rows(path="/story/{number}")
    items = each(
        found, lambda r: f'<a class="row" href="{r.path}"><span>{r.title}</span><span class="d">{r.day}</span></a>'
    )
    return Shape("entries that are links themselves", around(f'<div class="rows">{items}</div>'), found)


def _divs_and_breaks() -> Shape:
    found = rows()
    items = each(
        found,
        lambda r: f'<div class="n"><font size=2>{r.day:%Y.%m.%d}</font>&nbsp;<a href="{r.path}">{r.title}</a></div>',
    )
    return Shape("divs of the nineties", around(f"<td><center>{items}</center></td>"), found)


def _labelled() -> Shape:
    found = rows(CHINESE, "/article/{number}")
    items = each(
        found,
        lambda r: (
            f'<div class="post"><h4><a href="{r.path}">{r.title}</a></h4>'
            f"<p>来源：新闻中心 发布时间：{r.day} 浏览次数：{r.number}</p></div>"
        ),
    )
    return Shape("a line of labels", around(items), found)


def _pinned_and_foreign() -> Shape:
    found = rows(CHINESE, "/info/1023/{number}.htm")
    changed = (
        Row(1, CHINESE[0], "https://mp.weixin.example/s/abc", found[0].day),
        Row(2, CHINESE[1], "/files/report.pdf", found[1].day),
        *found[2:],
    )
    items = each(
        changed, lambda r: f'<li class="n{r.number}"><a href="{r.path}">{r.title}</a><span>{r.day}</span></li>'
    )
    return Shape("files and other hosts among the stories", around(f"<ul>{items}</ul>"), changed)


def _hit_counter() -> Shape:
    found = rows(CHINESE, "/info/1023/{number}.htm")
    items = each(found, lambda r: f'<li><a href="{r.path}">{r.title}</a><span>{r.day}</span><span>12</span></li>')
    return Shape("a hit counter right after the date", around(f"<ul>{items}</ul>"), found)


def _featured() -> Shape:
    found = rows()
    items = "".join(
        f'<li class="story {"featured big" if n == 0 else ""}"><h3><a href="{r.path}">{r.title}</a></h3><b>{r.day}</b></li>'
        for n, r in enumerate(found)
    )
    return Shape("a first entry of another class", around(f'<ul class="stories">{items}</ul>'), found)


SHAPES = PLAIN + tuple(
    make()
    for make in (
        _wordpress, _wordpress_named_categories, _drupal, _no_dates, _chinese_no_dates, _home_with_three_lists,
        _carousel_and_list, _nested_columns, _grouped_by_month, _links_only, _divs_and_breaks, _labelled,
        _pinned_and_foreign, _hit_counter, _featured,
    )
)  # fmt: skip
"""All of them."""
