"""How often a digest comes, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.newsroom import Digest
from feedsvc.pages.rhythm import rhythm


def digest(schedule: str, frequency: str = "weekly", timezone: str = "Asia/Shanghai") -> Digest:
    return Digest("d", "D", schedule, frequency=frequency, timezone=timezone)


@pytest.mark.parametrize(
    ("schedule", "english", "chinese"),
    [
        ("0 8 * * mon", "every Monday at 08:00 (China Time)", "每星期一 08:00（中国时间）"),
        ("30 18 * * *", "every day at 18:30 (China Time)", "每天 18:30（中国时间）"),
        ("0 8 * * 0-7", "every day at 08:00 (China Time)", "每天 08:00（中国时间）"),
        ("5 7 * * 1-5", "Monday to Friday at 07:05 (China Time)", "周一至周五 07:05（中国时间）"),
        ("0 8 * * MON-FRI", "Monday to Friday at 08:00 (China Time)", "周一至周五 08:00（中国时间）"),
        ("0 8 * * 0", "every Sunday at 08:00 (China Time)", "每星期日 08:00（中国时间）"),
        ("0 8 * * 7", "every Sunday at 08:00 (China Time)", "每星期日 08:00（中国时间）"),
        ("0 8 * * 1,4", "every Monday and Thursday at 08:00 (China Time)", "每星期一和星期四 08:00（中国时间）"),
        (
            "0 8 * * fri-sun",
            "every Friday, Saturday and Sunday at 08:00 (China Time)",
            "每星期五、星期六和星期日 08:00（中国时间）",
        ),
        ("0 9 1 * *", "on day 1 of every month at 09:00 (China Time)", "每月 1 日 09:00（中国时间）"),
    ],
)
def test_simple_schedules_are_said_in_full(schedule: str, english: str, chinese: str) -> None:
    assert rhythm(digest(schedule), "en") == english
    assert rhythm(digest(schedule), "zh") == chinese


@pytest.mark.parametrize(
    "schedule",
    [
        "*/10 8 * * *",
        "0 8,18 * * *",
        "0 8 1 * mon",
        "0 8 1 6 *",
        "0 8 * * 1-4",
        "0 8 * * mon#2",
        "0 8 1,15 * *",
        "",
        "x",
    ],
)
def test_other_schedules_are_said_by_their_frequency(schedule: str) -> None:
    assert rhythm(digest(schedule), "en") == "once a week"
    assert rhythm(digest(schedule, "daily"), "zh") == "每天一次"
    assert rhythm(digest(schedule, "monthly"), "en") == "once a month"
    assert rhythm(digest(schedule, "never heard of"), "en") == "from time to time"


def test_the_zone_is_named() -> None:
    assert rhythm(digest("0 8 * * mon", timezone="UTC"), "en").endswith("(UTC)")
    assert rhythm(digest("0 8 * * mon", timezone="America/New_York"), "en").endswith("(Eastern Time)")


@given(st.text(max_size=30))
def test_any_text_gives_words(schedule: str) -> None:
    assert rhythm(digest(schedule), "en")
