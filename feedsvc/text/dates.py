"""Days and instants as people read them, by language and zone.

English is written June 6, 2020, Chinese 2020年6月6日. Hours run from 00 to 23 in both. An instant is an aware datetime;
a zone is an IANA name.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates

_HALF_A_DAY = timedelta(hours=12)


@cache
def locale_of(language: str) -> Locale:
    """Babel's locale for a BCP 47 tag; English for what Babel does not know."""
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def format_day(day: date, language: str) -> str:
    """A day in words: June 6, 2020 / 2020年6月6日."""
    return babel_dates.format_date(day, "long", locale=locale_of(language))


def format_date(instant: datetime, language: str, timezone: str, date_only: bool = True) -> str:
    """The day on which `instant` falls in `timezone`; with `date_only` False its hour and minute follow."""
    local = instant.astimezone(ZoneInfo(timezone))
    day = format_day(local.date(), language)
    return day if date_only else f"{day} {local:%H:%M}"


def in_brackets(text: str, remark: str, language: str) -> str:
    """`text (remark)`, in Chinese with the brackets of Chinese."""
    return f"{text}（{remark}）" if locale_of(language).language == "zh" else f"{text} ({remark})"


def zone_name(timezone: str, language: str) -> str:
    """What people call a zone all year round: China Time, Eastern Time, UTC; with no name of its own, its place."""
    zone = ZoneInfo(timezone)
    if zone.key in ("UTC", "Etc/UTC", "GMT", "Etc/GMT"):
        return "UTC"
    return babel_dates.get_timezone_name(zone, width="long", locale=locale_of(language))


def weekday_name(weekday: int, language: str) -> str:
    """The name of a day of the week; 0 is Monday: Monday / 星期一."""
    return str(babel_dates.get_day_names("wide", locale=locale_of(language))[weekday])


def story_day(published: datetime, is_date: bool, timezone: str) -> date:
    """The day a story bears.

    Where the page gave a day and no time (`is_date`), `published` is that day's midnight in the source's zone, which is
    not kept: the day is that of the nearest midnight in UTC, right for every zone from -11:59 to +12:00, whatever
    `timezone` the reader has. Else it is the day on which the instant falls in `timezone`.
    """
    if is_date:
        return (published.astimezone(UTC) + _HALF_A_DAY).date()
    return published.astimezone(ZoneInfo(timezone)).date()


def machine_time(instant: datetime) -> str:
    """The value of `<time datetime>` (HTML, 4.5.14): the instant in UTC, in whole seconds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def machine_story_time(published: datetime, is_date: bool, timezone: str) -> str:
    """The same for a story: its day alone where the page gave no time."""
    return story_day(published, True, timezone).isoformat() if is_date else machine_time(published)
