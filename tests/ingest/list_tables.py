"""List pages laid out with tables, without any class or id, as university sites were built in the 2000s."""

from collections.abc import Callable

from tests.ingest.list_shapes import CHINESE, ENGLISH, Row, Shape, each, rows

TOP = "".join(
    f'<td align=center><a href="{href}"><font color=#ffffff>{name}</font></a></td><td><img src=/i/sep.gif></td>'
    for href, name in (
        ("/", "首页"), ("/about.asp", "学院概况"), ("/staff.asp", "师资队伍"), ("/list.asp?id=1", "教学工作"),
        ("/list.asp?id=2", "科学研究"), ("/list.asp?id=3", "党建工作"), ("/list.asp?id=4", "学生工作"),
    )
)  # fmt: skip
FRIENDS = "".join(
    f'<td><a href="http://www.partner{n}.example/">合作高校信息服务平台之{n}</a></td>' for n in range(1, 7)
)
SIDE = ("学院新闻", "通知公告", "学术动态", "教学管理", "科研项目管理办法", "研究生招生信息", "学生工作", "下载专区")
SIDE_ENGLISH = (
    "About the school and its history", "Undergraduate programmes and courses", "Graduate programmes and courses",
    "Research groups and laboratories", "People: faculty and staff directory", "How to apply and tuition fees",
)  # fmt: skip
SPACER = "<tr><td colspan=3 height=1 background=/i/line.gif></td></tr>"
PAGES = (
    '<tr><td colspan=3 align=center>共12页 第1页 <a href="?page=1">首页</a> <a href="?page=1">上一页</a> '
    '<a href="?page=2">下一页</a> <a href="?page=12">尾页</a></td></tr>'
)


def table(inside: str) -> str:
    """A table as every page builder of the time wrote it."""
    return f"<table width=100% border=0 cellspacing=0 cellpadding=0>{inside}</table>"


def side(names: tuple[str, ...] = SIDE, path: str = "/list.asp?id={number}") -> str:
    """The menu in the left cell: a bullet and a link in each row."""
    return table(
        "".join(
            f'<tr><td width=20><img src=/i/dot.gif></td><td height=28><a href="{path.format(number=10 + n)}">{name}</a></td></tr>'
            for n, name in enumerate(names)
        )
    )


def layout(*cells: str, head: str = TOP) -> str:
    """A whole page: banner, menu row, a row of cells, friends and an address at the foot."""
    middle = "".join(f"<td valign=top>{cell}</td>" for cell in cells)
    return (
        "<html><head><title>新闻</title></head><body bgcolor=#ffffff>"
        f"{table('<tr><td><img src=/i/banner.jpg></td></tr>')}{table(f'<tr>{head}</tr>')}{table(f'<tr>{middle}</tr>')}"
        f"{table(f'<tr><td>友情链接</td>{FRIENDS}</tr>')}"
        f"{table('<tr><td align=center>版权所有 湖滨大学 地址：湖滨路1号 更新日期：2019年1月1日</td></tr>')}</body></html>"
    )


def here(name: str = "学院新闻") -> str:
    """The line above a list that says where one is."""
    return table(f'<tr><td>当前位置：<a href="/">首页</a> &gt;&gt; <a href="/list.asp?id=1">{name}</a></td></tr>')


def listed(found: tuple[Row, ...], write: Callable[[Row], str], after: str = PAGES) -> str:
    """A list in its own table, with the pager as its last row."""
    return here() + table(each(found, write) + after)


def _menu_left() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = listed(
        found,
        lambda r: (
            f'<tr><td width=20><img src=/i/dot.gif></td><td height=25><a href="{r.path}" target=_blank>{r.title}</a></td>'
            f"<td width=90>{r.day}</td></tr>"
        ),
    )
    return Shape("menu rows left of the news rows", layout(side(), news), found)


def _menu_of_one_folder() -> Shape:
    found = rows(CHINESE, "/xinwen/show.php?id={number}")
    menu = side(SIDE, "/xinwen/show.php?id={number}")
    news = listed(found, lambda r: f'<tr><td>·</td><td><a href="{r.path}">{r.title}</a></td><td>[{r.day}]</td></tr>')
    return Shape("a menu whose links are like the stories'", layout(menu, news, side()), found)


def _date_after_the_link() -> Shape:
    found = rows(ENGLISH, "/news/view.cfm?id={number}")
    menu = side(SIDE_ENGLISH, "/news/view.cfm?id={number}")
    news = listed(
        found,
        lambda r: (
            f'<tr><td width=10>&#8226;</td><td><a href="{r.path}">{r.title}</a> ({r.day:%B} {r.day.day}, {r.day.year})</td></tr>'
        ),
    )
    return Shape("dates as text after the links, wide menu rows", layout(menu, news), found)


def _date_first() -> Shape:
    found = rows(CHINESE, "/news/{number}.html")
    news = listed(
        found,
        lambda r: (
            f"<tr><td width=90><font color=#999999>{r.day:%Y}年{r.day.month}月{r.day.day}日</font></td>"
            f'<td><font size=2><a href="{r.path}"><font color=#000000>{r.title}</font></a></font></td></tr>{SPACER}'
        ),
    )
    return Shape("dates before titles, spacer rows, font tags", layout(side(), news), found)


