"""Dates as pages write them. A date is read or it is not: nothing is guessed, not even a year.

Forms: 2020-06-06, 2020.06.06, 2020/06/06, 2020年6月6日, June 6, 2020, 6 June 2020 (months in seven languages, see
`readers.datewords`), each with or without a time, a zone, a label and brackets; 06-06 and 6月6日 where the year is known
from elsewhere. 06/07/2020 has two readings: it is a date where the page's language tells which comes first, or where one
of the two is no month; elsewhere it is nobody's.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from feedsvc.ingest.readers.datewords import MONTHS, ZONES, Order

_MONTH = r"(?P<name>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_ZONE = r"(?:\s*\(?(?P<zone>[+-]\d{2}:?\d{2}(?!\d)|(?-i:" + "|".join(ZONES) + r")\b(?![+-]\d)))?"
_TIME = (
    r"(?:[T\s,|-]*(?:at\s+|um\s+|à\s+|kl\.?\s+)?(?P<hour>\d{1,2})[:时h](?P<minute>\d{2})(?!\d)"
    r"(?:[:分](?P<second>\d{2})(?:[.,]\d+)?秒?)?分?(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*Uhr)?" + _ZONE + r")?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?<![\d.])(?P<year>\d{4})\s?(?P<sep>[-./])\s?(?P<month>\d{1,2})\s?(?P=sep)\s?(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})(?!\d)\s?[日号號일]?",
        r"(?<!\w)" + _MONTH + r"\s?(?P<day>\d{1,2})(?:st|nd|rd|th)?\s?,?\s?(?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°)?(?:\.\s?|\s|-|/|\sof\s|\sde\s)" + _MONTH
        + r"(?:[\s,/-]\s?|\sdel?\s)(?P<year>\d{4})(?!\d)",
        r"(?<![\d./-])(?P<one>\d{1,2})\s?(?P<sep>[-./])\s?(?P<two>\d{1,2})\s?(?P=sep)\s?(?P<year>\d{4})(?![\d/-])",
    )
)  # fmt: skip
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
_CHANGED = re.compile(
    r"(?:更新|修改|修订)(?:时间|日期|于)?\W*$|\b(?:updated?|modified|changed|revised|reviewed|aktualisiert|geändert|stand|"
    r"mis à jour|modifié|actualizado|aggiornato|atualizado)(?:\s+(?:on|at|le|el|il|em|am|date))?\W*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[^\s:|·•][^:|·•]{0,30}?:\s*$")
_PUBLICATION = re.compile(
    r"(?:发布|发表|更新|添加|录入|编辑|上传|发文|修改|修订|(?<!会议)(?<!活动)(?<!讲座)(?<!举办)(?<!报名)(?<!截止)时间|(?<!出生)(?<!截止)日期)"
    r"|\b(?:date|datum|data|fecha|time|publi\w*|posted|created|issued|released?|online|veröffentlich\w*|erstellt|erschienen|stand|"
    r"update\w*|modified|aktualisi\w*|mis|fecha|veröffentlichung|gespeichert|mise en ligne)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_LIFE_BEFORE = re.compile(
    r"(?:\b(?:born|died|deceased|geb(?:oren|\.)|gest(?:orben|\.))(?:\s+(?:on|in|am))?|\b(?:née?|morte?|décédée?)\s+le"
    r"|\b(?:nacid[oa]|fallecid[oa])\s+el|\bnat[oa]\s+il|\bnascid[oa]\s+em|\(\s?\*|†|(?:出生|诞生|生|逝世|去世|卒)[于於])\W{0,2}$",
    re.IGNORECASE,
)
_LIFE_AFTER = re.compile(r"\W{0,2}(?:\([^()]*\)\s?)?(?:出生|诞生|生[于於]|逝世|去世|病逝|[-–—]\s?†)")
_LABEL_LENGTH = 40
_ZONED = re.compile(r":\d{2}\s*(?:[+-]\d{2}:?\d{2}|\(?[a-z]{1,5}\b)", re.IGNORECASE)
_FOUR_DIGITS = re.compile(r"\d{4}")
_RFC_3339 = re.compile(r"(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_YEAR_IN_URL = re.compile(r"/(?P<year>20\d{2}|19\d{2})(?=[/-])")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, aware, in UTC; `is_date`: only a day was given, and the instant is its midnight in its zone."""

    instant: datetime
    is_date: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as a text tells it, with some of the words that stand before and after it."""

    moment: Moment
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day that was written without its year."""

    month: int
    day: int

    def in_year(self, year: int, zone: ZoneInfo) -> Moment | None:
        """The day in `year`, None where there is no such day."""
        return _moment({"year": str(year), "month": str(self.month), "day": str(self.day)}, zone)


