"""A newsroom file: what it means, and how each fault is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import InputError, NewsroomError
from feedsvc.model.newsroom import Category, Digest, Newsroom, ReaderList, Source, SourceKind
from feedsvc.newsroom.read import one_source, parse, read

GOOD = """\
[[category]]
slug = "news"
title = "News & Events"
[[category]]
slug = "banner"
title = "Banner"
keywords = ["flag"]

[[source]]
slug = "usst-news"
kind = "page"
url = "https://en.usst.edu.cn/News_Events.htm"
categories = ["news"]
timezone = "Asia/Shanghai"
interval = "1h 30m"
[source.list]
item = "li"
min_items = 3
[source.map]
"1178" = "banner"

[[list]]
slug = "alumni"
title = "Alumni"

[[digest]]
slug = "weekly"
title = "USST weekly"
schedule = "0 8 * * mon"
categories = ["news"]
lists = ["alumni"]
lateness = "2h"
"""


def test_a_file_becomes_a_newsroom() -> None:
    assert parse(GOOD, "newsroom.toml") == Newsroom(
        categories=(Category("news", "News & Events"), Category("banner", "Banner", keywords=("flag",))),
        sources=(
            Source(
                "usst-news",
                SourceKind.PAGE,
                "https://en.usst.edu.cn/News_Events.htm",
                categories=("news",),
                timezone="Asia/Shanghai",
                interval=timedelta(minutes=90),
                list_rules={"item": "li", "min_items": 3},
                category_map={"1178": "banner"},
            ),
        ),
        lists=(ReaderList("alumni", "Alumni"),),
        digests=(
            Digest(
                "weekly",
                "USST weekly",
                "0 8 * * mon",
                categories=("news",),
                lists=("alumni",),
                lateness=timedelta(hours=2),
            ),
        ),
    )


FAULTS = {
    ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Shangai"'): (
        "line 14, [[source]] usst-news, timezone: 'Asia/Shangai' is not a time zone: write an IANA name such as "
        "Asia/Shanghai."
    ),
    ('interval = "1h 30m"', 'intervall = "1h"'): (
        "line 15, [[source]] usst-news, intervall: there is no such key: did you mean interval?"
    ),
    ('interval = "1h 30m"', 'interval = "soon"'): "line 15, [[source]] usst-news, interval: 'soon' is not a duration",
    ('interval = "1h 30m"', 'interval = "1s"'): "line 15, [[source]] usst-news, interval: '1s' is out of bounds",
    ('interval = "1h 30m"', 'interval = "99999999999999w"'): "line 15, [[source]] usst-news, interval: '99999",
    ('interval = "1h 30m"', "interval = 30"): "line 15, [[source]] usst-news, interval: must be text in quotation",
    ('interval = "1h 30m"', 'approval = "yes"'): "line 15, [[source]] usst-news, approval: must be true or false",
    ('kind = "page"', 'kind = "rss"'): (
        "line 11, [[source]] usst-news, kind: must be one of 'page', 'feed', 'sitemap', 'push'."
    ),
    ("https://en.usst.edu.cn/", "en.usst.edu.cn/"): "line 12, [[source]] usst-news, url: 'en.usst.edu.cn/News_Events",
    ("https://en.usst.edu.cn/", "file:///etc/"): "line 12, [[source]] usst-news, url: 'file:///etc/News_Events.htm' is",
    ("https://en.usst.edu.cn/", "https://[::1/"): "line 12, [[source]] usst-news, url:",
    (
        'item = "li"',
        'items = "li"',
    ): "line 17, [[source]] usst-news, list.items: there is no such key: did you mean item?",
    ('item = "li"', 'item = "li[["'): "line 17, [[source]] usst-news, list.item: 'li[[' is not a CSS selector (",
    ('item = "li"', 'next = "a:nxt"'): "line 17, [[source]] usst-news, list.next: 'a:nxt' is not a CSS selector (",
    ('item = "li"', 'date = " "'): "line 17, [[source]] usst-news, list.date: ' ' is not a CSS selector (",
    ('item = "li"', 'link = ""'): "line 17, [[source]] usst-news, list.link: is empty: write something",
    ("[source.map]", '[source.article]\nbody = "div >"\n[source.map]'): (
        "line 20, [[source]] usst-news, article.body: 'div >' is not a CSS selector ("
    ),
    ("min_items = 3", 'min_items = "3"'): "line 18, [[source]] usst-news, list.min_items: must be a whole number",
    ('"1178" = "banner"', '"1178" = "baner"'): (
        "line 20, [[source]] usst-news, map.1178: there is no category 'baner': did you mean 'banner'?"
    ),
    ('"1178" = "banner"', '"1178" = "A B"'): "line 20, [[source]] usst-news, map.1178: 'A B' is not a slug",
    ('slug = "banner"', 'slug = "news"'): "line 5, [[category]] news, slug: 'news' is there twice",
    ('slug = "banner"', 'slug = "all"'): "line 5, [[category]] all, slug: 'all' names the feeds of every category",
    ('slug = "banner"', 'slug = "Big News"'): "line 5, [[category]] Big News, slug: 'Big News' is not a slug",
    ('slug = "banner"\n', ""): "line 4, [[category]] number 2, slug: is missing: add it.",
    ('title = "Banner"', 'titel = "Banner"'): (
        "line 6, [[category]] banner, titel: there is no such key: did you mean title?"
    ),
    ('title = "Banner"', "colour = 5"): (
        "line 6, [[category]] banner, colour: there is no such key: it may be slug, title, language, description, "
    ),
    ('title = "Banner"', 'title = " "'): "line 6, [[category]] banner, title: is empty or longer than 200 characters",
    ('title = "Banner"', r'title = "a\nb"'): "line 6, [[category]] banner, title: holds a line break",
    ('keywords = ["flag"]', 'keywords = "flag"'): "line 7, [[category]] banner, keywords: must be an array",
    (
        'keywords = ["flag"]',
        'language = "English"',
    ): "line 7, [[category]] banner, language: 'English' is not a language",
    ('lists = ["alumni"]', "lists = []"): "line 31, [[digest]] weekly, lists: is empty: name at least one.",
    (
        'lists = ["alumni"]',
        'lists = [\n"alumni",\n"staff"]',
    ): "line 33, [[digest]] weekly, lists: there is no list 'staff'",
    ('categories = ["news"]\nlists', 'categories = ["news", "news"]\nlists'): (
        "line 30, [[digest]] weekly, categories: 'news' is named twice: remove one."
    ),
    ('schedule = "0 8 * * mon"', 'schedule = "mondays"'): "line 29, [[digest]] weekly, schedule: a schedule has five",
    ('lateness = "2h"', "min_items = 31"): "line 32, [[digest]] weekly, min_items: 31 is more than max_items, 30",
    (
        'lateness = "2h"',
        "approval = false",
    ): "line 32, [[digest]] weekly, approval: is not supported yet: remove the line.",
    ('lateness = "2h"', 'lead = "4h"'): "line 32, [[digest]] weekly, lead: is not supported yet",
    ('lateness = "2h"', 'approve_by = "1h"'): "line 32, [[digest]] weekly, approve_by: is not supported yet",
    ('lateness = "2h"', 'if_silent = "send"'): "line 32, [[digest]] weekly, if_silent: is not supported yet",
    ('lateness = "2h"', 'template = "fancy"'): "line 32, [[digest]] weekly, template: must be one of 'default'.",
    ("[[digest]]", "[digest]"): "line 26, [[digest]]: must stand in double brackets: write [[digest]].",
    ("[[digest]]", "[[digests]]"): "line 26, [[digests]]: there is no such table: did you mean [[digest]]?",
    ("[[digest]]", "[[newsletter]]"): (
        "line 26, [[newsletter]]: there is no such table: it may be [[category]], [[source]], [[list]], [[digest]]."
    ),
    ('[[category]]\nslug = "news"', 'foo = 1\n[[category]]\nslug = "news"'): (
        "line 1, foo: is not a known table: a newsroom file has the tables [[category]], [[source]], [[list]], [[digest]]."
    ),
    ("[[list]]", "title = 1\n[[list]]"): "line 22, [[source]] usst-news, map.title: must be text",
    ('title = "Alumni"', "title = Alumni"): "line 24, column 9: not valid TOML (invalid value): mend that line.",
    (
        'title = "Alumni"',
        'title = "Alumni"\ntitle = "A"',
    ): "line 25, column 12: not valid TOML (cannot overwrite a value)",
    ('lateness = "2h"', 'lateness = """2h'): "line 33: not valid TOML (unterminated string)",
}


@pytest.mark.parametrize(("edit", "told"), FAULTS.items())
def test_a_fault_names_file_line_and_key(edit: tuple[str, str], told: str) -> None:
    assert edit[0] in GOOD
    with pytest.raises(NewsroomError) as caught:
        parse(GOOD.replace(*edit, 1), "my/newsroom.toml")
    message = str(caught.value)
    assert message.startswith(f"my/newsroom.toml, {told}")
    assert message.endswith((".", "?"))
    assert "\n" not in message


def test_the_first_fault_of_the_file_is_told() -> None:
    text = GOOD.replace('title = "Banner"', "title = 5").replace('kind = "page"', 'kind = "x"')
    with pytest.raises(NewsroomError, match="line 6"):
        parse(text, "newsroom.toml")


def test_what_exists_already_may_be_named() -> None:
    known = Newsroom(categories=(Category("news", "News"),), lists=(ReaderList("staff", "Staff"),))
    text = '[[digest]]\nslug = "d"\ntitle = "D"\nschedule = "@daily"\ncategories = ["news"]\nlists = ["staff"]\n'
    assert parse(text, "n.toml", known).digests[0].lists == ("staff",)
    with pytest.raises(NewsroomError, match="there is no category 'news': add a \\[\\[category\\]\\]"):
        parse(text, "n.toml")


