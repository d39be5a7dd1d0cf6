"""The words of dates: months in seven languages, zones by their letters, and who writes the day before the month.

Letters that stand for several zones (CST, IST, BST) are not read: the source's zone counts then.
"""

from datetime import timedelta
from typing import Literal

Order = Literal["", "dmy", "mdy"]
"""Which comes first in 03/04/2020, the day or the month; "" where nothing tells."""

_MONTHS = (
    "january jan januar jänner januari janvier janv enero ene gennaio gen janeiro",
    "february feb februar feber februari février févr fév fevrier febrero febbraio fevereiro fev",
    "march mar märz mär maerz maart mrt mars marzo março marco",
    "april apr avril avr abril abr aprile",
    "may mai mei mayo maggio mag maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug augustus août aout agosto ago",
    "september sept sep septembre septiembre setiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro",
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""The number of a month by its name or a usual short form: English, German, French, Spanish, Italian, Portuguese, Dutch."""

ZONES = {
    letters: timedelta(hours=hours)
    for letters, hours in {
        "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
        "MSK": 3, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5,
        "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    }.items()
}  # fmt: skip
"""The offset from UTC of zones whose letters stand for one alone."""

_DAY_FIRST = frozenset(
    {
        "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "gl", "he", "hi", "hr", "id", "is", "it", "lv",
        "mk", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "th", "tr", "uk", "ur", "vi",
    }
)  # fmt: skip
_ENGLISH = {
    **dict.fromkeys(("gb", "uk", "ie", "au", "nz", "in", "za", "sg", "hk", "my", "ke", "ng", "mt"), "dmy"),
    **dict.fromkeys(("us", "ph"), "mdy"),
}  # fmt: skip


def order_of(*languages: str) -> Order:
    """The order by language tags (BCP 47), the surest first. English alone tells nothing: its country must."""
    for tag in languages:
        language, *more = tag.lower().replace("_", "-").split("-")
        if language in _DAY_FIRST and "us" not in more:
            return "dmy"
        told = next((_ENGLISH[part] for part in more if part in _ENGLISH), "") if language == "en" else ""
        if told:
            return "dmy" if told == "dmy" else "mdy"
    return ""
