"""The same pages of tables where rows hold more than one link: labels, pictures, menus, details and page numbers."""

from tests.ingest.list_shapes import CHINESE, Row, Shape, each, rows
from tests.ingest.list_tables import OLD_TABLES, PAGES, SIDE, TOP, here, layout, listed, side, table


def _category_first() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = listed(
        found,
        lambda r: (
            f'<tr><td>·[<a href="/list.asp?id={10 + r.number % 3}">{SIDE[r.number % 3]}</a>]'
            f'<a href="{r.path}">{r.title}</a></td><td>{r.day}</td></tr>'
        ),
    )
    return Shape("the name of a category before each title", layout(side(), news), found)


def _long_list_in_a_named_box() -> Shape:
    some = rows(CHINESE)
    found = tuple(
        Row(n, f"{some[n % 8].title}之第{n}次", f"/show.asp?id={1000 + n}", some[n % 8].day) for n in range(20)
    )
    news = listed(found, lambda r: f'<tr><td>·<a href="{r.path}">{r.title}</a></td><td>{r.day}</td></tr>')
    html = layout(side(SIDE[:5]), news).replace("<body bgcolor=#ffffff>", "<body><div id=wrap>")
    return Shape("a long list and a short menu in one named box", html, found)


def _details_below() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = listed(
        found,
        lambda r: (
            f'<tr><td><a href="{r.path}"><b>{r.title}</b></a></td><td>{r.day}</td></tr>'
            f'<tr><td colspan=2>记者从学校获悉，相关工作正在推进。<a href="{r.path}">[详细]</a></td></tr>'
        ),
    )
    return Shape("a teaser with a link to the details below each title", layout(side(), news), found)


def _pictures() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = listed(
        found,
        lambda r: (
            f'<tr><td><a href="{r.path}"><img src=/p/{r.number}.jpg></a></td><td><a href="{r.path}"><b>{r.title}</b></a>'
            f"<br>记者从学校获悉，相关工作正在推进。<br>{r.day}</td></tr>"
        ),
    )
    return Shape("a picture in the cell before each title", layout(side(), news), found)


def _menu_cell_over_all_rows() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    first, *others = (f'<td><a href="{r.path}">{r.title}</a> {r.day}</td>' for r in found)
    news = f"<tr><td rowspan=9>{side()}</td>{first}</tr>" + "".join(f"<tr>{cell}</tr>" for cell in others)
    html = f"<html><body>{table(f'<tr>{TOP}</tr>')}{table(news)}</body></html>"
    return Shape("a menu cell that spans the rows of the list", html, found)


def _menu_and_story_in_each_row() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    lines = "".join(
        f'<tr><td width=150><a href="/show.asp?id={n}">{SIDE[n]}</a></td><td>·</td>'
        f'<td><a href="{r.path}">{r.title}</a></td><td>{r.day}</td></tr>'
        for n, r in enumerate(found)
    )
    html = f"<html><body>{table(f'<tr>{TOP}</tr>')}{table(lines)}</body></html>"
    return Shape("a menu entry and a story in each row", html, found)


def _page_numbers() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    news = table(each(found, lambda r: f'<tr><td>·</td><td><a href="{r.path}">{r.title}</a></td><td>{r.day}</td></tr>'))
    numbers = " ".join(f'<a href="/show.asp?page={n}">[{n}]</a>' for n in range(1, 9))
    pager = table(f'<tr><td>{numbers} <a href="/show.asp?page=9">下一页</a></td></tr>')
    return Shape("page numbers made like the stories", layout(side(), here() + news + pager), found)


def _hot_beside() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    hot = table(
        "".join(
            f'<tr><td><img src=/i/dot.gif></td><td><a href="/show.asp?id={n}">关于第{n}批教学项目申报的通知</a></td></tr>'
            for n in range(50, 58)
        )
    )
    news = listed(
        found,
        lambda r: f'<tr><td><img src=/i/dot.gif></td><td><a href="{r.path}">{r.title}</a></td><td>{r.day}</td></tr>',
    )
    return Shape("a list without dates below the menu", layout(side() + hot, news), found)


def _undated_breaks() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    menu = "<br>".join(f'·<a href="/show.asp?id={n}">{name}</a>' for n, name in enumerate(SIDE))
    news = "<br>".join(f'·<a href="{r.path}">{r.title}</a>' for r in found)
    return Shape("line breaks without dates", layout(menu, here() + news), found, dated=False)


def _days_told_whole_by_addresses() -> Shape:
    found = rows(CHINESE, "/n/{day:%Y%m%d}/{number}.htm")
    news = listed(found, lambda r: f'<tr><td>[{r.day:%m-%d}] <a href="{r.path}">{r.title}</a></td></tr>')
    return Shape("days without years before titles", layout(side(), news), found)


def _unclosed() -> Shape:
    found = rows(CHINESE, "/show.asp?id={number}")
    lines = "".join(f"<TR><TD><IMG src=a.gif><TD><A HREF={r.path}>{r.title}</A><TD>({r.day:%Y/%m/%d})" for r in found)
    html = layout(side(), f"{here()}<TABLE><TBODY>{lines}</TBODY></TABLE>{table(PAGES)}")
    return Shape("capital tags that nobody closed", html, found)


MIXED_TABLES = OLD_TABLES + tuple(
    make()
    for make in (
        _category_first, _long_list_in_a_named_box, _details_below, _pictures, _menu_cell_over_all_rows,
        _menu_and_story_in_each_row, _page_numbers, _hot_beside, _undated_breaks, _days_told_whole_by_addresses,
        _unclosed,
    )
)  # fmt: skip
"""All pages of tables."""
