"""What stands before a date says whose it is; the language says which number is the day."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.datewords import Order, order_of
from feedsvc.ingest.readers.story.articles import read_article
from feedsvc.model.newsroom import Source, SourceKind

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("tags", "order"),
    [
        (("en",), ""), (("en-US",), "mdy"), (("en_US",), "mdy"), (("en-GB",), "dmy"), (("en", "en-GB"), "dmy"), (("de",), "dmy"),
        (("zh-CN",), ""), (("fr-CA",), "dmy"), (("es-US",), ""), (("", "it"), "dmy"), (("en-CA",), ""), ((), ""),
    ],
)  # fmt: skip
def test_who_writes_the_day_first(tags: tuple[str, ...], order: Order) -> None:
    assert order_of(*tags) == order


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Updated: June 7, 2020 | Published: June 6, 2020", 6),
        ("更新时间：2020-06-07 发布时间：2020-06-06", 6),
        ("更新时间：2020-06-07", 7),
        ("Last modified on 7 June 2020", 7),
        ("6. Juni 2020, aktualisiert 7. Juni 2020", 6),
    ],
)
def test_the_date_of_a_change_serves_where_there_is_no_other(text: str, day: int) -> None:
    found = dates.find(text, ZONE)
    assert found is not None
    assert found.instant.astimezone(ZONE).day == day


@pytest.mark.parametrize(
    "before", ["Termin: ", "Born: ", "出生日期：", "会议时间：", "Deadline: Monday, ", "Date of birth: "]
)
def test_labels_that_give_a_date_to_something_else(before: str) -> None:
    assert dates.is_other(before.replace("：", ":"))


@pytest.mark.parametrize(
    "before", ["", "Published: ", "发布时间:", "时间:", "Datum: ", "By Ann Li | ", "Date: Sat, ", "Lake News, "]
)
def test_labels_of_publication(before: str) -> None:
    assert not dates.is_other(before)


BORN = "Ann Li is a singer. She grew up at the lake and gave her first concert in 1997; her songs are known everywhere."


@pytest.mark.parametrize(
    "said",
    [
        "李安（Ann Li），1975年1月28日出生于湖滨", "李安，1975年1月28日（农历腊月十七）出生", "李安（1975年1月28日逝世）",
        "生于1975年1月28日",
        "Ann Li (born January 28, 1975)", "Ann Li (born on 28 January 1975)", "Ann Li died on 28 January 1975",
        "Ann Li (* 28. Januar 1975)", "Ann Li, geboren am 28. Januar 1975", "Ann Li († 28. Januar 1975)", "née le 28 janvier 1975",
        "nata il 28 gennaio 1975", "nacida el 28 de enero de 1975", "nascida em 28 de janeiro de 1975",
    ],
)  # fmt: skip
def test_a_day_of_a_life_told_long_after_is_not_the_storys(said: str) -> None:
    mentions = list(dates.every(said, ZONE))
    assert [mention.moment.instant.astimezone(ZONE).date() for mention in mentions] == [date(1975, 1, 28)]
    assert dates.is_of_a_life(mentions[0])
    assert dated("<p>January 28, 1975</p>", f"{said}. {BORN}") is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("January 28, 1975", f"Ann Li (born March 3, 1950). {BORN}"),
        (
            "January 28, 1975",
            "Ann Li died on January 28, 1975; the funeral is on February 3, 1975, at the lake, and all may come.",
        ),
        (
            "January 28, 1975",
            "A cub was born on January 28, 1975, and is well. It is the first since 1969, and its mother is well.",
        ),
        ("NATO, January 28, 1975", BORN),
        ("January 28, 1975", BORN),
    ],
)
def test_other_days_of_stories_about_lives_stay(line: str, said: str) -> None:
    assert dated(f"<p>{line}</p>", said) == date(1975, 1, 28)


def dated(line: str, said: str) -> date | None:
    html = f"<title>Ann Li</title><div><h1>Ann Li</h1>{line}<div class=b><p>{said}</p></div></div>"
    source = Source("s", SourceKind.PAGE, "http://x.example", timezone="Asia/Shanghai", article_rules={"body": ".b"})
    found = read_article(html.encode(), "text/html; charset=utf-8", "https://x.example/ann", source).published
    return found.astimezone(ZONE).date() if found else None
