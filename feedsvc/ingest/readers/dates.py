"""Dates as pages write them. A date is read or it is not: nothing is guessed, not even a year.

Forms: 2020-06-06, 2020.06.06, 2020/06/06, 2020年6月6日, June 6, 2020, 6 June 2020, each with or without a time, a zone,
a label and brackets; 06-06 and 6月6日 where the year is known from elsewhere. 06/07/2020 is nobody's date: it has two
readings.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = r"(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_TIME = (
    r"(?:[T\s,]*(?:at\s+)?(?P<hour>\d{1,2})[:时](?P<minute>\d{2})(?:[:分](?P<second>\d{2})(?:\.\d+)?秒?)?分?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}(?!\d)))?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})\s?(?P<sep>[-./])\s?(?P<month>\d{1,2})\s?(?P=sep)\s?(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日?",
        r"\b" + _MONTH + r"\s?(?P<day>\d{1,2})(?:st|nd|rd|th)?\s?,?\s?(?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s|-|\sof\s)" + _MONTH + r"[\s,-]\s?(?P<year>\d{4})(?!\d)",
    )
)
_YEARLESS = re.compile(r"(?P<month>\d{1,2})\s?[-./月]\s?(?P<day>\d{1,2})\s?日?")
_SPLIT = (
    re.compile(r"(?P<day>\d{1,2})\s?[-./日]?\s(?P<year>\d{4})\s?[-./年]\s?(?P<month>\d{1,2})\s?月?"),
    re.compile(r"(?P<year>\d{4})\s?[-./年]\s?(?P<month>\d{1,2})\s?月?\s(?P<day>\d{1,2})\s?日?"),
)
_LABEL = re.compile(
    r"^(?:(?:发布|发表|更新|添加)?(?:时间|日期)|date|time|(?:posted|published|updated)(?: on)?)\s*:?\s*",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?|(?:星期|周)[一二三四五六日天]",
    re.IGNORECASE,
)
_IN_URL = (
    re.compile(r"/(?P<year>20\d{2}|19\d{2})/(?P<month>[01]\d)(?P<day>[0-3]\d)(?=/|\.)"),
    re.compile(r"/(?P<year>20\d{2}|19\d{2})(?P<sep>[/-])(?P<month>[01]?\d)(?:(?P=sep)|/)(?P<day>[0-3]?\d)(?=[/._-])"),
    re.compile(r"(?<!\d)(?P<year>20\d{2}|19\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?=[/._-])"),
)
_ZONED = re.compile(r":\d{2}\s*(?:[+-]\d{2}:?\d{2}|\(?[a-z]{1,5}\b)", re.IGNORECASE)
_YEAR_IN_URL = re.compile(r"/(?P<year>20\d{2}|19\d{2})(?=[/-])")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, aware, in UTC; `is_date`: only a day was given, and the instant is its midnight in its zone."""

    instant: datetime
    is_date: bool


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day that was written without its year."""

    month: int
    day: int

    def in_year(self, year: int, zone: ZoneInfo) -> Moment | None:
        """The day in `year`, None where there is no such day."""
        return _moment({"year": str(year), "month": str(self.month), "day": str(self.day)}, zone)


def find(text: str, zone: ZoneInfo) -> Moment | None:
    """The first whole date in `text`. `zone` is given to a date that names none."""
    return next(_found(_normal(text), zone), None)


def only(text: str, zone: ZoneInfo) -> Moment | MonthDay | None:
    """The date in a text that is nothing but a date, its label, its weekday and brackets; None for any other."""
    bare = _LABEL.sub("", _WEEKDAY.sub(" ", _normal(text)).strip(" []()【】|·,\t"))
    bare = bare.strip(" []()【】|·,")
    for form in (*_FORMS, *_SPLIT):
        if (match := form.fullmatch(bare)) and (moment := _moment(match.groupdict(), zone)):
            return moment
    match = _YEARLESS.fullmatch(bare)
    if match and 1 <= int(match["month"]) <= 12 and 1 <= int(match["day"]) <= 31:
        return MonthDay(int(match["month"]), int(match["day"]))
    return None


def in_url(url: str, zone: ZoneInfo) -> Moment | None:
    """The full date that stands in the path of `url`, such as /2020/0606/ or /2020/06/06/; None for less than a day."""
    path = url.split("?", 1)[0]
    for form in _IN_URL:
        if (match := form.search(path)) and (moment := _moment(match.groupdict(), zone)):
            return moment
    return None


def year_in_url(url: str) -> int | None:
    """The year that stands by itself in the path of `url`, such as /2020/."""
    match = _YEAR_IN_URL.search(url.split("?", 1)[0])
    return int(match["year"]) if match else None


def feed_date(text: str, zone: ZoneInfo) -> Moment | None:
    """A date of a feed: RFC 822/5322, RFC 3339, or any form that `find` reads."""
    fields = parsedate_tz(text) if re.search(r"[a-z]{3}", text, re.IGNORECASE) and ":" in text else None
    if fields is None:
        return find(text, zone)
    offset = fields[9] or 0
    try:
        # A zone that is not there says nothing, so the source's counts; -0000 is UTC (RFC 5322, section 3.3).
        place = timezone(timedelta(seconds=offset)) if _ZONED.search(text) else zone
        local = datetime(*fields[:5], min(fields[5], 59), tzinfo=place)
        return Moment(local.astimezone(UTC), is_date=False)
    except (ValueError, OverflowError):
        return None


def between(day: MonthDay, newer: Moment | None, older: Moment | None, zone: ZoneInfo) -> Moment | None:
    """The year of `day` by its neighbours in a list, newest first: the one that puts it between them, if one does."""
    if newer is None or older is None:
        return None
    fitting = []
    for year in sorted({newer.instant.astimezone(zone).year, older.instant.astimezone(zone).year}):
        moment = day.in_year(year, zone)
        if moment and older.instant - timedelta(days=1) < moment.instant <= newer.instant:
            fitting.append(moment)
    return fitting[0] if len(fitting) == 1 else None


def _found(text: str, zone: ZoneInfo) -> Iterator[Moment]:
    matches = (match for form in _FORMS for match in form.finditer(text))
    for match in sorted(matches, key=lambda match: match.start()):
        if moment := _moment(match.groupdict(), zone):
            yield moment


def _moment(fields: dict[str, str | None], zone: ZoneInfo) -> Moment | None:
    month = _MONTHS[(fields["name"] or "").lower()] if fields.get("name") else int(fields["month"] or 0)
    year = int(fields["year"] or 0)
    if not 1900 <= year <= 2999:
        return None
    try:
        day = date(year, month, int(fields["day"] or 0))
    except ValueError:
        return None
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    hour = _hour(fields)
    minute, second = int(fields.get("minute") or 0), int(fields.get("second") or 0)
    if hour is None or hour > 23 or minute > 59 or second > 60:
        return Moment(midnight.astimezone(UTC), is_date=True)
    local = midnight.replace(hour=hour, minute=minute, second=min(second, 59), tzinfo=_zone(fields.get("zone"), zone))
    return Moment(local.astimezone(UTC), is_date=False)


def _hour(fields: dict[str, str | None]) -> int | None:
    hour, half = fields.get("hour"), (fields.get("half") or "").lower()
    if hour is None:
        return None
    if not half:
        return int(hour)
    return int(hour) % 12 + (12 if half == "p" else 0) if 1 <= int(hour) <= 12 else 24


def _zone(name: str | None, zone: ZoneInfo) -> tzinfo:
    if not name:
        return zone
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = name[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        return zone
    return timezone(-offset if name[0] == "-" else offset)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