def find(text: str, zone: ZoneInfo, order: Order = "") -> Moment | None:
    """The first whole date in `text`; one that is labelled as that of a change serves where there is no other.

    `zone` is given to a date that names none, `order` tells the day from the month in 03/04/2020.
    """
    changed: Moment | None = None
    for mention in every(text, zone, order):
        if not is_change(mention.before):
            return mention.moment
        changed = changed or mention.moment
    return changed


def every(text: str, zone: ZoneInfo, order: Order = "") -> Iterator[Mention]:
    """The whole dates in `text`, each with the words that stand around it."""
    plain = _normal(text)
    if not _FOUR_DIGITS.search(plain):
        return
    matches = (match for form in _FORMS for match in form.finditer(plain))
    for match in sorted(matches, key=lambda match: match.start()):
        if moment := _moment(match.groupdict(), zone, order):
            start, end = match.span()
            yield Mention(moment, plain[max(0, start - _LABEL_LENGTH) : start], plain[end : end + _LABEL_LENGTH])


def is_change(before: str) -> bool:
    """Do the words before a date say that something was changed then?"""
    return _CHANGED.search(before) is not None


def is_other(before: str) -> bool:
    """Do the words before a date label it as something else than publication: an event, a birthday, a deadline?"""
    label = _LABELLED.search(_WEEKDAY.sub("", before))
    return label is not None and not _PUBLICATION.search(label[0])


def is_of_a_life(mention: Mention) -> bool:
    """Do the words around a date say that somebody was born or died then?"""
    return _LIFE_BEFORE.search(mention.before) is not None or _LIFE_AFTER.match(mention.after) is not None


def only(text: str, zone: ZoneInfo, order: Order = "") -> Moment | MonthDay | None:
    """The date in a text that is nothing but a date, its label, its weekday and brackets; None for any other."""
    bare = _LABEL.sub("", _WEEKDAY.sub(" ", _normal(text)).strip(" []()【】|·,\t"))
    bare = bare.strip(" []()【】|·,")
    for form in (*_FORMS, *_SPLIT):
        if (match := form.fullmatch(bare)) and (moment := _moment(match.groupdict(), zone, order)):
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
    if _RFC_3339.fullmatch(text):
        # The usual form, many times faster than `find`; what is no date falls through to it.
        with suppress(ValueError, OverflowError):
            exact = datetime.fromisoformat(text).replace(microsecond=0)
            return Moment(exact.astimezone(UTC), is_date=False)
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


def _in_order(one: str, two: str, order: Order) -> tuple[int, int]:
    """The month and the day of two numbers; (0, 0) where nothing tells them apart."""
    first, second = int(one), int(two)
    if first == second or second > 12 >= first:
        return first, second
    if first > 12 >= second:
        return second, first
    return {"mdy": (first, second), "dmy": (second, first)}.get(order, (0, 0))


def _moment(fields: dict[str, str | None], zone: ZoneInfo, order: Order = "") -> Moment | None:
    month = MONTHS[(fields["name"] or "").lower()] if fields.get("name") else int(fields.get("month") or 0)
    year, of_month = int(fields["year"] or 0), int(fields.get("day") or 0)
    if fields.get("one"):
        month, of_month = _in_order(fields["one"] or "", fields["two"] or "", order)
    if not 1900 <= year <= 2999:
        return None
    try:
        day = date(year, month, of_month)
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
    if name.upper() in ZONES:
        return timezone(ZONES[name.upper()])
    digits = name[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if offset >= timedelta(hours=24):
        return zone
    return timezone(-offset if name[0] == "-" else offset)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())