def test_an_empty_file_is_an_empty_newsroom() -> None:
    assert parse("", "n.toml") == Newsroom()


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbf"])
def test_a_file_is_read_with_and_without_a_byte_order_mark(tmp_path: Path, head: bytes) -> None:
    file = tmp_path / "newsroom.toml"
    file.write_bytes(head + GOOD.replace("\n", "\r\n").encode())
    assert read(file) == parse(GOOD, "x")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        NewsroomError, match=r"missing.toml cannot be read \(No such file or directory\): give the path"
    ):
        read(tmp_path / "missing.toml")
    (tmp_path / "latin.toml").write_bytes(b'title = "caf\xe9"')
    with pytest.raises(NewsroomError, match="byte 12 is not UTF-8"):
        read(tmp_path / "latin.toml")


def test_what_is_missing_beside_another_fault_is_told() -> None:
    with pytest.raises(NewsroomError, match=r"line 1, \[\[category\]\] news, title: is missing"):
        parse('[[category]]\nslug = "news"\nlanguage = 5\n', "n.toml")
    # A key that is unknown in one table excuses no other.
    with pytest.raises(NewsroomError, match=r"line 1, \[\[list\]\] a, title: is missing"):
        parse('[[list]]\nslug = "a"\n[[list]]\nslug = "b"\ntitel = "B"\n', "n.toml")


@given(st.text(st.sampled_from("a[]():.#>*\\ '\"1n+-,|~="), max_size=12))
def test_any_selector_is_taken_or_refused_in_one_sentence(selector: str) -> None:
    values = {"slug": "s", "kind": "page", "url": "https://a.example.edu/", "list": {"item": selector}}
    said = ""
    try:
        taken = one_source(values, Newsroom()).list_rules
    except InputError as error:
        taken, said = {"item": selector}, str(error)
    assert taken == {"item": selector}
    assert said == "" or said.startswith("The source's list.item: ")
