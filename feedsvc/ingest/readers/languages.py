"""The language of a story: as the page declares it, where its letters agree."""

import re

_TAG = re.compile(r"(?P<language>[a-z]{2,3})(?P<more>(?:-[a-z0-9]{2,8})*)", re.IGNORECASE)
_LOOKED_AT = 1500
_ENOUGH = 40
_SCRIPTS = {
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"),
    "kana": re.compile(r"[\u3041-\u30ff]"),
    "hangul": re.compile(r"[\uac00-\ud7af]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "greek": re.compile(r"[\u0370-\u03ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff]"),
    "hebrew": re.compile(r"[\u0590-\u05ff]"),
    "thai": re.compile(r"[\u0e00-\u0e7f]"),
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
}
_ALONE = {"han": "zh", "kana": "ja", "hangul": "ko", "greek": "el", "hebrew": "he", "thai": "th"}
_WRITTEN = {
    "zh": {"han"}, "ja": {"kana", "han"}, "ko": {"hangul"}, "el": {"greek"}, "he": {"hebrew"}, "th": {"thai"},
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ug"), frozenset({"arabic"})),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "mn", "tg"), frozenset({"cyrillic"})),
    **dict.fromkeys(("sr", "kk", "ky", "uz"), frozenset({"cyrillic", "latin"})),
    **dict.fromkeys(
        ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "nn", "no", "fi", "pl", "cs", "sk", "hu", "ro", "hr",
         "sl", "tr", "vi", "id", "ms", "ca", "et", "lv", "lt", "sq", "af", "eu", "gl", "ga", "is", "mt"),
        frozenset({"latin"}),
    ),
}  # fmt: skip


def language_of(declared: str, text: str, usual: str) -> str | None:
    """The BCP 47 tag of a story, None where it is the `usual` language of its source or where nothing is known.

    A declaration that the letters of `text` contradict is none: a page that says en and is written in Chinese is zh.
    """
    tag = _tag(declared)
    script = _script(text)
    language = tag.split("-", 1)[0]
    if not tag or (script and script not in _WRITTEN.get(language, {script})):
        tag = _ALONE.get(script, "")
    return tag if tag and tag.split("-", 1)[0] != usual.split("-", 1)[0].lower() else None


def _tag(declared: str) -> str:
    match = _TAG.fullmatch(declared.strip().replace("_", "-"))
    return match["language"].lower() + match["more"] if match else ""


def _script(text: str) -> str:
    """The script of most letters; "" for a text that is too short to tell. A Chinese character counts as four letters."""
    start = text[:_LOOKED_AT]
    if len(start.encode("ascii", "ignore")) > 0.9 * len(start) >= _ENOUGH:
        return "latin"
    counts = {name: len(pattern.findall(start)) * (1 if name == "latin" else 4) for name, pattern in _SCRIPTS.items()}
    if counts["kana"] * 10 > counts["han"] > 0:
        counts["kana"] += counts["han"]
    name = max(counts, key=lambda name: counts[name])
    return name if counts[name] >= _ENOUGH else ""