def _table_in_each_row() -> Shape:
    found = rows(CHINESE, "/{day:%Y}/news_{number}.htm")

    def line(r: Row) -> str:
        """A story in a table of its own."""
        cells = f"<td><img src=/i/d.gif></td><td><a href={r.path}>{r.title}</a></td><td>{r.day:%Y/%m/%d}</td>"
        return f"<tr><td>{table(f'<tr>{cells}</tr>')}</td></tr>{SPACER}"

    news = listed(found, line)
    menu = table("".join(f"<tr><td>{side((name,), f'/list{n}.htm')}</td></tr>" for n, name in enumerate(SIDE)))
    return Shape("a table in each row, in the menu too", layout(menu, news), found)


def _breaks() -> Shape:
    found = rows(CHINESE, "/news_view.asp?newsid={number}")
    menu = "<br>".join(f'·<a href="/news.asp?typeid={n}">{name}</a>' for n, name in enumerate(SIDE))
    news = "<br>".join(f'·<a href="{r.path}">{r.title}</a> [{r.day}]' for r in found)
    return Shape("links between line breaks in one cell", layout(menu, here() + news), found)


def _breaks_dates_first() -> Shape:
    found = rows(ENGLISH, "/releases/{number}.html")
    menu = "<br>".join(f'<a href="/about/{n}.html">{name}</a>' for n, name in enumerate(SIDE_ENGLISH))
    news = "".join(
        f'<font size=1>{r.day:%d} {r.month} {r.day.year}</font> - <a href="{r.path}">{r.title}</a><br>' for r in found
    )
    return Shape("line breaks with dates before the links", layout(menu, news), found)


def _two_in_a_row() -> Shape:
    found = rows(CHINESE, "/info.jsp?id={number}")
    cells = [f'<td>· <a href="{r.path}">{r.title}</a></td><td>{r.day}</td>' for r in found]
    pairs = "".join(f"<tr>{''.join(cells[n : n + 2])}</tr>" for n in range(0, len(cells), 2))
    return Shape("two stories with their dates in each row", layout(side(), here() + table(pairs + PAGES)), found)


def _two_blocks() -> Shape:
    found = rows(CHINESE, "/info.asp?id={number}")

    def block(name: str, kind: int, inside: str) -> str:
        more = f'<tr><td><b>{name}</b></td><td><a href="/list.asp?id={kind}">更多&gt;&gt;</a></td></tr>'
        return table(more + inside)

    news = each(found, lambda r: f'<tr><td>·<a href="{r.path}">{r.title}</a></td><td>{r.day}</td></tr>')
    notices = "".join(
        f'<tr><td>·<a href="/info.asp?id={n}">关于第{n}批项目申报的通知公告</a></td><td>2020-06-0{n}</td></tr>'
        for n in range(1, 6)
    )
    both = table(f"<tr><td>{block('学院要闻', 1, news)}</td><td>{block('通知公告', 2, notices)}</td></tr>")
    return Shape("two blocks of news side by side", layout(side(), both), found, url="https://www.lake.example/")


def _date_in_the_row_below() -> Shape:
    found = rows(CHINESE, "/html/{number}.html")
    news = listed(
        found,
        lambda r: (
            f'<tr><td><a href="{r.path}"><b>{r.title}</b></a></td></tr><tr><td align=right>发布时间：{r.day}</td></tr>'
            "<tr><td><hr size=1></td></tr>"
        ),
    )
    return Shape("dates in the rows below", layout(side(SIDE, "/html/list{number}.html"), news), found)


def _month_and_day() -> Shape:
    found = rows(CHINESE, "/news/{day:%Y}/{number}.htm")
    news = listed(
        found,
        lambda r: f'<tr><td>·<a href="{r.path}" title="{r.title}">{r.title[:8]}…</a></td><td>[{r.day:%m-%d}]</td></tr>',
    )
    return Shape("days without years, the years in the addresses", layout(side(), news), found)


def _undated() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = listed(found, lambda r: f'<tr><td><img src=/i/dot.gif></td><td><a href="{r.path}">{r.title}</a></td></tr>')
    return Shape("no dates, only wider titles", layout(side(), news), found, dated=False)


def _menu_above() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = table(
        each(
            found, lambda r: f'<tr><td><img src=/i/dot.gif></td><td><a href="{r.path}">{r.title}</a> {r.day}</td></tr>'
        )
    )
    return Shape("a menu above the list in one cell", layout(side(SIDE, "/show.asp?id={number}") + news), found)


def _deep() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = listed(found, lambda r: f'<tr><td>·<a href="{r.path}">{r.title}</a></td><td>({r.day:%Y.%m.%d})</td></tr>')
    for _ in range(4):
        news = table(f"<tr><td width=8></td><td>{news}</td></tr>")
    return Shape("tables six deep", layout(side(), news), found)


def _wide_menu_undated_news() -> Shape:
    found = rows(ENGLISH, "/news/{number}.html")
    menu = side(SIDE_ENGLISH, "/dept/{number}.html")
    news = table(each(found, lambda r: f'<tr><td>&#8226;</td><td><a href="{r.path}">{r.title}</a></td></tr>'))
    return Shape("wide menu rows beside stories without dates", layout(menu, news), found, dated=False)


OLD_TABLES = tuple(
    make()
    for make in (
        _menu_left, _menu_of_one_folder, _date_after_the_link, _date_first, _table_in_each_row, _breaks,
        _breaks_dates_first, _two_in_a_row, _two_blocks, _date_in_the_row_below, _month_and_day, _undated, _menu_above,
        _deep, _wide_menu_undated_news,
    )
)  # fmt: skip
"""All of them."""
