"""Who wrote a story, from the line under its title.

English: "June 6, 2020 | By Lu Wen | Zhang Liu", "By Li Rui, Dong Xiaofei | Copyedited by William": writers follow "By"
up to the first part with another role. Chinese: the names after 作者 and its kin, up to the next label.
"""

import re
import unicodedata

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
_SEPARATORS = re.compile(r"\s*(?:[,;、/&|]|\band\b)\s*", re.IGNORECASE)


def writers(line: str) -> tuple[str, ...]:
    """The writers that a date line names, in its order, each once; editors, photographers and sources are none."""
    text = " ".join(unicodedata.normalize("NFKC", line).split())
    named = [name for match in _WRITER.finditer(text) for name in _names(match["names"])]
    return tuple(dict.fromkeys(named or _english(text)))


def names(text: str) -> tuple[str, ...]:
    """The names in a text that is nothing but names, perhaps after "By" or a label."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    found = writers(plain)
    if found:
        return found
    bare = re.sub(r"^[^\s:]{1,12}:\s*", "", plain)
    return tuple(dict.fromkeys(_names(bare)))


def _english(text: str) -> list[str]:
    found: list[str] = []
    begun = False
    for part in (part.strip() for part in text.split("|")):
        by = _BY.match(part)
        if begun and not by and (_ROLE.match(part) or ":" in part):
            break
        begun = begun or by is not None
        if begun:
            found += _names(part[by.end() :] if by else part)
    return found


def _names(text: str) -> list[str]:
    found: list[str] = []
    for part in _SEPARATORS.split(text):
        found += _apart(part.strip(" .:;,()"))
    return [name for name in found if name and len(name) <= 60 and not re.search(r"\d", name)]


def _apart(part: str) -> list[str]:
    words = part.split()
    if len(words) < 2 or not all(re.fullmatch(r"[\u3400-\u9fff·]+", word) for word in words):
        return [part]
    # Two characters set apart to fill the width of three ("王 堃") are one name; whole names side by side are several.
    return ["".join(words)] if all(len(word) == 1 for word in words) else words
