"""HTML from other people's pages: what may stay, what it says, and how it begins.

What may stay is a list (`TAGS`): text, headings, lists, tables, quotations, links, pictures with their captions.
Scripts, styles, frames, forms, event handlers, classes and inline styles go; so does every address that is not http(s),
but for mailto links.
"""

import re
import unicodedata
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser
from itertools import pairwise

import nh3

from feedsvc.text.urls import absolute


def _words(text: str) -> list[str]:
    return text.split()


TAGS = frozenset(
    _words(
        "a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 "
        "h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small strong sub sup table tbody td tfoot th "
        "thead time tr u ul var"
    )
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "*": {"lang", "dir"},
}
_GONE_WITH_CONTENT = set(_words("script style title noscript template iframe object select textarea svg math"))
_BLOCKS = frozenset(
    _words(
        "address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 "
        "h3 h4 h5 h6 header hr legend li main nav ol p pre section summary table tbody tfoot thead tr ul"
    )
)
_SILENT = frozenset({"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math", "head"})
_VOID = frozenset(_words("area base br col embed hr img input link meta source track wbr"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_ASCII_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_INVISIBLE = re.compile(r"[\u200b\u200c\u2060\ufeff\u00ad]")
_ASCII_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_NUMBER = re.compile(r"\d{1,4}")
_SOURCELESS = re.compile(r'<img(?:\s+(?!src=)[a-z]+="[^"]*")*\s*/?>')
_WHOLE_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)[^>]*>")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# The cleaner's time grows with the square of the depth: 200,000 nested elements would take minutes.
_DEEPEST = 400


def sanitise(html: str, base_url: str = "") -> str:
    """The part of `html` that may be shown anywhere: only `TAGS`, links and pictures absolute against `base_url`.

    Sanitising twice changes nothing. Markup nested beyond reason is reduced to its paragraphs.
    """
    text = html.translate(_ASCII_CONTROLS) if html.isascii() else _CONTROLS.sub("", html)
    if text.count("<") > _DEEPEST and _depth(text) > _DEEPEST:
        text = "".join(f"<p>{escape(line, quote=False)}</p>" for line in plain_text(text).split("\n") if line)

    return _SOURCELESS.sub("", _cleaner(base_url).clean(text)).strip()


@lru_cache(maxsize=64)
def _cleaner(base_url: str) -> nh3.Cleaner:
    def _keep(tag: str, name: str, value: str) -> str | None:
        if name in ("href", "src"):
            if tag == "a" and value.strip().lower().startswith("mailto:"):
                return value.strip()
            return absolute(base_url, value) or None
        if name in ("width", "height", "colspan", "rowspan", "start"):
            number = _NUMBER.fullmatch(value.strip().removesuffix("px"))
            return number[0] if number else None
        return value

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


def plain_text(html: str) -> str:
    """What `html` says: one line for each paragraph, heading, list item, table row or caption; spaces folded.

    No-break and ideographic spaces inside a line stay: they are the author's. Pictures say nothing, nor do scripts and
    styles. Never raises.
    """
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return reader.text()


def sanitised_text(html: str) -> str:
    """What `plain_text` says of HTML that `sanitise` gave, many times faster: such HTML is well formed."""
    lines: list[list[str]] = [[]]
    for number, piece in enumerate(_WHOLE_TAG.split(html)):
        if not number % 2:
            lines[-1].append(piece)
        elif piece.lstrip("/") in _BLOCKS:
            lines.append([])
        elif piece in ("td", "th"):
            lines[-1].append(" ")
    joined = ("".join(parts) for parts in lines)
    shown = (_laid_out(unescape(line)) for line in joined if line)
    return "\n".join(line for line in shown if line)


def beginning(html: str, letters: int) -> str:
    """The first `letters` letters of what `sanitised_text` says, without reading more of a long text than they need."""
    end = html.find("<", 2 * letters)
    text = sanitised_text(html[:end]) if end >= 0 else ""
    return (text if len(text) >= letters else sanitised_text(html))[:letters]


def summarise(text: str, limit: int = 200) -> str:
    """The beginning of plain `text` in whole sentences, at most `limit` wide; a Chinese character is two wide.

    Lines that are no sentences (captions, headings) are passed over where there are sentences. A first sentence that is
    too long is cut at a word, with an ellipsis.
    """
    lines = [folded for line in text.split("\n") if (folded := fold(line))]
    told = [line for line in lines if line[-1] in "。！？；…”」』.!?:\"'）)"] or lines
    summary = ""
    for sentence in (part for line in told for part in _sentences(line)):
        longer = _join(summary, sentence)
        if _width(longer) > limit:
            return summary or _cut(sentence, limit)
        summary = longer
    return summary


class _TextReader(HTMLParser):
    """Collects text by lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = [[]]
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Begin a line at a block; fall silent in a script."""
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self._lines.append([])
        elif tag in ("td", "th"):
            self._lines[-1].append(" ")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """`<br/>`: like `<br>`; an empty `<script/>` does not silence what follows."""
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """End a line at a block."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._lines.append([])

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if not self._silent:
            self._lines[-1].append(data)

    def text(self) -> str:
        """The lines that say something."""
        joined = (_laid_out("".join(parts)) for parts in self._lines)
        return "\n".join(line for line in joined if line)


def fold(text: str) -> str:
    """One line: runs of white space (also no-break and ideographic) become one space; invisible characters go."""
    joined = " ".join(text.split())
    # What goes is not printable, nor is any white space but the space: without such, nothing is left to do.
    return joined if joined.isprintable() else " ".join(_visible(text).split())


def _laid_out(line: str) -> str:
    """A line as a page shows it: runs of ASCII white space become one space."""
    return " ".join(line.split() if line.isprintable() else _ASCII_SPACE.split(_visible(line))).strip()


def _visible(text: str) -> str:
    return _INVISIBLE.sub("", _CONTROLS.sub("", text))


_ENDS = re.compile(
    r"""[。！？；]+[”’」』）]*            # Chinese: no space follows
      | (?=[.!?])(?<![A-Z])(?<!\b(?:Dr|Mr|Ms|St|No|Co|vs|Jr|Sr|al))(?<!\bMrs)(?<!\bProf)(?<!\bDept)(?<!\bUniv)
        (?<![.!?][.!?])[.!?]++["')\]”’]*+(?=\s++["'(\[“‘]?[A-Z0-9\u4e00-\u9fff]|$)""",
    re.VERBOSE,
)


def _sentences(line: str) -> list[str]:
    ends = [match.end() for match in _ENDS.finditer(line)]
    cuts = [0, *ends] if ends and ends[-1] >= len(line) else [0, *ends, len(line)]
    return [part for a, b in pairwise(cuts) if (part := line[a:b].strip())]


def _join(first: str, second: str) -> str:
    if not first:
        return second
    return first + second if _letter_width(first[-1]) == 2 or _letter_width(second[0]) == 2 else f"{first} {second}"


def _cut(sentence: str, limit: int) -> str:
    room = limit - 1
    end = min(room, len(sentence) - 1)
    if not sentence[:limit].isascii():
        for end, letter in enumerate(sentence):  # noqa: B007 (the place is what is wanted)
            room -= _letter_width(letter)
            if room < 0:
                break
    kept = sentence[:end]
    space = kept.rfind(" ")
    if space > len(kept) // 2 and not sentence[end].isspace():
        kept = kept[:space]
    return kept.rstrip(" ,;:，、；：—-") + "…"


def _width(text: str) -> int:
    return len(text) + sum(_letter_width(letter) - 1 for letter in _NOT_ASCII.findall(text))


def _letter_width(letter: str) -> int:
    return 2 if letter > "\x7f" and unicodedata.east_asian_width(letter) in "WF" else 1


def _depth(html: str) -> int:
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if name.lower() in _VOID:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest
