"""List pages of many makes, written for these tests: each holds one list of news among what surrounds it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

ENGLISH = (
    "Library extends its opening hours for the exams",
    "Two laboratories share a prize for quiet drones",
    "Students rebuild the bridge of 1932 from paper",
    "University signs agreement with the city of Lund",
    "New president takes office in the autumn term",
    "Physicists measure how snow remembers the wind",
    "Open day draws four thousand visitors to campus",
    "Obituary: the gardener who knew every tree here",
)
CHINESE = (
    "学校召开本科教育教学审核评估工作推进会",
    "我校学子在全国大学生机械创新设计大赛中获奖",
    "光电学院举办第十二届研究生学术论坛",
    "校领导走访慰问离退休教职工代表",
    "图书馆延长考试周开放时间通知",
    "我校与浦东新区签署全面战略合作协议",
    "理学院教师在国际期刊发表最新研究成果",
    "附属医院志愿者服务队走进社区义诊",
)
FIRST = date(2020, 6, 12)


@dataclass(frozen=True, slots=True)
class Row:
    """A story as a list has it."""

    number: int
    title: str
    path: str
    day: date

    @property
    def month(self) -> str:
        """The month's English name, cut to three letters."""
        return f"{self.day:%b}"


@dataclass(frozen=True, slots=True)
class Shape:
    """A page, where it stands, and what must be read from it; `dated` False where it bears no dates."""

    name: str
    html: str
    rows: tuple[Row, ...]
    dated: bool = True
    url: str = "https://news.lake.example/news/"


MENU = "".join(
    f'<li><a href="/{name}/">{title}</a></li>'
    for name, title in (
        ("about", "About the University of the Lake"),
        ("study", "Undergraduate admissions and open days"),
        ("research", "Research institutes and graduate schools"),
        ("life", "Student life, sports, music and housing"),
        ("alumni", "Alumni, friends and the giving office"),
        ("news", "News"),
    )
)
HEAD = f'<header><nav class="main-nav"><ul>{MENU}</ul></nav></header>'
FOOT = (
    '<footer><div class="foot-links"><ul><li><a href="https://gov.example/edu">Ministry of Education of the country</a></li>'
    '<li><a href="https://partner.example/">Partner universities around the lake</a></li>'
    '<li><a href="/imprint/">Imprint and data protection statement</a></li></ul></div></footer>'
)
PAGER = (
    '<div class="pager"><a href="?page=1">1</a> <a href="?page=2">2</a> <a class="next" href="?page=2">Next</a></div>'
)


def rows(titles: tuple[str, ...] = ENGLISH, path: str = "/news/{slug}/") -> tuple[Row, ...]:
    """Stories, two days apart, the newest first; `path` may hold slug, number and day."""
    made = []
    for number, title in enumerate(titles):
        day = FIRST - timedelta(days=2 * number)
        slug = "-".join(title.lower().replace(":", "").split()[:5])
        made.append(Row(1900 + number * 7, title, path.format(slug=slug, number=1900 + number * 7, day=day), day))
    return tuple(made)


def around(middle: str, before: str = "", after: str = PAGER) -> str:
    """A whole page with a menu and a foot."""
    return (
        f'<!doctype html><html lang="en"><head><title>News</title></head><body>{HEAD}{before}<div class="content">'
        f"{middle}{after}</div>{FOOT}</body></html>"
    )


def each(stories: tuple[Row, ...], write: Callable[[Row], str]) -> str:
    """The stories as HTML, one after another."""
    return "".join(map(write, stories))


def _ul() -> Shape:
    found = rows()
    items = each(found, lambda r: f'<li><a href="{r.path}">{r.title}</a> <span>{r.day}</span></li>')
    return Shape("a plain ul", around(f"<ul class='list'>{items}</ul>"), found)


def _ul_without_classes() -> Shape:
    found = rows()
    items = each(found, lambda r: f'<li>{r.day:%d %B %Y} <a href="{r.path}">{r.title}</a></li>')
    return Shape("a ul without any class", around(f"<div><ul>{items}</ul></div>"), found)


def _table() -> Shape:
    found = rows(CHINESE, "/info/1023/{number}.htm")
    items = each(
        found,
        lambda r: (
            f'<tr><td>·</td><td><a href="{r.path}" title="{r.title}">{r.title[:9]}...</a></td><td>[{r.day}]</td></tr>'
        ),
    )
    return Shape("a table", around(f"<table width=100%><tr><th>标题</th><th>日期</th></tr>{items}</table>"), found)


def _nested_tables() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    items = each(
        found,
        lambda r: (
            f'<tr><td><table><tr><td><a href="{r.path}" target=_blank>{r.title}</a></td><td>({r.day:%Y/%m/%d})</td>'
            "</tr></table></td></tr>"
        ),
    )
    return Shape("nested tables", around(f"<table class=m><tbody>{items}</tbody></table>"), found)


