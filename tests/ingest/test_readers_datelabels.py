"""What stands before a date says whose it is; the language says which number is the day."""

from zoneinfo import ZoneInfo

import pytest

from feedsvc.ingest.readers import dates
from feedsvc.ingest.readers.datewords import Order, order_of

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
