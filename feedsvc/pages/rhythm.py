"""How often a digest comes, in a sentence's words: from its schedule where that is simple, else from its frequency."""

from feedsvc.model.newsroom import Digest
from feedsvc.text.dates import in_brackets, weekday_name, zone_name
from feedsvc.text.words import Translations, words

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORKING_DAYS = frozenset(range(5))


def rhythm(digest: Digest, language: str) -> str:
    """Such as `every Monday at 08:00 (China Time)` / `每星期一 08:00（中国时间）`."""
    spoken = words(language)
    minute, hour, day, month, weekdays = (digest.schedule.lower().split() + ["?"] * 5)[:5]
    if month != "*" or not (minute + hour).isdecimal():
        return _by_frequency(digest.frequency, spoken)
    days = _by_day(day, weekdays, language)
    if not days:
        return _by_frequency(digest.frequency, spoken)
    at = spoken.gettext("%(days)s at %(time)s") % {"days": days, "time": f"{int(hour):02}:{int(minute):02}"}
    return in_brackets(at, zone_name(digest.timezone, language), language)


def _by_frequency(frequency: str, spoken: Translations) -> str:
    known = {
        "daily": spoken.gettext("once a day"),
        "weekly": spoken.gettext("once a week"),
        "monthly": spoken.gettext("once a month"),
    }
    return known.get(frequency, spoken.gettext("from time to time"))


def _by_day(day: str, weekdays: str, language: str) -> str:
    """The days of a schedule in words; empty where they are too many to say."""
    spoken = words(language)
    if day != "*":
        monthly = day.isdecimal() and weekdays == "*"
        return spoken.gettext("on day %(day)s of every month") % {"day": int(day)} if monthly else ""
    chosen = _weekdays(weekdays)
    if len(chosen) == len(_DAYS):
        return spoken.gettext("every day")
    if chosen == _WORKING_DAYS:
        return spoken.gettext("Monday to Friday")
    if not 0 < len(chosen) <= 3:
        return ""
    names = [weekday_name(number, language) for number in sorted(chosen)]
    return spoken.gettext("every %(weekdays)s") % {"weekdays": _listed(names, spoken)}


def _listed(names: list[str], spoken: Translations) -> str:
    if len(names) == 1:
        return names[0]
    first = spoken.gettext(", ").join(names[:-1])
    return spoken.gettext("%(first)s and %(last)s") % {"first": first, "last": names[-1]}


def _weekdays(text: str) -> frozenset[int]:
    """The weekdays of a cron field (0 is Monday); empty where it is no simple list or range of days."""
    if text == "*":
        return frozenset(range(len(_DAYS)))
    chosen: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = _weekday(first), _weekday(last if dash else first)
        if start is None or end is None:
            return frozenset()
        end = end if end >= start else end + len(_DAYS)
        chosen.update((number - 1) % len(_DAYS) for number in range(start, end + 1))
    return frozenset(chosen)


def _weekday(text: str) -> int | None:
    """A day of a cron field as cron numbers it: 0 and 7 are Sunday."""
    if text in _DAYS:
        return _DAYS.index(text) + 1
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= len(_DAYS) else None