def _cards() -> Shape:
    found = rows()
    items = each(
        found,
        lambda r: (
            f'<div class="card card-{r.number}"><a class="pic" href="{r.path}"><img src="/{r.number}.jpg" alt=""></a>'
            f'<div class="card-body"><span class="cat"><a href="/topics/t{r.number % 3}/">Topic</a></span>'
            f'<h3 class="card-title"><a href="{r.path}">{r.title}</a></h3>'
            f"<p>A teaser that tells of May 5, 2011 and of much more than the title does.</p>"
            f'<p class="meta">Posted on {r.day:%B} {r.day.day}, {r.day.year} by Lu Wen</p>'
            f'<a class="more" href="{r.path}">Read more</a></div></div>'
        ),
    )
    return Shape("cards with pictures, topics and read-more links", around(f'<div class="grid">{items}</div>'), found)


def _cards_in_rows() -> Shape:
    found = rows()
    cards = [
        f'<div class="col"><a href="{r.path}"><h4>{r.title}</h4><time datetime="{r.day}T08:00:00+08:00">x</time></a></div>'
        for r in found
    ]
    lines = "".join(f'<div class="row row-{n}">{"".join(cards[n : n + 3])}</div>' for n in range(0, len(cards), 3))
    return Shape("cards three in a row", around(lines), found)


def _read_more_only() -> Shape:
    found = rows()
    items = each(
        found,
        lambda r: (
            f'<div class="teaser"><h2>{r.title}</h2><span class="when">{r.day:%B} {r.day.day}, {r.day.year}</span>'
            f'<p>Teaser.</p><a href="{r.path}">Read more</a></div>'
        ),
    )
    return Shape("titles that are no links", around(items), found)


def _date_box() -> Shape:
    found = rows(CHINESE, "/info/1045/{number}.htm")
    items = each(
        found,
        lambda r: (
            f'<li><div class="date"><span>{r.day:%d}</span><span>{r.day:%Y-%m}</span></div>'
            f'<a href="{r.path}"><b>{r.title}</b><p>记者从学校获悉，相关工作正在推进。</p></a></li>'
        ),
    )
    return Shape("a box with the day above year and month", around(f'<ul class="news">{items}</ul>'), found)


def _date_box_bare() -> Shape:
    found = rows(CHINESE, "/{day:%Y}/{day:%m%d}/c11a{number}/page.htm")
    items = each(found, lambda r: f'<li><i>{r.day:%d}</i><em>{r.day:%Y.%m}</em><a href="{r.path}">{r.title}</a></li>')
    return Shape("day and month in two nodes without a box", around(f"<ul>{items}</ul>"), found)


def _month_day_in_spans() -> Shape:
    found = rows()
    items = each(
        found,
        lambda r: (
            f'<article><p class="d"><span class="day">{r.day.day}</span> <span class="mon">{r.month}</span> '
            f'<span class="yr">{r.day.year}</span></p><h3><a href="{r.path}">{r.title}</a></h3></article>'
        ),
    )
    return Shape("day, month and year in three spans", around(f"<section>{items}</section>"), found)


def _year_then_month_day() -> Shape:
    found = rows(CHINESE, "/news/{number}.html")
    items = each(
        found,
        lambda r: f'<dd><p><b>{r.day:%m-%d}</b><span>{r.day:%Y}</span></p><a href="{r.path}">{r.title}</a></dd>',
    )
    return Shape("month and day above the year", around(f"<dl>{items}</dl>"), found)


def _definition_list() -> Shape:
    found = rows()
    items = each(found, lambda r: f'<dt>{r.day}</dt><dd><a href="{r.path}">{r.title}</a></dd>')
    return Shape("a dl with dates before the entries", around(f"<dl>{items}</dl>"), found)


def _dl_title_first() -> Shape:
    found = rows()
    items = each(found, lambda r: f'<dt><a href="{r.path}">{r.title}</a></dt><dd>{r.day}</dd><dd>Teaser.</dd>')
    return Shape("a dl with dates after the entries", around(f"<dl class='n'>{items}</dl>"), found)


def _flat_headings() -> Shape:
    found = rows()
    items = each(found, lambda r: f'<h3><a href="{r.path}">{r.title}</a></h3><p class="date">{r.day}</p><p>Teaser.</p>')
    return Shape("headings and paragraphs without a box", around(f"<div id='main'>{items}</div>"), found)


PLAIN = tuple(
    make()
    for make in (
        _ul, _ul_without_classes, _table, _nested_tables, _cards, _cards_in_rows, _read_more_only, _date_box,
        _date_box_bare, _month_day_in_spans, _year_then_month_day, _definition_list, _dl_title_first,
        _flat_headings,
    )
)  # fmt: skip
"""Lists by themselves, in the ways in which dates and titles are written."""
