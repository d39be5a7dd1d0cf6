"""Who wrote a story, from the line under its title.

English: "June 6, 2020 | By Lu Wen | Zhang Liu", "By Li Rui, Dong Xiaofei | Copyedited by William": writers follow "By"
up to the first part with another role. Chinese: the names after 作者 and its kin, up to the next label.
"""

import re
import unicodedata

from feedsvc.errors import ReadError

_BY = re.compile(r"^(?:text |written |story |report(?:ed)? )?by\b[\s:]*", re.IGNORECASE)
_ROLE = re.compile(
    r"^(?:copy-?\s?edit|edit|proof|photo|pictur|image|translat|review|source|from|views?\b|hits?\b|click|read|visit|font|share|"
    r"date|time|updated?|publish|posted|contact|tel\b|category|column|tags?\b)",
    re.IGNORECASE,
)
_WRITER = re.compile(
    r"(?:作\s?者|撰\s?稿(?:人)?|撰\s?文|文字(?:作者)?|记\s?者|供稿人|通讯员|文图|图文|(?<![\u4e00-\u9fff])文)\s?[:/]\s*"
    r"(?P<names>[^|]*?)"
    r"(?=\s*(?:来源|发布|更新|时间|日期|浏览|点击|阅读|编辑|责编|审核|摄影|图片)|\s+[^\s:/|、,;]{1,6}\s?[:/]|\s*(?:$|\||\d))"
)
_NOBODY = frozenset(
    {
        "admin", "administrator", "webmaster", "editor", "editors", "editorial", "root", "user", "guest", "staff", "anonymous",
        "unknown", "author", "news", "newsroom", "redaction", "redaktion", "system", "test", "site admin", "web admin",
        "editorial staff", "news staff", "staff writer", "staff reporter", "web editor", "web team", "super user", "管理员",
        "系统管理员", "网站管理员", "本站", "本网", "佚名", "未知", "匿名", "编辑", "小编", "无",
    }
)  # fmt: skip
_DEGREE = re.compile(
    r"(?:ph\.?d|m\.?d|m\.?sc?|b\.?sc?|m\.?a|b\.?a|mba|r\.?n|r\.?d|cpa|jr|sr|esq|ii|iii|iv)\.?", re.IGNORECASE
)
_GROUP = re.compile(
    r"\b(?:office|department|university|college|school|institute|newsroom|press|media|times|post|centre|center|agency|association|"
    r"communications?|magazine|network|staff|team|inc|llc|ltd|correspondent|reporter|editor|writer)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    {
        "de", "da", "do", "dos", "du", "des", "del", "della", "di", "la", "le", "van", "von", "der", "den", "ter", "ten", "zu",
        "bin", "ibn", "al", "el", "y", "e", "of", "the", "and",
    }
)  # fmt: skip
_PLACED = re.compile(
    r"\s+(?:on|at|in|for|published|posted|updated)\s+(?=\S*\s*\d|\w+day\b)|\s+[-–—•·]\s+|\s{2,}", re.IGNORECASE
)
_WITHIN = re.compile(r"\b(?:by|von|par|por)\s+(?P<names>\S.*)$", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*(?:[,;、/&|]|\b(?:and|und|et)\b)\s*", re.IGNORECASE)


def writers(line: str) -> tuple[str, ...]:
    """The writers that a date line names, in its order, each once; editors, photographers and sources are none."""
    text = " ".join(unicodedata.normalize("NFKC", line).split())
    named = [name for match in _WRITER.finditer(text) for name in _names(match["names"])]
    return tuple(dict.fromkeys(named or _english(text)))


def names(text: str) -> tuple[str, ...]:
    """The names in a text of which it is known that it names the writers: after "By", after a label, or by themselves."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    found = writers(plain)
    if found:
        return found
    within = _WITHIN.search(plain)
    bare = within["names"] if within else re.sub(r"^[^\s:]{1,12}:\s*", "", plain)
    return tuple(dict.fromkeys(_names(_PLACED.split(bare)[0])))


def by_pattern(pattern: str, lines: list[str]) -> tuple[str, ...]:
    """The writers by a source's own regular expression: what its group `names` finds in the first line that it fits.

    Raises ReadError for an expression that cannot be compiled or has no such group.
    """
    try:
        compiled = re.compile(pattern)
        found = next((match for line in lines if (match := compiled.search(line))), None)
        named = found["names"] if found else None
    except (re.error, IndexError, RecursionError) as error:
        msg = f"The rule article.byline = {pattern!r} is not a regular expression with a group `names`: {error}. Correct it."
        raise ReadError(msg) from error
    return tuple(dict.fromkeys(_names(named))) if named else ()


def is_nobody(name: str) -> bool:
    """Is it a name that systems give where there is no writer?"""
    return name.strip().casefold() in _NOBODY or "@" in name


def is_name(text: str) -> bool:
    """Does it look like a person's name rather than a part of a sentence, or the name under which somebody logs in?"""
    words = text.split()
    written = [word for word in words if word.casefold() not in _PARTICLES]
    return 0 < len(words) <= 6 and bool(written) and all(not word[0].islower() for word in written)


def _english(text: str) -> list[str]:
    found: list[str] = []
    begun = False
    for part in (part.strip() for part in text.split("|")):
        by = _BY.match(part)
        if begun and not by and (_ROLE.match(part) or ":" in part or re.search(r"\d{4}", part)):
            break
        if by or begun:
            bare = _PLACED.split(part[by.end() :] if by else part)[0]
            named = [name for name in _names(bare) if is_name(name)]
            if not named:
                break
            begun = True
            found += named
    return found


def _names(text: str) -> list[str]:
    found: list[str] = []
    for part in _SEPARATORS.split(text):
        found += _apart(part.strip(" .:;,()"))
    named = [
        name
        for name in found
        if name
        and len(name) <= 60
        and not re.search(r"\d", name)
        and not _DEGREE.fullmatch(name)
        and not is_nobody(name)
    ]
    return [name for name in named if not _GROUP.search(name)] or named


def _apart(part: str) -> list[str]:
    words = part.split()
    if len(words) < 2 or not all(re.fullmatch(r"[\u3400-\u9fff·]+", word) for word in words):
        return [part]
    # Two characters set apart to fill the width of three ("王 堃") are one name; whole names side by side are several.
    return ["".join(words)] if all(len(word) == 1 for word in words) else words
